"""What `promptlint init` writes: planned and shown first; nothing that is there is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import field
from pathlib import Path

from promptlint import files
from promptlint.errors import SourceError, UsageError
from promptlint.records import dataclass
from promptlint.scaffold import texts
from promptlint.scaffold.append import Place, with_item
from promptlint.scaffold.hooks import REV, missing
from promptlint.scaffold.inspection import (
    GITLAB_FILE,
    HOOKS_FILE,
    WORKFLOWS,
    Ci,
    Project,
    inside,
    inspect,
    text_of,
)
from promptlint.style import fit, visible
from promptlint.syntax import yamlio

__all__ = ["Change", "Ci", "Plan", "Project", "found", "inspect", "next_steps", "plan", "write"]

CONFIG_FILE = "promptlint.toml"
WORKFLOW_FILE = f"{WORKFLOWS}/promptlint.yml"
FORK_FILES = {
    WORKFLOW_FILE: "github-compare.yml",
    f"{WORKFLOWS}/promptlint-comment.yml": "github-comment.yml",
}
"""The two workflows for pull requests from forks, and the packaged files that they are."""
GITLAB_JOB = ".gitlab/promptlint.yml"
HOOKS_HEAD = "# Runs on every commit, once somebody has said: pre-commit install\n"

NO_REPOSITORY = (
    "This is no git repository: no hooks and no CI are set up. Run `git init`, then `promptlint init` again."
)
FORKS = "Pull requests from forks get annotations and no comment: `--forks` sets up two workflows that do."
NO_CI = "No CI is set up, as none was found here: `--ci github` or `--ci gitlab` adds it."
_LED_OUT = "a symbolic link leads out of the project"


@dataclass(frozen=True, slots=True)
class Change:
    """A file to make or to add to; `original` is None for a new one. `path` is POSIX, below the root."""

    path: str
    old: str
    new: str
    original: os.stat_result | None = None


@dataclass(slots=True)
class Plan:
    """What would be written, what is there already, what is left to do by hand, and what is good to know."""

    changes: list[Change] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def found(project: Project) -> list[str]:
    """What the project has, in lines for a terminal."""
    return texts.found_lines(project.prompts)


def plan(project: Project, hooks: bool = True, forks: bool = False) -> Plan:
    """What `init` would do to a project; nothing is written.

    Args:
        project: what is there.
        hooks: whether to set up pre-commit.
        forks: whether pull requests from forks get comments, too.

    Raises:
        UsageError: forks are asked for, and GitHub is not set up.
    """
    if forks and "github" not in project.ci:
        raise UsageError("--forks is for GitHub: say --ci github, too")
    made = Plan()
    _config(project, made)
    if not project.is_repository:
        made.notes.append(NO_REPOSITORY)
        return made
    if hooks:
        _hooks(project, made)
    for ci in project.ci:
        (_forks if forks and ci == "github" else _CI[ci])(project, made)
    if not project.ci and not project.ci_asked:
        made.notes.append(NO_CI)
    return made


def next_steps(planned: Plan) -> list[str]:
    """What somebody has to do after the plan was written, a line each."""
    written = {change.path for change in planned.changes}
    return [line for name, line in texts.NEXT if name is None or name in written]


def write(project: Project, planned: Plan) -> list[str]:
    """Write the changes in order; returns a line for each file.

    Raises:
        UsageError: a file has appeared or changed since it was shown, or cannot be written; the message says
            what was written before.
    """
    done: list[str] = []
    for change in planned.changes:
        try:
            _write(project.root, change)
        except (SourceError, OSError) as error:
            reason = error.problem.message if isinstance(error, SourceError) else error.strerror
            before = f"; written before: {', '.join(done)}" if done else "; nothing was written"
            raise UsageError(f"{visible(change.path)}: {reason}{before}") from error
        done.append(change.path)
    return done


def _write(root: Path, change: Change) -> None:
    path = root / change.path
    if not inside(root, path.parent):
        raise OSError(0, _LED_OUT)
    path.parent.mkdir(parents=True, exist_ok=True)
    if change.original is None and os.path.lexists(path):
        raise OSError(0, "it is there now, and was not when it was shown")
    files.write(path, change.new, change.original)


# --- what each file needs -------------------------------------------------------------------


def _config(project: Project, made: Plan) -> None:
    if project.config is not None:
        made.present.append(f"{_shown(project, project.config)} (the configuration)")
    else:
        _new(project, CONFIG_FILE, texts.config_text(project.prompts), made)


def _hooks(project: Project, made: Plan) -> None:
    path = project.root / HOOKS_FILE
    lacking = missing(text_of(project.root, path) or "")
    if not os.path.lexists(path):
        _new(project, HOOKS_FILE, f"{HOOKS_HEAD}repos:\n{_indented(lacking.item)}", made)
        return
    if lacking.present:
        made.present.append(f"{HOOKS_FILE} ({', '.join(lacking.present)})")
    if lacking.absent and lacking.other_rev is not None:
        reason = f"it has promptlint at {fit(lacking.other_rev, 40)}, which may lack these hooks"
        made.left.append(_by_hand(HOOKS_FILE, reason, f"rev: {REV}\nhooks:\n{_indented(lacking.item)}"))
    elif lacking.absent:
        _add(project, HOOKS_FILE, (lacking.place, lacking.item), made)


def _github(project: Project, made: Plan) -> None:
    if (workflow := project.workflows.get("github")) is not None:
        made.present.append(f"{_shown(project, workflow)} (names promptlint, so that no workflow is added)")
    else:
        _new(project, WORKFLOW_FILE, texts.packaged("github.yml"), made)
        made.notes.append(FORKS)


def _forks(project: Project, made: Plan) -> None:
    found = project.workflows.get("github")
    own = {project.root / name for name in FORK_FILES}
    single = "compare.yml@" not in (text_of(project.root, project.root / WORKFLOW_FILE) or "compare.yml@")
    if found is not None and (found not in own or single):
        shown = WORKFLOW_FILE if single else _shown(project, found)
        made.left.append(
            f"{shown}: names promptlint, and two workflows would take its place. Remove promptlint there, "
            "and run `promptlint init` again."
        )
        return
    for name, packaged in FORK_FILES.items():
        _new(project, name, texts.packaged(packaged), made)


def _gitlab(project: Project, made: Plan) -> None:
    if (workflow := project.workflows.get("gitlab")) is not None:
        made.present.append(f"{_shown(project, workflow)} (names promptlint, so that no job is added)")
        return
    item = f"- local: {GITLAB_JOB}\n"
    path = project.root / GITLAB_FILE
    if not os.path.lexists(path):
        _new(project, GITLAB_JOB, texts.packaged("gitlab.yml"), made)
        _new(project, GITLAB_FILE, f"include:\n  {item}", made)
        return
    if _no_test_stage(text_of(project.root, path)):
        reason = "its stages have no `test`, where the job runs; give them one, or the job another stage"
        made.left.append(_by_hand(GITLAB_FILE, reason, f"include:\n  {item}"))
        _new(project, GITLAB_JOB, texts.packaged("gitlab.yml"), made)
        return
    added = _add(project, GITLAB_FILE, (("include",), item), made)
    if added or _unreadable(project, path, text_of(project.root, path)) is None:
        _new(project, GITLAB_JOB, texts.packaged("gitlab.yml"), made)


def _no_test_stage(text: str | None) -> bool:
    try:
        data = yamlio.load(text or "")
    except SourceError:
        return False
    stages = data.get("stages") if isinstance(data, dict) else None
    return isinstance(stages, list) and "test" not in stages


_CI: dict[Ci, Callable[[Project, Plan], None]] = {"github": _github, "gitlab": _gitlab}


# --- a change, or the words that say why not ------------------------------------------------


def _new(project: Project, name: str, text: str, made: Plan) -> None:
    path = project.root / name
    if os.path.lexists(path):
        made.present.append(f"{name} (not touched)")
    elif not inside(project.root, path.parent):
        made.left.append(f"{name}: not made, as {_LED_OUT}.")
    else:
        made.changes.append(Change(name, "", text))


def _add(project: Project, name: str, wanted: tuple[Place, str], made: Plan) -> bool:
    """Plan to add an item to a list (place, item) of a file that is there; False if it cannot be done."""
    place, item = wanted
    path = project.root / name
    original = path.stat() if path.exists() else None
    text = text_of(project.root, path)
    if (problem := _unreadable(project, path, text)) is not None:
        made.left.append(f"{name}: not changed, as {problem}. Mend that, and run `promptlint init` again.")
        return False
    new = with_item(text or "", place, item)
    if new is None or original is None:
        reason = f"`{place[-1]}` is no plain list there"
        made.left.append(_by_hand(name, reason, f"{place[-1]}:\n{_indented(item)}"))
        return False
    made.changes.append(Change(name, text or "", new, original))
    return True


def _unreadable(project: Project, path: Path, text: str | None) -> str | None:
    """Why nothing can be added to a file."""
    if not inside(project.root, path):
        return _LED_OUT
    if text is None:
        return "it cannot be read"
    try:
        yamlio.load(text)
    except SourceError as error:
        line = text.count("\n", 0, error.problem.span.start) + 1
        return f"it is no valid YAML (line {line}: {visible(error.problem.message)})"
    return None


def _by_hand(name: str, reason: str, text: str) -> str:
    return f"{name}: not changed, as {reason}. Add this to it:\n\n{text}"


def _indented(item: str) -> str:
    return "".join(f"  {line}\n" for line in item.splitlines())


def _shown(project: Project, path: Path) -> str:
    return visible(Path(os.path.relpath(path.resolve(), project.root)).as_posix())
