"""`promptlint init`: what it writes where; what is there stays; nothing leaves the project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import Runner
from test_store import git

from promptlint import config

CONFIG, HOOKS, GITLAB = "promptlint.toml", ".pre-commit-config.yaml", ".gitlab-ci.yml"
WORKFLOW, JOB = ".github/workflows/promptlint.yml", ".gitlab/promptlint.yml"
COMMENT = ".github/workflows/promptlint-comment.yml"
ALL_HOOKS = ["promptlint-fix", "promptlint", "promptlint-budget"]

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and permissions of POSIX")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.prompt.md").write_text("You sort mail.\n\nIn order to help, be quick.\n")
    return tmp_path


def files(root: Path) -> dict[str, str]:
    """All files but git's own and the prompt, as they are."""
    found = (
        path for path in root.rglob("*") if path.is_file() and ".git/" not in f"{path.relative_to(root)}/"
    )
    return {
        path.relative_to(root).as_posix(): path.read_bytes().decode()
        for path in found
        if path.name != "a.prompt.md"
    }


def hooks_in(root: Path) -> list[str]:
    repos = yaml.safe_load((root / HOOKS).read_text())["repos"]
    return [hook["id"] for repo in repos for hook in repo["hooks"]]


# --- without a terminal --------------------------------------------------------------------


@pytest.mark.usefixtures("repository")
def test_without_a_terminal_it_says_what_to_do(promptlint: Runner, tmp_path: Path) -> None:
    ran = promptlint("init", "--ci", "github")
    assert ran.code == 2
    assert "--yes or --dry-run" in ran.err
    assert f"New file: {WORKFLOW}" in ran.out
    assert files(tmp_path) == {}


@pytest.mark.usefixtures("repository")
def test_a_dry_run_writes_nothing(promptlint: Runner, tmp_path: Path) -> None:
    ran = promptlint("init", "--ci", "github", "--dry-run")
    assert (ran.code, files(tmp_path)) == (0, {})
    assert "Nothing was written: --dry-run." in ran.out


# --- what is written ------------------------------------------------------------------------


@pytest.mark.usefixtures("repository")
def test_a_second_run_changes_nothing(promptlint: Runner, tmp_path: Path) -> None:
    assert promptlint("init", "--ci", "github", "--ci", "gitlab", "--yes").code == 0
    before = files(tmp_path)
    assert set(before) == {CONFIG, HOOKS, WORKFLOW, GITLAB, JOB}
    again = promptlint("init", "--ci", "github", "--ci", "gitlab", "--yes")
    assert (again.code, "Nothing to write." in again.out) == (0, True)
    assert files(tmp_path) == before


@pytest.mark.usefixtures("repository")
def test_what_is_written_can_be_used(promptlint: Runner, tmp_path: Path) -> None:
    promptlint("init", "--ci", "github", "--ci", "gitlab", "--yes")
    tool = Path(sys.executable).parent / "pre-commit"
    subprocess.run([tool, "validate-config", HOOKS], cwd=tmp_path, check=True)
    assert hooks_in(tmp_path) == ALL_HOOKS
    workflow = yaml.safe_load((tmp_path / WORKFLOW).read_text())
    assert "promptlint/promptlint-toolchain@" in workflow["jobs"]["promptlint"]["steps"][-1]["uses"]
    assert yaml.safe_load((tmp_path / GITLAB).read_text())["include"] == [{"local": JOB}]
    assert "script" in yaml.safe_load((tmp_path / JOB).read_text())["promptlint"]
    assert "TOK001" in promptlint("check").out


@pytest.mark.usefixtures("repository")
def test_forks_get_two_workflows_shown_before_they_are_written(promptlint: Runner, tmp_path: Path) -> None:
    shown = promptlint("init", "--ci", "github", "--forks", "--dry-run")
    assert (shown.code, files(tmp_path)) == (0, {})
    assert all(f"New file: {name}" in shown.out for name in (WORKFLOW, COMMENT))
    assert "workflow_run: #" in shown.out
    ran = promptlint("init", "--ci", "github", "--forks", "--yes")
    assert ran.code == 0
    assert "Merge both workflows into the default branch" in ran.out
    assert set(files(tmp_path)) == {CONFIG, HOOKS, WORKFLOW, COMMENT}
    first, second = (yaml.safe_load((tmp_path / name).read_text()) for name in (WORKFLOW, COMMENT))
    assert second[True]["workflow_run"]["workflows"] == [first["name"]]
    assert first["jobs"]["compare"]["permissions"] == {"contents": "read"}
    before = files(tmp_path)
    again = promptlint("init", "--ci", "github", "--forks", "--yes")
    assert (again.code, "Nothing to write." in again.out, files(tmp_path)) == (0, True, before)


