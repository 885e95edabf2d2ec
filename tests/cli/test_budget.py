"""`promptlint budget`: only growth beyond a budget fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Runner
from test_store import git

LINE = "Sort each mail of the shop into a folder.\n"


@pytest.mark.parametrize(("lines", "code"), [(4, 0), (6, 1), (3, 0)])
def test_only_growth_fails(tmp_path: Path, promptlint: Runner, lines: int, code: int) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "promptlint.toml").write_text('[budget]\n"**" = 5\n')
    (tmp_path / "a.prompt.md").write_text(LINE * 4)
    first = promptlint("budget")
    assert first.code == 1
    assert "1 prompt over budget and grown" in first.out
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    (tmp_path / "a.prompt.md").write_text(LINE * lines)
    ran = promptlint("budget")
    assert ran.code == code, ran.err
    assert ("1 prompt over budget and grown" in ran.out) is bool(code)


def repository(root: Path, lines: int = 12) -> Path:
    """A repository whose only prompt is over its budget."""
    git(root, "init", "-q", "-b", "main")
    (root / "promptlint.toml").write_text('[budget]\n"**" = 5\n')
    (root / "a.py").write_text(f'SYSTEM_PROMPT = """{LINE * lines}"""\n')
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root / "a.py"


def test_a_prompt_under_another_name_is_the_same(tmp_path: Path, promptlint: Runner) -> None:
    path = repository(tmp_path)
    path.write_text(path.read_text().replace("SYSTEM_PROMPT", "SYSTEM_MESSAGE"))
    assert promptlint("budget").code == 0
    path.write_text(path.read_text().replace(LINE, LINE * 2, 1))
    ran = promptlint("budget", "a.py")
    assert ran.code == 1
    assert "at HEAD it was within it, or not there" in ran.out


@pytest.mark.parametrize(("lines", "code"), [(12, 0), (13, 1)])
def test_a_file_that_git_moved_is_the_same(tmp_path: Path, promptlint: Runner, lines: int, code: int) -> None:
    repository(tmp_path)
    (tmp_path / "new").mkdir()
    git(tmp_path, "mv", "a.py", "new/b.py")
    text = f'SUPPORT = 1\nSYSTEM_PROMPT = """{LINE * lines}"""\n'
    (tmp_path / "new" / "b.py").write_text(text)
    git(tmp_path, "add", ".")
    ran = promptlint("budget", "new/b.py")
    assert ran.code == code, ran.out
    assert ran.out == "" or "over; at" not in ran.out


def test_a_merge_counts_what_both_sides_had(tmp_path: Path, promptlint: Runner) -> None:
    path = repository(tmp_path)
    git(tmp_path, "switch", "-qc", "side")
    path.write_text(path.read_text().replace(LINE, LINE * 2, 1))
    git(tmp_path, "commit", "-qam", "longer")
    git(tmp_path, "switch", "-q", "main")
    (tmp_path / "other.txt").write_text("x")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "other")
    git(tmp_path, "merge", "-q", "--no-commit", "--no-ff", "side")
    assert promptlint("budget").code == 0
    path.write_text(path.read_text().replace(LINE, LINE * 2, 1))
    assert promptlint("budget").code == 1
    (tmp_path / ".git" / "MERGE_HEAD").unlink()
    path.write_text(path.read_text().replace(LINE * 2, LINE, 1))
    assert promptlint("budget").code == 1


@pytest.mark.parametrize("rules", ['select = ["RED"]', 'ignore = ["TOK"]', 'ignore = ["ALL"]'])
def test_a_budget_holds_whatever_rules_are_chosen(tmp_path: Path, promptlint: Runner, rules: str) -> None:
    path = repository(tmp_path)
    (tmp_path / "promptlint.toml").write_text(f'{rules}\n[budget]\n"**" = 5\n')
    assert promptlint("budget").code == 0
    path.write_text(path.read_text().replace(LINE, LINE * 2, 1))
    assert promptlint("budget").code == 1


def test_a_file_called_like_an_option_is_a_file(tmp_path: Path, promptlint: Runner) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "promptlint.toml").write_text('[budget]\n"**" = 5\n')
    (tmp_path / "--fix.prompt.md").write_text(LINE * 4)
    ran = promptlint("budget", "--force-exclude", "--", "--fix.prompt.md")
    assert (ran.code, "--fix.prompt.md:1:1" in ran.out) == (1, True)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('[budget]\n"**" = 500\n', "2 prompts with a budget, compared with HEAD\n"),
        ('[budget]\n"b.*" = 500\n', "1 prompt with a budget, compared with HEAD\n"),
        ("", "no prompt has a budget\n"),
    ],
)
def test_it_says_what_it_judged(tmp_path: Path, promptlint: Runner, config: str, said: str) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "promptlint.toml").write_text(config)
    for name in "ab":
        (tmp_path / f"{name}.prompt.md").write_text(LINE)
    first = promptlint("budget")
    assert (first.code, first.out) == (0, "")
    assert first.err == said.replace("compared with HEAD", "and no commit to compare with")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    ran = promptlint("budget")
    assert (ran.code, ran.out, ran.err) == (0, "", said)


def test_a_base_that_is_no_revision_is_a_usage_error_whatever_has_grown(
    tmp_path: Path, promptlint: Runner
) -> None:
    repository(tmp_path, lines=1)
    (tmp_path / "promptlint.toml").write_text('[budget]\n"**" = 500\n')
    ran = promptlint("budget", "--base", "nowhere")
    assert ran.code == 2
    assert "nowhere" in ran.err


# --- included texts -------------------------------------------------------------------------


MAIN = "You sort the mail of a shop into folders.\n\n{% include 'rules.jinja' %}\n"


def including(root: Path, budget: str = '"main.jinja" = 45') -> Path:
    """A repository in which main.jinja includes rules.jinja, which includes deep.jinja; 33 tokens in all."""
    git(root, "init", "-q", "-b", "main")
    (root / "promptlint.toml").write_text(f"[budget]\n{budget}\n")
    (root / "prompts").mkdir()
    for name, text in (
        ("main", MAIN),
        ("rules", "Never share a password.\n\n{% include 'deep.jinja' %}\n"),
        ("deep", "Be kind.\n"),
        ("other", "You write the news of a shop.\n"),
    ):
        (root / "prompts" / f"{name}.jinja").write_text(text)
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root / "prompts"


@pytest.mark.parametrize("name", ["rules", "deep"])
def test_a_prompt_that_includes_what_is_staged_is_judged(
    tmp_path: Path, promptlint: Runner, name: str
) -> None:
    folder = including(tmp_path, '"**/main.jinja" = 45')
    path = folder / f"{name}.jinja"
    path.write_text(LINE + path.read_text())
    ran = promptlint("budget", "--force-exclude", "--", f"prompts/{name}.jinja")
    assert (ran.code, ran.out) == (0, ""), ran.err
    path.write_text(LINE * 4 + path.read_text())
    ran = promptlint("budget", "--force-exclude", "--", f"prompts/{name}.jinja")
    assert ran.code == 1
    assert ran.out.startswith("prompts/main.jinja:")
    assert "at HEAD it was within it, or not there" in ran.out
    assert "1 prompt with a budget" in ran.err
    assert promptlint("budget", "--", "prompts/other.jinja").code == 0


def test_a_prompt_that_was_over_before_its_part_shrank_passes(tmp_path: Path, promptlint: Runner) -> None:
    folder = including(tmp_path, '"**/main.jinja" = 5')
    (folder / "deep.jinja").write_text("Kind.\n")
    assert promptlint("budget", "--", "prompts/deep.jinja").code == 0
    (folder / "deep.jinja").write_text("Be kind, always.\n")
    ran = promptlint("budget", "--", "prompts/deep.jinja")
    assert ran.code == 1
    assert "at HEAD it was " in ran.out
    assert " over" in ran.out.splitlines()[0]


def test_a_file_that_includes_and_is_excluded_is_not_judged(tmp_path: Path, promptlint: Runner) -> None:
    folder = including(tmp_path, '"**/main.jinja" = 45')
    config = tmp_path / "promptlint.toml"
    config.write_text(f'exclude = ["prompts/main.jinja"]\n{config.read_text()}')
    (folder / "rules.jinja").write_text(LINE * 9)
    assert promptlint("budget", "--force-exclude", "--", "prompts/rules.jinja").code == 0


def test_all_files_of_a_run_are_judged_once(tmp_path: Path, promptlint: Runner) -> None:
    folder = including(tmp_path, '"**/main.jinja" = 45')
    (folder / "rules.jinja").write_text(LINE * 9)
    ran = promptlint("budget")
    assert ran.code == 1
    assert ran.out.count("prompts/main.jinja:") == 1
    assert "1 prompt with a budget" in ran.err
