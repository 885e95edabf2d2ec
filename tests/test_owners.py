"""Owners by CODEOWNERS: the examples that GitHub and GitLab document, and what a repository may hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from promptlint import owners
from promptlint.cli import cli

GITHUB = """\
# the example of GitHub's documentation, shortened to one owner a line
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/*  docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("README.md", ("@global-owner1", "@global-owner2")),
        ("a/b/x.js", ("@js-owner",)),
        ("a/x.go", ("docs@example.com",)),
        ("notes/x.txt", ("@octo-org/octocats",)),
        ("docs/x.md", ("@doctocat",)),  # /docs/ comes after docs/*
        ("a/apps/x.md", ("@octocat",)),
        ("apps/x.md", ("@octocat",)),
        ("apps/github", ()),  # no owner: the last line that matches has none
        ("apps/github/x.md", ()),
        ("scripts/x.js", ("@doctocat", "@octocat")),
        ("build/logs", ("@octocat",)),
        ("deeply/nested/logs/x", ("@octocat",)),
    ],
)
def test_the_example_of_github(path: str, names: tuple[str, ...]) -> None:
    assert owners.parsed(GITHUB).of(path) == names


def test_a_folder_and_a_star_are_the_files_of_that_folder() -> None:
    found = owners.parsed("docs/* docs@example.com\n")
    assert found.of("docs/getting-started.md") == ("docs@example.com",)
    assert found.of("docs/build-app/troubleshooting.md") == ()
    assert found.of("a/docs/x.md") == ()


@pytest.mark.parametrize(
    "line", ["!a.md @x", "[ab].md @x", "a.md @x nobody", "a.md @x/y/ @", "# a.md @x", "   ", "a.md @x @#y"]
)
def test_a_line_that_github_passes_over(line: str) -> None:
    assert owners.parsed(f"a.md @first\n{line}\n").of("a.md") == ("@first",)


def test_spaces_are_escaped() -> None:
    found = owners.parsed("my\\ docs/ @x\n")
    assert (found.of("my docs/a.md"), found.of("my")) == (("@x",), ())


GITLAB = """\
*.md @everyone

[Documentation] @docs-team
docs/
README.md @writer

^[Database][2] @database-team
model/db/
config/db/database-setup.md @docs-team

[DOCUMENTATION]
*.rst @rest
"""


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("docs/a.py", ("@docs-team",)),
        ("a/docs/b.py", ("@docs-team",)),  # no first slash: at any depth
        ("README.md", ("@everyone", "@writer")),  # one line a section
        ("config/db/database-setup.md", ("@everyone", "@docs-team")),
        ("model/db/a.sql", ("@database-team",)),
        ("docs/a.rst", ("@rest",)),  # sections of one name are one
        ("src/a.py", ()),
    ],
)
def test_sections_of_gitlab(path: str, names: tuple[str, ...]) -> None:
    assert owners.parsed(GITLAB).of(path) == names


def test_a_pattern_of_gitlab_without_a_last_slash_is_a_file() -> None:
    text = "docs @a\n/src/* @b\ninternal/README.md @c not-an-owner\n"
    found = owners.parsed(text, ".gitlab/CODEOWNERS")
    assert (found.of("docs/x.md"), found.of("src/x"), found.of("src/x/y")) == ((), ("@b",), ())
    assert found.of("a/internal/README.md") == ("@c",)


def _manifest(folder: Path) -> dict[str, tuple[str, str]]:
    arguments = ["prompts", str(folder), "--no-cache", "--format", "json"]
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    rows = json.loads(done.stdout)["prompts"]
    return {Path(row["path"]).name: (row["traits"]["owner"], row["traits"]["owner_basis"]) for row in rows}


def test_the_manifest_names_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts").mkdir()
    for name in "abc":
        (tmp_path / "prompts" / f"{name}.prompt").write_text("Sort the mail into one of: bills, other.\n")
    declared = "---\nmodel: gpt-4o\npromptlint: {owner: me}\n---\nSort the mail into one of: bills, other.\n"
    (tmp_path / "prompts" / "b.prompt").write_text(declared)
    (tmp_path / "promptlint.toml").write_text('[[prompts]]\nmatch = "prompts/c.prompt"\nowner = "us"\n')
    assert _manifest(tmp_path)["a.prompt"] == ("", "")
    (tmp_path / "CODEOWNERS").write_text("prompts/ @team @org/other\n")
    assert _manifest(tmp_path) == {
        "a.prompt": ("@team @org/other", "CODEOWNERS"),
        "b.prompt": ("me", "declared"),
        "c.prompt": ("us", "configured"),
    }
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "CODEOWNERS").write_text("* @first\n")
    assert _manifest(tmp_path)["a.prompt"] == ("@first", ".github/CODEOWNERS")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("* @x\n")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "CODEOWNERS").symlink_to(outside)
    assert owners.found(tmp_path / "project") is None


def test_hostile_lines_are_quick_and_harmless() -> None:
    lines = ("a*" * 2_000 + "/b @x", "**/" * 3_000 + "x @y", "\\" * 20_000, "[" + "s" * 5_000 + "]", "\0 @z")
    assert owners.parsed("\n".join(lines)).of("a" * 5_000 + "/c") == ()
