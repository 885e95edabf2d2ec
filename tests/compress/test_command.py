"""`promptlint compress`: its contract, what it writes, and how it fails."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[2]
EVALS = ROOT / "fixtures" / "evals"
WORDY = (
    "You are a support assistant for a shop. In order to help, be quick.\n\n"
    "Never promise a refund. Quote prices in euros. Do not promise a refund.\n"
)
SHORT = "You are a support assistant for a shop. To help, be quick.\n\nNever promise a refund. Quote prices in euros.\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.prompt.md"
    path.write_bytes(b"\xef\xbb\xbf" + WORDY.replace("\n", "\r\n").encode())
    return path


def test_the_document_has_the_promised_keys(promptlint, file: Path) -> None:
    ran = promptlint("compress", "a.prompt.md", "--format", "json")
    assert ran.code == 0
    found = json.loads(ran.out)
    schema = json.loads((ROOT / "docs" / "schema" / "compress.json").read_text(encoding="utf-8"))
    jsonschema.validate(found, schema)
    assert found["schema_version"] == 1
    assert found["prompt"] == "a.prompt.md"
    assert found["before"]["tokens"] > found["after"]["tokens"]
    assert "usd_month" in found["before"]
    assert found["text"].replace("\r\n", "\n") == SHORT
    assert found["contract_losses"] == []
    assert found["verdict"] == "unproven"
    (dropped,) = found["dropped"]
    assert dropped["why"] == "restated in line 3"
    assert dropped["by"] == "Never promise a refund."
    text = file.read_bytes().decode()
    span = dropped["span"]
    assert text[span["start"] : span["end"]] == "Do not promise a refund."
    assert [each["tokens"] for each in found["pareto"]] == [
        found["before"]["tokens"],
        found["after"]["tokens"],
    ]


def test_nothing_is_written_without_apply(promptlint, file: Path) -> None:
    before = file.stat()
    ran = promptlint("compress", "a.prompt.md")
    assert ran.code == 0
    after = file.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    assert "-Never promise a refund. Quote prices in euros. Do not promise a refund." in ran.out
    assert "restated in line 3" in ran.out
    assert "contract: " in ran.out
    assert "0 lost" in ran.out


def test_apply_writes_with_bom_and_newlines_kept(promptlint, file: Path) -> None:
    assert promptlint("compress", "a.prompt.md", "--apply").code == 0
    assert file.read_bytes() == b"\xef\xbb\xbf" + SHORT.replace("\n", "\r\n").encode()
    ran = promptlint("compress", "a.prompt.md", "--apply")
    assert ran.code == 0
    assert "nothing to write" in ran.err


def test_a_budget_out_of_reach_is_said_and_is_exit_1(promptlint, file: Path) -> None:
    ran = promptlint("compress", "a.prompt.md", "--budget", "5")
    assert ran.code == 1
    assert "of the asked 5; what is left needs an eval suite" in ran.out
    assert promptlint("compress", "a.prompt.md", "--ratio", "0.99").code == 0


def test_a_diff_for_git_apply(promptlint, file: Path) -> None:
    ran = promptlint("compress", "a.prompt.md", "--format", "diff")
    assert ran.out.startswith("--- a/a.prompt.md\n+++ b/a.prompt.md\n")


def test_one_of_several_prompts_is_named(promptlint, tmp_path: Path) -> None:
    body = WORDY.replace("\n", "\\n")
    (tmp_path / "a.py").write_text(f'FIRST_PROMPT = "{body}"\nSECOND_PROMPT = "{body}"\n')
    ran = promptlint("compress", "a.py")
    assert ran.code == 2
    assert "2 prompts; choose one of a.py::FIRST_PROMPT, a.py::SECOND_PROMPT" in ran.err
    assert promptlint("compress", "a.py::SECOND_PROMPT", "--apply").code == 0
    text = (tmp_path / "a.py").read_text()
    assert text.startswith(f'FIRST_PROMPT = "{body}"\n')
    assert text.count("In order to") == 1
    assert promptlint("compress", "a.py::THIRD").code == 2


def test_bad_input_is_told_in_a_line(promptlint, tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("x = 1\n")
    (tmp_path / "bad.prompt.md").write_bytes(b"\xff\xfe\xff")
    for target in ("missing.md", "empty.py", "bad.prompt.md", "."):
        ran = promptlint("compress", target)
        assert ran.code == 2, target
        assert ran.err.startswith("promptlint: "), target
    assert promptlint("compress", "missing.md", "--ratio", "0").code == 2


def test_hostile_text_cannot_act_on_a_terminal_or_a_page(promptlint, tmp_path: Path) -> None:
    rule = "Never promise <script>alert(1)</script> \x1b[31m a refund to the customer."
    text = f"You are a support assistant for a shop.\n\n{rule}\n\nBe brief.\n\n{rule}\n"
    (tmp_path / "a.prompt.md").write_text(text)
    ran = promptlint("compress", "a.prompt.md", "--html", "page.html")
    assert ran.code == 0
    assert "\x1b" not in ran.out
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "\x1b" not in page
    assert "default-src 'none'" in page


@pytest.fixture
def suites(tmp_path: Path) -> Path:
    """The demo suites with their prompts and recorded answers, as the project."""
    shutil.copytree(EVALS, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("prompts/invoices.md", "--suite", "tickets.yaml"), "the suite is for another prompt"),
        (("prompts/tickets.md", "--suite", "missing.yaml"), "missing.yaml: cannot be read"),
        (("prompts/tickets.md", "--suite", "tickets.yaml", "--budget", "5"), "for a run without a suite"),
        (("prompts/tickets.md", "--rewriter", "small"), "need a --suite"),
        (("prompts/tickets.md", "--ratio", "1.5"), "expected a share above 0"),
        (("prompts/tickets.md", "--ratio", "nan"), "expected a share above 0"),
    ],
)
def test_wrong_asks_are_told_before_anything_is_paid(
    promptlint, suites: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = promptlint("compress", *arguments)
    assert ran.code == 2
    assert said in ran.err


def test_a_recording_without_the_answers_is_no_permission(promptlint, suites: Path) -> None:
    before = (suites / "prompts" / "tickets.md").read_bytes()
    ran = promptlint(
        "compress", "prompts/tickets.md", "--suite", "tickets.yaml", "--apply", "--format", "json"
    )
    assert ran.code == 4
    found = json.loads(ran.out)
    assert found["verdict"] == "undecided"
    assert any("has no answer to this request" in reason for reason in found["reasons"])
    assert found["before"] == found["after"] | {"output_tokens": found["before"]["output_tokens"]}
    assert found["edits"] == []
    assert "nothing to write" in ran.err
    assert (suites / "prompts" / "tickets.md").read_bytes() == before