@pytest.mark.parametrize("name", [WORKFLOW, ".github/workflows/z.yml"])
def test_forks_take_the_place_of_what_is_there_by_hand_only(
    repository: Path, promptlint: Runner, name: str
) -> None:
    path = repository / name
    path.parent.mkdir(parents=True)
    path.write_text("name: promptlint\n")
    ran = promptlint("init", "--ci", "github", "--forks", "--yes")
    assert ran.code == 1
    assert f"{name}: names promptlint, and two workflows would take its place." in ran.out
    assert set(files(repository)) == {CONFIG, HOOKS, name}


@pytest.mark.usefixtures("repository")
def test_forks_are_offered_and_are_of_github(promptlint: Runner) -> None:
    assert "`--forks` sets up two workflows" in promptlint("init", "--ci", "github", "--dry-run").out
    for words in (("--ci", "gitlab"), ("--ci", "none"), ()):
        ran = promptlint("init", "--forks", "--yes", *words)
        assert (ran.code, "--forks is for GitHub" in ran.err) == (2, True)


@pytest.mark.usefixtures("repository")
def test_every_line_of_the_config_can_be_put_to_use(promptlint: Runner, tmp_path: Path) -> None:
    promptlint("init", "--ci", "none", "--yes")
    path = tmp_path / CONFIG
    assert config.load(path) == config.load(path)
    lines = path.read_text().splitlines()
    settings = [line.removeprefix("# ") for line in lines if " = " in line or line.startswith("# [[")]
    assert len(settings) == 5
    path.write_text("\n".join(settings))
    made = config.load(path)
    assert config.budget_for(made, "a.prompt.md") == 12
    assert promptlint("check", "--select", "TOK006").code == 0


@needs_posix
@pytest.mark.parametrize(
    "name", ["a\n[x]\n.prompt.md", "\x1b[2J\u202e\x7f.prompt.md", "::error::x\r.prompt.md"]
)
def test_a_name_does_nothing_in_what_is_shown_and_written(
    repository: Path, promptlint: Runner, name: str
) -> None:
    (repository / name).write_text("You sort mail. Be kind to each customer, and never share a password.\n")
    ran = promptlint("init", "--ci", "none", "--yes")
    assert ran.code == 0
    assert "The longest: " in ran.out
    for text in (ran.out, (repository / CONFIG).read_text()):
        assert not set(text) & set("\x1b\u202e\x7f\r")
        assert "\n[x]" not in text
        assert "\n::error" not in text
    assert config.load(repository / CONFIG).budget == {}


@pytest.mark.parametrize(
    ("there", "url", "written"),
    [
        ([], "git@github.example.org:o/r.git", {WORKFLOW}),
        ([], "https://gitlab.com/o/r", {GITLAB, JOB}),
        ([], "https://example.org/github/r", set()),
        ([".github/workflows/x.yml"], "https://gitlab.com/o/r", {WORKFLOW}),
        ([GITLAB], "https://github.com/o/r", {GITLAB, JOB}),
        ([GITLAB, ".github/workflows/x.yml"], "https://github.com/o/r", {WORKFLOW}),
        ([GITLAB, ".github/workflows/x.yml"], "https://example.org/o/r", {WORKFLOW, GITLAB, JOB}),
    ],
)
def test_the_ci_is_found(
    repository: Path, promptlint: Runner, there: list[str], url: str, written: set[str]
) -> None:
    git(repository, "remote", "add", "origin", url)
    for name in there:
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text("build:\n  script: [make]\n")
    ran = promptlint("init", "--yes")
    changed = {name for name, text in files(repository).items() if "promptlint" in text}
    assert changed == {CONFIG, HOOKS, *written}
    assert ("No CI is set up" in ran.out) is not bool(written)


@pytest.mark.usefixtures("repository")
def test_none_beside_another_ci_is_a_mistake(promptlint: Runner) -> None:
    ran = promptlint("init", "--ci", "none", "--ci", "github", "--yes")
    assert (ran.code, "another CI" in ran.err) == (2, True)


def test_a_workflow_that_names_promptlint_is_enough(repository: Path, promptlint: Runner) -> None:
    own = repository / ".github" / "workflows" / "mine.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("jobs: {a: {steps: [{run: promptlint check}]}}\n")
    ran = promptlint("init", "--yes")
    assert "mine.yaml (names promptlint, so that no workflow is added)" in ran.out
    assert not (repository / WORKFLOW).exists()


# --- where it runs --------------------------------------------------------------------------


def test_a_subfolder_sets_up_the_repository(
    repository: Path, promptlint: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "sub").mkdir()
    monkeypatch.chdir(repository / "sub")
    ran = promptlint("init", "--ci", "github", "--yes")
    assert ran.code == 0
    assert f"The repository: {repository.resolve()}" in ran.out
    assert set(files(repository)) == {CONFIG, HOOKS, WORKFLOW}


