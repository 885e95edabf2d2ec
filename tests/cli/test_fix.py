"""`promptlint fix` writes what is proven, and nothing else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

WORDY = "You sort mail.\r\n\r\nIn order to help, be quick.\r\n"


def test_a_safe_fix_keeps_mode_newlines_and_bom(promptlint, tmp_path: Path) -> None:
    path = tmp_path / "a.prompt.md"
    path.write_bytes(b"\xef\xbb\xbf" + WORDY.encode())
    path.chmod(0o640)
    ran = promptlint("fix")
    assert ran.code == 0
    assert "fixed 1 finding in 1 file" in ran.err
    assert path.read_bytes() == b"\xef\xbb\xbf" + WORDY.replace("In order to", "To").encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_diff_and_check_write_nothing(promptlint, tmp_path: Path) -> None:
    path = tmp_path / "a.prompt.md"
    path.write_bytes(WORDY.encode())
    before = path.stat()
    ran = promptlint("fix", "--diff")
    assert ran.code == 1
    assert "+To help, be quick." in ran.out
    assert promptlint("fix", "--check").code == 1
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    path.write_text("You sort mail.\n")
    assert promptlint("fix", "--diff").code == 0


def test_unsafe_fixes_wait_for_the_word(promptlint, tmp_path: Path) -> None:
    text = (
        "# Task\n\nNever share the internal notes of a ticket.\n\n"
        "# Reminder\n\nNever share the internal notes of a ticket.\n"
    )
    path = tmp_path / "a.prompt.md"
    path.write_text(text)
    ran = promptlint("fix")
    assert (ran.code, path.read_text()) == (1, text)
    assert "1 unsafe fix left" in ran.err
    assert promptlint("fix", "--unsafe").code == 0
    assert path.read_text().count("Never share") == 1


def test_only_the_named_rules_are_fixed(promptlint, tmp_path: Path) -> None:
    path = tmp_path / "a.prompt.md"
    path.write_text("In order to help, be quick.\n\nBe polite to all." + " \t" * 20 + "\n\nBe brief.\n")
    promptlint("fix", "--code", "TOK003")
    assert "In order to" in path.read_text()
    assert "all.\n\nBe brief." in path.read_text()


def test_standard_input_is_fixed_to_standard_output(promptlint) -> None:
    ran = promptlint(
        "fix", "--stdin-filename", "a.py", stdin=b'PROMPT = f"In order to sort {mail}, read all of it."\n'
    )
    assert ran.out == 'PROMPT = f"To sort {mail}, read all of it."\n'
    ran = promptlint("fix", "-", stdin=b"Nothing to do here.\n")
    assert (ran.code, ran.out) == (0, "Nothing to do here.\n")


def test_several_files_one_broken(promptlint, tmp_path: Path) -> None:
    (tmp_path / "a.prompt.md").write_text("In order to help, be quick.\n")
    (tmp_path / "b.prompt.j2").write_text("In order to help {{ name, be quick.\n")
    (tmp_path / "c.py").write_text('SYSTEM_PROMPT = "In order to help, be quick and kind."\n')
    ran = promptlint("fix")
    assert ran.code == 1
    assert (tmp_path / "a.prompt.md").read_text().startswith("To help")
    assert (tmp_path / "b.prompt.j2").read_text().startswith("In order")
    assert '"To help' in (tmp_path / "c.py").read_text()


def test_a_read_only_file_is_said_and_left(promptlint, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everything")
    path = tmp_path / "a.prompt.md"
    path.write_text("In order to help, be quick.\n")
    path.chmod(0o444)
    ran = promptlint("fix")
    assert ran.code == 3
    assert "a.prompt.md" in ran.err


def test_a_failed_proof_writes_nothing_and_is_three(
    promptlint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The codec is broken on purpose: the proof must catch it."""
    from promptlint import splice

    monkeypatch.setattr(splice, "encode", lambda text, codec: text + "{{ intruder }}")
    path = tmp_path / "a.prompt.j2"
    path.write_text("You help {{ name }}.\n\nIn order to help, be quick.\n")
    before = path.read_text()
    ran = promptlint("fix", "--no-cache")
    assert (ran.code, path.read_text()) == (3, before)
    assert "was not applied" in ran.err
