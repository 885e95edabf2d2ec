"""What a `.pre-commit-config.yaml` has of our hooks, and the text that has the others too."""

from __future__ import annotations

import re

from promptlint import __version__
from promptlint.errors import SourceError
from promptlint.records import dataclass
from promptlint.scaffold import texts
from promptlint.scaffold.append import Place
from promptlint.syntax import yamlio

_ID = re.compile(r"^ *- id: *(\S+)")
_OURS = "promptlint-toolchain"
REV = f"v{__version__}"
"""The tag of this release."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The hooks of ours that a file has, those it lacks, and where an item with them belongs.

    `other_rev` is the release that the file has instead of this one: nobody knows which hooks that has.
    """

    present: tuple[str, ...]
    absent: tuple[str, ...]
    place: Place
    item: str
    other_rev: str | None = None


def missing(text: str) -> Missing:
    """What the text of a `.pre-commit-config.yaml` lacks of our hooks; of one that is no YAML all."""
    repos = _repos(text)
    ours = _hooks_by_id()
    taken = {name for _, hooks in repos for name in hooks}
    present = tuple(name for name in ours if name in taken)
    absent = tuple(name for name in ours if name not in taken)
    own = next((index for index, ((url, _), _) in enumerate(repos) if _OURS in url), None)
    if own is None:
        head = texts.packaged("pre-commit.yaml").partition("    - id:")[0]
        return Missing(present, absent, ("repos",), head + "".join(ours[name] for name in absent))
    (_, rev), _ = repos[own]
    lines = "".join(ours[name] for name in absent).splitlines()
    item = "".join(f"{line[4:]}\n" for line in lines)
    return Missing(present, absent, ("repos", own, "hooks"), item, None if rev == REV else rev)


def _hooks_by_id() -> dict[str, str]:
    """Our hooks as the packaged file spells them: the lines of each, by id."""
    found: dict[str, str] = {}
    name = ""
    for line in texts.packaged("pre-commit.yaml").splitlines(keepends=True):
        match = _ID.match(line)
        name = match[1] if match else name
        if name:
            found[name] = found.get(name, "") + line
    return found


def _repos(text: str) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """The address and release of each repository of hooks, and the ids of the hooks that are taken of it."""
    try:
        data = yamlio.load(text)
    except SourceError:
        return []
    repos = data.get("repos") if isinstance(data, dict) else None
    found = []
    for repo in repos if isinstance(repos, list) else ():
        given = repo if isinstance(repo, dict) else {}
        hooks = given.get("hooks")
        ids = (hook.get("id") for hook in hooks if isinstance(hook, dict)) if isinstance(hooks, list) else ()
        found.append(((str(given.get("repo")), str(given.get("rev"))), tuple(map(str, ids))))
    return found
