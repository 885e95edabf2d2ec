from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.report.diff import render

HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def patched(old: str, diff: str) -> str:
    """Apply a diff of one file, written from the definition of the format."""
    source = re.findall(r"[^\n]*\n|[^\n]+", old)
    out: list[str] = []
    at = 0
    last = ""
    for line in diff.split("\n")[2:-1]:
        if match := HUNK.fullmatch(line):
            start = int(match[1]) - (match[2] != "0")
            out += source[at:start]
            at = start
        elif line.startswith("\\"):
            if last == "+":
                out[-1] = out[-1].removesuffix("\n")
            if last == " ":
                out[-1] = out[-1].removesuffix("\n")
        elif line[0] == "+":
            out.append(line[1:] + "\n")
        else:
            assert source[at].removesuffix("\n") == line[1:]
            if line[0] == " ":
                out.append(source[at])
            at += 1
        last = line[0]
    return "".join(out + source[at:])


TEXT = st.lists(
    st.sampled_from(["a\n", "b\n", "c\r\n", "\x0c\n", "d\u2028e\n", "f", "\n", "--- x\n", "-\n"])
).map("".join)


@given(TEXT, TEXT)
def test_a_raw_diff_applies(old: str, new: str) -> None:
    diff = render([("p.md", old, new)], raw=True)
    if old == new:
        assert diff == ""
    else:
        assert patched(old, diff) == new


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git_applies_it(tmp_path: Path) -> None:
    changes = [
        ("odd name.md", "one\r\ntwo\r\n", "one\r\n2\r\n"),
        ('q"uote.md', "a\nb", "a\nB"),
        ("été.md", "x\n", "y"),
        ("sub/plain.md", "x", "x\n"),
    ]
    for path, old, _ in changes:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(old.encode())
    diff = render(changes, raw=True).encode()
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], input=diff, cwd=tmp_path, check=True)
    for path, _, new in changes:
        assert (tmp_path / path).read_bytes() == new.encode()


def test_what_a_terminal_shows() -> None:
    text = render([("b.md", "x\r\ny", "x\ny"), ("a.md", "1\n\x1b[2J\n", "1\n")])
    assert text == (
        "--- a/a.md\n+++ b/a.md\n@@ -1,2 +1 @@\n 1\n-␛[2J\n"
        "--- a/b.md\n+++ b/b.md\n@@ -1,2 +1,2 @@\n-x␍\n+x\n y\n\\ No newline at end of file\n"
    )


def test_colors() -> None:
    lines = render([("p", "--- a\nb\n", "c\nb\n")], color=True).splitlines()
    assert [line[:5] for line in lines] == ["\x1b[1m-", "\x1b[1m+", "\x1b[36m", "\x1b[31m", "\x1b[32m", " b"]
