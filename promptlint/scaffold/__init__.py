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
from promptlint.scaffold.append import with_item
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
from promptlint.style import visible
from promptlint.syntax import yamlio

__all__ = ["Change", "Ci", "Plan", "Project", "found", "inspect", "plan", "write"]

CONFIG_FILE = "promptlint.toml"
WORKFLOW_FILE = f"{WORKFLOWS}/promptlint.yml"
GITLAB_JOB = ".gitlab/promptlint.yml"
HOOKS_HEAD = "# Runs on every commit, once somebody has said: pre-commit install\n"

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
    """What would be written, what is there already, and what somebody has to add by hand."""

    changes: list[Change] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def found(project: Project) -> list[str]:
    """What the project has, in lines for a terminal."""
    return texts.found_lines(project.prompts)


def plan(project: Project, hooks: bool = True) -> Plan:
    """What `init` would do to a project; nothing is written."""
    made = Plan()
    _config(project, made)
    if not project.is_repository:
        made.left.append("This is no git repository: there is nothing to hook into.")
        return made
    if hooks:
        _hooks(project, made)
    _CI[project.ci](project, made)
    return made


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
        made.present.append(f"{_shown(project, project.config)}: the configuration")
    else:
        _new(project, CONFIG_FILE, texts.config_text(project.prompts), made)


def _hooks(project: Project, made: Plan) -> None:
    item = texts.packaged("pre-commit.yaml")
    path = project.root / HOOKS_FILE
    if not os.path.lexists(path):
        body = "".join(f"  {line}\n" for line in item.splitlines())
        _new(project, HOOKS_FILE, f"{HOOKS_HEAD}repos:\n{body}", made)
        return
    if _has_hooks(text_of(project.root, path)):
        made.present.append(f"{HOOKS_FILE}: the hooks")
        return
    _add(project, HOOKS_FILE, ("repos", item), made)


def _has_hooks(text: str | None) -> bool:
    """True if a repository of hooks is ours, or one of the hooks is."""
    try:
        data = yamlio.load(text or "")
    except SourceError:
        return False
    repos = data.get("repos") if isinstance(data, dict) else None
    for repo in repos if isinstance(repos, list) else ():
        given = repo if isinstance(repo, dict) else {}
        hooks = given.get("hooks")
        names = (
            [hook.get("id") for hook in hooks if isinstance(hook, dict)] if isinstance(hooks, list) else []
        )
        if "promptlint-toolchain" in str(given.get("repo")) or any(
            str(name).startswith("promptlint") for name in names
        ):
            return True
    return False


def _github(project: Project, made: Plan) -> None:
    if project.workflow is not None:
        made.present.append(f"{_shown(project, project.workflow)}: the workflow")
    else:
        _new(project, WORKFLOW_FILE, texts.packaged("github.yml"), made)


def _gitlab(project: Project, made: Plan) -> None:
    if project.workflow is not None:
        made.present.append(f"{_shown(project, project.workflow)}: the job")
        return
    item = f"- local: {GITLAB_JOB}\n"
    path = project.root / GITLAB_FILE
    if not os.path.lexists(path):
        _new(project, GITLAB_JOB, texts.packaged("gitlab.yml"), made)
        _new(project, GITLAB_FILE, f"include:\n  {item}", made)
        return
    if _no_test_stage(text_of(project.root, path)):
        reason = "its stages have no `test`, where the job would run"
        made.left.append(_by_hand(GITLAB_FILE, reason, f"include:\n  {item}"))
        return
    if _add(project, GITLAB_FILE, ("include", item), made):
        _new(project, GITLAB_JOB, texts.packaged("gitlab.yml"), made)


def _no_test_stage(text: str | None) -> bool:
    try:
        data = yamlio.load(text or "")
    except SourceError:
        return False
    stages = data.get("stages") if isinstance(data, dict) else None
    return isinstance(stages, list) and "test" not in stages


def _no_ci(project: Project, made: Plan) -> None:
    made.left.append("No CI was asked for or recognised: --ci github or --ci gitlab writes its file.")


_CI: dict[Ci, Callable[[Project, Plan], None]] = {"github": _github, "gitlab": _gitlab, "none": _no_ci}


# --- a change, or the words that say why not ------------------------------------------------


def _new(project: Project, name: str, text: str, made: Plan) -> None:
    path = project.root / name
    if os.path.lexists(path):
        made.present.append(f"{name}: not touched")
    elif not inside(project.root, path.parent):
        made.left.append(f"{name}: not made, as {_LED_OUT}.")
    else:
        made.changes.append(Change(name, "", text))


def _add(project: Project, name: str, wanted: tuple[str, str], made: Plan) -> bool:
    """Plan to add an item to a list (key, item) of a file that is there; False if it cannot be done."""
    key, item = wanted
    path = project.root / name
    by_hand = "".join(f"  {line}\n" for line in item.splitlines())
    original = path.stat() if path.exists() else None
    text = text_of(project.root, path)
    if text is None or original is None:
        reason = "it cannot be read" if inside(project.root, path) else _LED_OUT
        made.left.append(_by_hand(name, reason, f"{key}:\n{by_hand}"))
        return False
    new = with_item(text, key, item)
    if new is None:
        made.left.append(_by_hand(name, f"`{key}` is no plain list there", f"{key}:\n{by_hand}"))
        return False
    made.changes.append(Change(name, text, new, original))
    return True


def _by_hand(name: str, reason: str, text: str) -> str:
    return f"{name}: not changed, as {reason}. Add this to it:\n\n{text}"


def _shown(project: Project, path: Path) -> str:
    place = path.resolve()
    return visible(
        place.relative_to(project.root).as_posix() if place.is_relative_to(project.root) else path.name
    )
