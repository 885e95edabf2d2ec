"""Finds changes to the workflows that run promptlint: taking the check away is the simplest way around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from promptlint import git, globs
from promptlint.errors import UsageError
from promptlint.guards.sides import Draft, Sides, counted, state, text
from promptlint.store import Revision

_NAMES = frozenset({"action.yml", "action.yaml", ".gitlab-ci.yml", ".pre-commit-config.yaml"})
_FOLDERS = (".github/workflows/", ".github/actions/")
_INCLUDER = ".gitlab-ci.yml"
_YAML = (".yml", ".yaml")
_MOST_FILES = 50
_WORD = "promptlint"
_SPELT = re.compile(r"[^\s'\"\[\]{},]+")


def changed(sides: Sides) -> Iterator[Draft]:
    """The files of the CI that speak of promptlint on either side, and differ."""
    top = sides.top
    templates: list[str] | None = None
    for name in sorted(_names(sides)):
        known = name.rpartition("/")[2] in _NAMES or name.startswith(_FOLDERS)
        if not known and not name.endswith(_YAML):
            continue
        old, new = (text(store, top / name) for store in sides.both)
        if not (_speaks(old) or _speaks(new)):
            continue
        if not known and templates is None:
            templates = list(_included(sides))
        if known or any(globs.matches(template, name) for template in templates or ()):
            yield from _told(sides, top / name, old, new)


def _names(sides: Sides) -> frozenset[str]:
    """The files of the whole repository that differ, as far as that can be known."""
    if sides.top == sides.root:
        return sides.names
    inside = {f"{sides.root.relative_to(sides.top).as_posix()}/{name}" for name in sides.names}
    if not isinstance(sides.before, Revision):
        return frozenset(inside)
    head = sides.after.at if isinstance(sides.after, Revision) else None
    try:
        return git.differing(sides.top, sides.before.at, head) | inside
    except UsageError:
        return frozenset(inside)


def _speaks(content: str) -> bool:
    return _WORD in content.lower()


def _told(sides: Sides, path: Path, old: str, new: str) -> Iterator[Draft]:
    one, other = (state(store, path) for store in sides.both)
    if one == other:
        return
    before = {line.strip(): None for line in old.splitlines() if _speaks(line)}
    after = {at: line.strip() for at, line in enumerate(new.splitlines(), 1) if _speaks(line)}
    lost = before.keys() - after.values()
    line = next((at for at, each in after.items() if each not in before), None)
    detail = "changed; the lines that name promptlint are the same"
    if not isinstance(other, bytes):
        detail = f"{other or 'removed'}: it named promptlint in {counted(len(before), 'line')}"
    elif not isinstance(one, bytes):
        detail = f"new: it names promptlint in {counted(len(after), 'line')}"
    elif before and not after:
        detail = "does not name promptlint any more"
    elif lost or line is not None:
        gained = sum(each not in before for each in after.values())
        detail = f"of the lines that name promptlint, {len(lost):,} gone and {gained:,} new"
    yield Draft("workflow", sides.shown(path), line, detail, "changes")


def _included(sides: Sides) -> Iterator[str]:
    """The YAML files that the GitLab configuration, or what it includes, may include: names, or globs."""
    waiting, seen = [_INCLUDER], {_INCLUDER}
    while waiting and len(seen) < _MOST_FILES:
        name = waiting.pop()
        for store in sides.both:
            for spelt in _SPELT.findall(text(store, sides.top / name)):
                other = spelt.lstrip("/").removeprefix("./")
                if spelt.endswith(_YAML) and other not in seen and len(seen) < _MOST_FILES:
                    seen.add(other)
                    waiting.append(other)
                    yield f"/{other}"
