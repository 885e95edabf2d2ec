"""The three hooks under the real pre-commit, in real commits; one environment is made for all of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from promptlint import __version__
from promptlint.scaffold.texts import packaged

ROOT = Path(__file__).parents[1]
TOOL = Path(sys.executable).parent / "pre-commit"
URL = "https://github.com/promptlint/promptlint-toolchain"
BUDGET = f"repos:\n  - repo: {URL}\n    rev: v{__version__}\n    hooks:\n      - id: promptlint-budget\n"
ALL = "repos:\n" + "".join(f"  {line}\n" for line in packaged("pre-commit.yaml").splitlines())
LINE = "Sort each mail of the shop into a folder.\n"
GROWN = "over budget and grown"

WHO = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "a"),
    **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "a@example.org"),
}
OURS = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | WHO
"""An environment in which neither a hook around us nor the user's configuration says anything to git."""

pytestmark = pytest.mark.slow


def run(*words: str | Path, cwd: Path, env: Mapping[str, str], code: int | None = 0) -> str:
    given = [str(word) for word in words]
    done = subprocess.run(given, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@dataclass(frozen=True)
class Project:
    """A repository with hooks in it; `commit` is what a user types, and says what the hooks said."""

    root: Path
    env: Mapping[str, str]

    def git(self, *words: str, code: int | None = 0) -> str:
        return run("git", *words, cwd=self.root, env=self.env, code=code)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def commit(self, code: int = 0) -> str:
        return self.git("commit", "-m", "a change", code=code)

    def accepted(self) -> None:
        """Commit all that is there, whatever the hooks would say."""
        self.git("add", "-A")
        self.git("commit", "-qnm", "accepted")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hooks' repository: what is in the working tree now, under the tag of its version."""
    folder = tmp_path_factory.mktemp("released")
    asked = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout
    for name in os.fsdecode(listed).split("\0"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "release"], ["tag", f"v{__version__}"]):
        run("git", *words, cwd=folder, env=OURS)
    return folder


