"""What a change does to its own inspection, as `promptlint diff` tells it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import Runner
from repositories import A, B, commit, diff, git, statuses, write

WORDY = "You sort mail of a shop.\nIn order to help, be quick and kind.\nPut each mail into one folder.\n"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, **{"prompts/a.prompt.md": A, "prompts/w.prompt.md": WORDY})
    return tmp_path


def told(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(each["kind"], each["path"], each["detail"]) for each in data["guards"]]


def move(top: Path, name: str, other: str, text: str) -> None:
    write(top, **{name: None, other: text})


# --- --config and --isolated ------------------------------------------------------------------


def test_a_named_config_file_that_the_change_loosens(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{"ci/lint.toml": "model = 'gpt-4o'\n[budget]\n'**' = 5\n"})
    write(repo, **{"ci/lint.toml": "model = 'gpt-4o'\nexclude = ['prompts/**']\n", "prompts/n.prompt.md": B})
    data = diff(promptlint, "HEAD", "--config", "ci/lint.toml")
    assert told(data) == [
        ("exclude", "ci/lint.toml", "`exclude` has a new `prompts/**`"),
        ("budget", "ci/lint.toml", "`budget` for `**`: removed, was 5 tokens"),
    ]
    assert statuses(data) == {"prompts/n.prompt.md": "added"}  # the base's file holds: it excludes nothing
    assert data["prompts"][0]["after"]["budget"] == 5
    commit(repo)
    committed = diff(promptlint, "HEAD~", "HEAD", "--config", "ci/lint.toml")
    assert told(committed) == told(data)
    assert committed["prompts"][0]["after"]["budget"] == 5


def test_a_named_config_file_that_the_base_does_not_have(repo: Path, promptlint: Runner) -> None:
    write(repo, **{"lint.toml": "ignore = ['TOK001']\n"})
    ran = promptlint("diff", "HEAD", "--config", "lint.toml")
    assert (ran.code, ran.out) == (2, "")
    assert "lint.toml: not in commit " in ran.err
    data = diff(promptlint, "HEAD", "--config", "lint.toml", "--config-from", "head")
    assert [each[:2] for each in told(data)] == [("config", "lint.toml")]


def test_what_a_named_config_file_extends_counts(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{"ci/lint.toml": 'extends = "base.toml"\n', "ci/base.toml": "budget = 5\n"})
    write(repo, **{"ci/base.toml": "budget = 900\n"})
    assert told(diff(promptlint, "HEAD", "--config", "ci/lint.toml")) == [
        ("budget", "ci/base.toml", "`budget` for `*`: raised from 5 tokens to 900 tokens")
    ]


def test_with_a_named_config_file_the_others_say_nothing(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{"lint.toml": "", "promptlint.toml": ""})
    write(repo, **{"promptlint.toml": "ignore = ['TOK']\n"})
    assert [each[0] for each in told(diff(promptlint, "HEAD"))] == ["ignore"]
    for option in (["--config", "lint.toml"], ["--isolated"]):
        assert told(diff(promptlint, "HEAD", *option)) == []


def test_a_named_config_file_outside_of_the_repository(
    repo: Path, promptlint: Runner, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("ci") / "lint.toml"
    file.write_text("[budget]\n'**' = 3\n")
    write(repo, **{"prompts/a.prompt.md": A + "Be kind.\n"})
    data = diff(promptlint, "HEAD", "--config", str(file))
    assert told(data) == []
    assert data["prompts"][0]["after"]["budget"] == 3


def test_a_named_config_file_that_becomes_a_link(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{"lint.toml": "budget = 5\n", "other.toml": ""})
    (repo / "lint.toml").unlink()
    (repo / "lint.toml").symlink_to("other.toml")
    commit(repo)
    found = told(diff(promptlint, "HEAD~", "HEAD", "--config", "lint.toml"))
    assert ("config", "lint.toml", "is no regular file: what it says is not looked at") in found


@pytest.mark.parametrize("option", [[], ["--isolated"]])
def test_comments_answers_and_workflows_are_told_with_or_without_a_config(
    repo: Path, promptlint: Runner, option: list[str]
) -> None:
    workflow = ".github/workflows/ci.yml"
    commit(repo, **{workflow: "jobs: {lint: {steps: [{run: promptlint diff}]}}\n", "promptlint.toml": ""})
    write(
        repo,
        **{
            workflow: "jobs: {}\n",
            "prompts/w.prompt.md": f"<!-- promptlint: ignore-file[TOK001] -->\n{WORDY}",
            "promptlint.ignore": "0123456789abcdef TOK001 prompts/w.prompt.md: we know\n",
        },
    )
    kinds = [each[0] for each in told(diff(promptlint, "HEAD", *option))]
    assert kinds == ["workflow", "suppression", "suppression"]


def test_narrowed_to_a_path_the_config_is_told_and_comments_elsewhere_are_not(
    repo: Path, promptlint: Runner
) -> None:
    comment = "<!-- promptlint: ignore-file[TOK001] -->\n"
    write(
        repo,
        **{
            "promptlint.toml": "ignore = ['TOK001']\n",
            "prompts/w.prompt.md": comment + WORDY,
            "other/w.prompt.md": comment + WORDY,
        },
    )
    found = [(kind, path) for kind, path, _ in told(diff(promptlint, "HEAD", "--path", "prompts"))]
    assert ("ignore", "promptlint.toml") in found
    assert [path for kind, path in found if kind == "suppression"] == ["prompts/w.prompt.md"]


# --- prompts that are taken elsewhere ---------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("build/w.prompt.md", "in a place that is excluded"),
        ("legacy/w.prompt.md", "in a place that is excluded"),
        ("prompts/w.bak", "in a kind of file that promptlint does not read"),
        ("prompts/w.csv", "in a kind of file that promptlint does not read"),
    ],
)
@pytest.mark.parametrize("extra", ["", "Be kind.\n"])
def test_a_prompt_moved_to_where_nothing_is_checked(
    repo: Path, promptlint: Runner, place: str, words: str, extra: str
) -> None:
    commit(repo, **{"promptlint.toml": 'exclude = ["legacy/"]\n'})
    move(repo, "prompts/w.prompt.md", place, WORDY + extra)
    on_disk = diff(promptlint, "HEAD")
    ((kind, path, detail),) = told(on_disk)
    assert (kind, path) == ("exclude", place)
    assert f"holds the text of 1 prompt {words}" in detail
    assert detail.endswith(": prompts/w.prompt.md")
    assert statuses(on_disk) == {"prompts/w.prompt.md": "removed"}
    assert on_disk["verdict"] == "warn"
    commit(repo)
    assert told(diff(promptlint, "HEAD~", "HEAD")) == told(on_disk)


def test_a_prompt_that_is_renamed_out_of_sight_in_its_own_file(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{"app.py": f'import os\n\nSYSTEM_PROMPT = """{WORDY}"""\n'})
    write(repo, **{"app.py": f'import os\n\nos.environ["x"] = """{WORDY}"""\n'})
    ((kind, path, detail),) = told(diff(promptlint, "HEAD"))
    assert (kind, path) == ("exclude", "app.py")
    assert detail == "holds the text of 1 prompt where promptlint finds none: app.py::SYSTEM_PROMPT"


def test_a_folder_of_prompts_moved_to_where_nothing_is_checked(repo: Path, promptlint: Runner) -> None:
    names = "abcdefgh"
    commit(repo, **{f"prompts/{name}.prompt.md": f"{WORDY}Sign as {name * 9}.\n" for name in names})
    for name in names:
        move(repo, f"prompts/{name}.prompt.md", f"build/{name}.prompt.md", f"{WORDY}Sign as {name * 9}.\n")
    ((kind, path, detail),) = told(diff(promptlint, "HEAD"))
    assert (kind, path) == ("exclude", "build")
    assert detail.startswith("holds the text of 8 prompts in a place that is excluded: ")


def test_a_folder_that_git_ignores_hides_nothing_that_is_committed(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{".gitignore": "tmp/\n"})
    (repo / "tmp").mkdir()
    git(repo, "mv", "prompts/w.prompt.md", "tmp/w.prompt.md")
    git(repo, "commit", "-qm", "x")
    data = diff(promptlint, "HEAD~", "HEAD")
    assert statuses(data) == {"tmp/w.prompt.md": "moved"}
    assert told(data) == []


def test_a_prompt_of_a_python_file_moved_to_an_excluded_one(repo: Path, promptlint: Runner) -> None:
    code = f'SYSTEM_PROMPT = """{WORDY}"""\n'
    commit(repo, **{"app.py": "import os\n\n" + code})
    write(repo, **{"app.py": "import os\n", "dist/texts.py": code})
    ((kind, path, detail),) = told(diff(promptlint, "HEAD"))
    assert (kind, path) == ("exclude", "dist/texts.py")
    assert detail.endswith(": app.py::SYSTEM_PROMPT")


def test_a_prompt_that_is_deleted_or_moved_in_the_open_is_no_guard(repo: Path, promptlint: Runner) -> None:
    write(repo, **{"prompts/a.prompt.md": None, "notes.txt": "You sort mail.\n", "build/x.prompt.md": B})
    assert told(diff(promptlint, "HEAD")) == []
    move(repo, "prompts/w.prompt.md", "prompts/new/w.prompt.md", WORDY)
    assert told(diff(promptlint, "HEAD")) == []


def test_a_prompt_moved_to_looser_rules_and_out_of_its_budget(repo: Path, promptlint: Runner) -> None:
    config = '[per-file-ignores]\n"lax/**" = ["TOK001"]\n[budget]\n"prompts/**" = 40\n"lax/**" = 900\n'
    commit(repo, **{"promptlint.toml": config})
    move(repo, "prompts/w.prompt.md", "lax/w.prompt.md", WORDY)
    origin = "`prompts/w.prompt.md`, now at another place"
    assert told(diff(promptlint, "HEAD")) == [
        ("ignore", "lax/w.prompt.md", f"{origin}: not checked any more: TOK001"),
        ("budget", "lax/w.prompt.md", f"{origin}, had a budget of 40 tokens, and has 900 tokens"),
    ]
    commit(repo)
    move(repo, "lax/w.prompt.md", "prompts/w.prompt.md", WORDY)
    assert told(diff(promptlint, "HEAD")) == []