def test_outside_of_a_repository_there_is_a_config_alone(promptlint: Runner, tmp_path: Path) -> None:
    ran = promptlint("init", "--ci", "github", "--yes")
    assert (ran.code, set(files(tmp_path))) == (0, {CONFIG})
    assert "no git repository" in ran.out


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (CONFIG, "budget = 90\n"),
        ("pyproject.toml", "[project]\nname = 'a'\n\n[tool.promptlint]\nbudget = 90\n"),
    ],
)
def test_a_config_that_is_there_stays(repository: Path, promptlint: Runner, name: str, text: str) -> None:
    (repository / name).write_text(text)
    ran = promptlint("init", "--ci", "none", "--yes")
    assert f"There already: {name} (the configuration)." in ran.out
    assert set(files(repository)) == {name, HOOKS}
    assert (repository / name).read_text() == text


def test_a_pyproject_without_settings_is_no_config(repository: Path, promptlint: Runner) -> None:
    (repository / "pyproject.toml").write_text("[project]\nname = 'a'\n")
    promptlint("init", "--ci", "none", "--yes")
    assert (repository / CONFIG).exists()


def test_a_config_that_is_wrong_is_said(repository: Path, promptlint: Runner) -> None:
    (repository / CONFIG).write_text("budgit = 90\n")
    ran = promptlint("init", "--ci", "none", "--yes")
    assert (ran.code, "budgit" in ran.err) == (2, True)
    assert set(files(repository)) == {CONFIG}


# --- what cannot be done --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (HOOKS, "repos:\n  - repo: [\n", "it is no valid YAML (line 3: "),
        (HOOKS, "- repo: x\n", "`repos` is no plain list there. Add this to it:"),
        (HOOKS, "repos: [{repo: x, hooks: []}]\n", "`repos` is no plain list there. Add this to it:"),
        (GITLAB, "include: a.yml\n", "`include` is no plain list there. Add this to it:"),
        (GITLAB, "stages: [build]\n", "its stages have no `test`"),
        (GITLAB, "a: b: c\n", "it is no valid YAML (line 1: "),
    ],
)
def test_what_cannot_be_added_is_left_to_the_user(
    repository: Path, promptlint: Runner, name: str, text: str, said: str
) -> None:
    (repository / name).write_text(text)
    ran = promptlint("init", "--ci", "gitlab", "--yes")
    assert (ran.code, said in ran.out) == (1, True)
    assert (repository / name).read_text() == text
    assert (repository / CONFIG).exists()
    assert (repository / JOB).exists() is ("no valid YAML" not in said or name == HOOKS)


def test_a_job_that_is_there_stays(repository: Path, promptlint: Runner) -> None:
    (repository / JOB).parent.mkdir()
    (repository / JOB).write_text("mine: {script: make}\n")
    ran = promptlint("init", "--ci", "gitlab", "--yes")
    assert f"There already: {JOB} (not touched)." in ran.out
    assert (repository / JOB).read_text() == "mine: {script: make}\n"


@needs_posix
def test_no_link_leads_out_of_the_project(
    repository: Path, promptlint: Runner, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "hooks.yaml").write_text("repos: []\n")
    (repository / ".github").symlink_to(outside)
    (repository / HOOKS).symlink_to(outside / "hooks.yaml")
    (repository / CONFIG).symlink_to(outside / "new.toml")
    before = {path: path.read_text() for path in outside.rglob("*") if path.is_file()}
    ran = promptlint("init", "--ci", "github", "--yes")
    assert ran.code == 1
    assert ran.out.count("a symbolic link leads out of the project") == 2
    assert {path: path.read_text() for path in outside.rglob("*")} == before
    assert "Nothing to write." in ran.out


@needs_posix
def test_a_link_inside_of_the_project_is_followed_and_stays(repository: Path, promptlint: Runner) -> None:
    (repository / "etc").mkdir()
    (repository / "etc" / "hooks.yaml").write_text("repos:\n- repo: x\n  hooks: []\n")
    (repository / HOOKS).symlink_to("etc/hooks.yaml")
    assert promptlint("init", "--ci", "none", "--yes").code == 0
    assert (repository / HOOKS).is_symlink()
    assert hooks_in(repository) == ALL_HOOKS


def test_a_file_in_the_way_is_said_with_what_was_written_before(repository: Path, promptlint: Runner) -> None:
    (repository / ".github").write_text("")
    ran = promptlint("init", "--ci", "github", "--yes")
    assert ran.code == 2
    assert f"{WORKFLOW}: " in ran.err
    assert f"written before: {CONFIG}, {HOOKS}" in ran.err


@needs_posix
@pytest.mark.skipif(sys.platform != "win32" and os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only_is_said(repository: Path, promptlint: Runner) -> None:
    repository.chmod(0o555)
    try:
        ran = promptlint("init", "--ci", "github", "--yes")
    finally:
        repository.chmod(0o755)
    assert (ran.code, "nothing was written" in ran.err) == (2, True)