@pytest.fixture(scope="module")
def environment(released: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables with which the address of the hooks leads to `released`, and environments are kept."""
    leads = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{released}.insteadOf",
        "GIT_CONFIG_VALUE_0": URL,
    }
    home = tmp_path_factory.mktemp("pre-commit")
    return {**OURS, **leads, "PRE_COMMIT_HOME": str(home), "PRE_COMMIT_COLOR": "never"}


@pytest.fixture
def project(tmp_path: Path, environment: dict[str, str], own_cache: None) -> Callable[..., Project]:
    """Makes a repository with these hooks and that budget."""

    def make(hooks: str = BUDGET, config: str = '[budget]\n"**" = 30\n') -> Project:
        env = {**environment, "PROMPTLINT_CACHE_DIR": os.environ["PROMPTLINT_CACHE_DIR"]}
        made = Project(tmp_path / "project", env)
        made.write(".pre-commit-config.yaml", hooks)
        made.write("promptlint.toml", config)
        made.git("init", "-q", "-b", "main", ".")
        run(TOOL, "install", cwd=made.root, env=env)
        return made

    return make


# --- try-repo: the hooks as they are offered ------------------------------------------------


def test_try_repo_runs_the_three_hooks(project: Callable[..., Project], released: Path) -> None:
    made = project(hooks="repos: []\n")
    made.write("README.md", "In order to build, run make.\n")
    made.write("a.prompt.md", "You sort mail.\n\nIn order to help, be quick.\n")
    made.write("b.py", f'SYSTEM_PROMPT = "In order to help, be quick and kind to all. {LINE.strip() * 4}"\n')
    made.git("add", "-A")
    said = run(TOOL, "try-repo", released, "--all-files", "--verbose", cwd=made.root, env=made.env, code=1)
    shown = {part.partition("\n")[0]: part for part in said.split("- hook id: ")[1:]}
    assert sorted(shown) == ["promptlint", "promptlint-budget", "promptlint-fix"]
    assert "a.prompt.md:3:1: TOK001" in shown["promptlint"]
    assert "b.py:1:18: TOK001" in shown["promptlint"]
    assert f"1 prompt {GROWN}" in shown["promptlint-budget"]
    assert "files were modified by this hook" in shown["promptlint-fix"]
    assert "README.md:" not in said
    assert made.root.joinpath("a.prompt.md").read_text() == "You sort mail.\n\nTo help, be quick.\n"
    assert made.root.joinpath("README.md").read_text().startswith("In order")


# --- promptlint-fix and promptlint: names and repairs ---------------------------------------

NAMES = ("a b.prompt.md", "-dash.prompt.md", "--fix.prompt.md", "é 日本.prompt.md", "d/it's $(x);.prompt.md")


def test_what_init_writes_repairs_complains_and_passes(project: Callable[..., Project]) -> None:
    made = project()
    for name in (".pre-commit-config.yaml", "promptlint.toml"):
        (made.root / name).unlink()
    words = ("-m", "promptlint", "init", "--ci", "github", "--yes")
    run(sys.executable, *words, cwd=made.root, env=made.env)
    run(TOOL, "validate-config", cwd=made.root, env=made.env)
    assert (made.root / ".pre-commit-config.yaml").read_text().endswith(ALL)
    prompts = [made.write(name, f"You sort {name}.\n\nIn order to help, be quick.\n") for name in NAMES]
    made.git("add", "-A")
    first = made.commit(code=1)
    assert first.count("files were modified by this hook") == 1
    assert all("\n\nTo help, be quick." in path.read_text() for path in prompts)
    made.git("add", "-A")
    second = made.commit()
    assert second.count("Passed") == 3


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name_is_checked(project: Callable[..., Project], name: str) -> None:
    made = project(hooks=ALL.replace("- id: promptlint-fix", "- id: promptlint # no fix"), config="")
    made.write(name, "You sort mail.\n\nIn order to help, be quick.\n")
    made.git("add", "-A")
    assert "TOK001" in made.commit(code=1)


# --- promptlint-budget ----------------------------------------------------------------------


def over(made: Project, lines: int = 4, name: str = "a.prompt.md") -> Path:
    """A prompt of `lines` lines that everybody knows of; four of them are over the budget."""
    path = made.write(name, LINE * lines)
    made.accepted()
    return path


def test_an_unchanged_prompt_over_budget_passes(project: Callable[..., Project]) -> None:
    made = project()
    path = over(made, name="agent.py")
    path.write_text(f'limit = 1\nSYSTEM_PROMPT = """{LINE * 4}"""\n')
    made.accepted()
    path.write_text(path.read_text().replace("limit = 1", "limit = 2"))
    made.git("add", "-A")
    assert "Passed" in made.commit()


@pytest.mark.parametrize(("lines", "code"), [(5, 1), (3, 0), (1, 0)])
def test_only_growth_stops_a_commit(project: Callable[..., Project], lines: int, code: int) -> None:
    made = project()
    path = over(made)
    path.write_text(LINE * lines)
    made.git("add", "-A")
    head = made.git("rev-parse", "HEAD")
    said = made.commit(code=code)
    assert (f"1 prompt {GROWN}" in said) is bool(code)
    assert (made.git("rev-parse", "HEAD") == head) is bool(code)


def test_growth_that_is_not_staged_is_not_judged(project: Callable[..., Project]) -> None:
    made = project()
    path = over(made)
    path.write_text(LINE * 3)
    made.git("add", "-A")
    path.write_text(LINE * 9)
    assert "Passed" in made.commit()
    assert path.read_text() == LINE * 9
    assert made.git("show", "HEAD:a.prompt.md") == LINE * 3


@pytest.mark.parametrize(("lines", "code"), [(2, 0), (4, 1)])
def test_in_the_first_commit_all_that_is_over_counts(
    project: Callable[..., Project], lines: int, code: int
) -> None:
    made = project()
    made.write("a.prompt.md", LINE * lines)
    made.git("add", "-A")
    assert (f"1 prompt {GROWN}" in made.commit(code=code)) is bool(code)


@pytest.mark.parametrize(("lines", "code"), [(6, 0), (5, 0), (7, 1)])
def test_a_merge_is_judged_by_both_sides(project: Callable[..., Project], lines: int, code: int) -> None:
    made = project()
    path = over(made)
    made.git("switch", "-qc", "side")
    path.write_text("Be kind.\n" + LINE * 6)
    made.accepted()
    made.git("switch", "-q", "main")
    path.write_text("Be quick.\n" + LINE * 4)
    made.accepted()
    made.git("merge", "-q", "side", code=1)
    path.write_text("Be glad.\n" + LINE * lines)
    made.git("add", "-A")
    said = made.git("commit", "--no-edit", code=code)
    assert (f"1 prompt {GROWN}" in said) is bool(code), said


@pytest.mark.parametrize(("lines", "code"), [(12, 0), (11, 0), (13, 1)])
def test_a_renamed_file_is_compared_with_what_it_was(
    project: Callable[..., Project], lines: int, code: int
) -> None:
    made = project()
    over(made, lines=12)
    made.root.joinpath("new").mkdir()
    made.git("mv", "a.prompt.md", "new/b.prompt.md")
    made.write("new/b.prompt.md", LINE * lines)
    made.git("add", "-A")
    assert (f"1 prompt {GROWN}" in made.commit(code=code)) is bool(code)


def test_the_configuration_of_a_subfolder_holds_there(project: Callable[..., Project]) -> None:
    made = project(config="")
    made.write("sub/promptlint.toml", '[budget]\n"**" = 30\n')
    over(made)
    path = over(made, name="sub/b.prompt.md")
    made.write("a.prompt.md", LINE * 9)
    path.write_text(LINE * 5)
    made.git("add", "-A")
    said = made.commit(code=1)
    assert "sub/b.prompt.md:1:1 " in said
    assert f"1 prompt {GROWN}" in said


def test_a_commit_of_many_files_is_judged_in_full(project: Callable[..., Project]) -> None:
    made = project(hooks=BUDGET + "        verbose: true\n")
    names = [f"{'long' * 40}/{number:04}{'x' * 60}.prompt.md" for number in range(900)]
    assert sum(map(len, names)) > 1.5 * 2**17  # more than pre-commit gives to one process
    for name in names:
        made.write(name, LINE * 4)
    made.accepted()
    for at, name in enumerate(names):
        made.write(name, LINE * 4 + "\n" if at % 899 else LINE * 5)
    made.git("add", "-A")
    said = made.commit(code=1)
    assert said.count(f"1 prompt {GROWN}") == 2
    assert all(f"{names[at]}:1:1 " in said for at in (0, 899))


def test_two_commits_at_once_share_a_cache(project: Callable[..., Project], tmp_path: Path) -> None:
    made = project(hooks=ALL, config="")
    for number in range(40):
        made.write(f"{number}.prompt.md", f"You sort mail {number}.\n")
    made.accepted()
    others = [Project(tmp_path / f"tree{at}", made.env) for at in range(2)]
    for other in others:
        made.git("worktree", "add", "-q", "-b", other.root.name, str(other.root))
        for number in range(40):
            other.write(f"{number}.prompt.md", f"You sort letters {number}.\n")
        other.git("add", "-A")
    running = [
        subprocess.Popen(["git", "commit", "-qm", "b"], cwd=other.root, env=other.env, stderr=subprocess.PIPE)
        for other in others
    ]
    for process in running:
        _, said = process.communicate()
        assert process.returncode == 0, said
        assert b"Failed" not in said
