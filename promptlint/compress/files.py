"""Finds the one prompt that is to be shortened, and writes its file when that is proven."""

from __future__ import annotations

import os
from pathlib import Path

from promptlint import discover, run
from promptlint.compress import ground as grounds
from promptlint.compress import offline
from promptlint.compress.ground import File
from promptlint.compress.offline import Shortened, Target
from promptlint.compress.proposal import Ground
from promptlint.errors import UsageError
from promptlint.model import Source
from promptlint.records import dataclass
from promptlint.style import plural

_LISTED = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A prompt with its file: `status` is of the file when it was read."""

    path: Path
    file: File
    ground: Ground
    status: os.stat_result


def found(target: str, config_file: Path | None = None, isolated: bool = False) -> Found:
    """The prompt that `PATH[::ID]` names; the id's part after the path may be left out if there is one only.

    Raises:
        UsageError: no such file, no prompt in it, several, or none of that id.
        ConfigError: a config file is wrong.
    """
    name, _, anchor = target.partition("::")
    path = Path(name)
    if path.is_dir():
        raise UsageError(f"{name}: a folder; compress takes one file, PATH or PATH::ID")
    if not path.is_file():
        raise UsageError(f"{name}: there is no such file")
    request = run.Request(paths=(path,), config_file=config_file, isolated=isolated, use_cache=False)
    space = run.workspace(request)
    status = path.stat()
    sources, failed, skipped = run.sources(request, space)
    if failed or not sources:
        why = [finding.message for result in failed for finding in result.findings]
        why += [each.reason for each in skipped]
        raise UsageError(f"{name}: cannot be read: {'; '.join(why) or 'a format that is not known'}")
    at, source = sources[0]
    file = grounds.read(source, grounds.settings(space.settings(at, source.path)))
    return Found(at, file, _chosen(name, anchor, file.grounds), status)


def _chosen(name: str, anchor: str, each: tuple[Ground, ...]) -> Ground:
    if not each:
        raise UsageError(f"{name}: no prompt was found; `promptlint prompts --coverage {name}` says why")
    ids = [ground.prompt.id for ground in each]
    if not anchor:
        if len(each) == 1:
            return each[0]
        shown = ", ".join(ids[:_LISTED]) + (", ..." if len(ids) > _LISTED else "")
        raise UsageError(f"{name}: {plural(len(ids), 'prompt')}; choose one of {shown}")
    for ground in each:
        if ground.prompt.id.partition("::")[2] == anchor:
            return ground
    raise UsageError(f"{name}: there is no prompt {anchor}; there are {', '.join(ids[:_LISTED])}")


def shortened(found_: Found, target: Target) -> Shortened:
    """The prompt, shortened without a suite; nothing is written."""
    return offline.shorten(found_.file, found_.ground, target)


def write(found_: Found, source: Source) -> bool:
    """Write the file as it is proven to be, if that is another text; True if so.

    Raises:
        SourceError: it cannot be written, or has changed since it was read.
    """
    if source.text == found_.file.source.text:
        return False
    discover.write(found_.path, source.text, found_.status)
    return True
