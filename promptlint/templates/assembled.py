"""Puts a Jinja prompt together with the templates that it includes: what is sent, as far as it is static."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import lru_cache

from promptlint.model import Arm, Include, Segment, SegmentKind
from promptlint.records import dataclass
from promptlint.templates import jinja
from promptlint.templates.bodies import BLOCK, Body, Placed, arguments, blocks, given, inner
from promptlint.templates.jinja import JinjaSettings
from promptlint.templates.linked import KINDS, statement
from promptlint.templates.parts import TemplateError, segments

MAX_DEPTH = 10
"""Templates and macros within each other; what is deeper stays as it is written."""

MAX_ADDED = 20_000
"""Segments that includes and macros may add; after that they stay as they are written."""

_DEFAULT = JinjaSettings()
_TEXT, _SLOT, _CONTROL = SegmentKind.TEXT, SegmentKind.SLOT, SegmentKind.CONTROL
_MEETS = (*KINDS, "macro", "set", "call")
_DEFINES = re.compile(r"(?:macro\s+(?P<macro>\w+)\s*\((?P<given>.*)\)|set\s+(?P<set>\w+)\s*)\Z", re.DOTALL)
_PRINTS = re.compile(r"(?P<name>[A-Za-z_]\w*(?:\.\w+)?)\s*(?:\((?P<given>.*)\)\s*)?(?:\||\Z)", re.DOTALL)
_CALLS = re.compile(
    r"call\s*(?:\((?P<parameters>[^()]*)\))?\s*(?P<name>[A-Za-z_][\w.]*)\s*\((?P<given>.*)\)", re.DOTALL
)
_COPY = 40  # bits below the number of a copy in the groups of its arms: more than a file is long


@dataclass(frozen=True, slots=True)
class _Scope:
    """What holds where something is put.

    `way` are the files and names that led here, `own` the index to say (None: each its own), `blocks` what
    children put in place of blocks, nearest child first, `above` the bodies that `super()` means.
    """

    path: str
    way: tuple[str, ...]
    branch: tuple[Arm, ...] = ()
    own: int | None = None
    names: Mapping[str, Body] = field(default_factory=dict)
    blocks: Mapping[str, tuple[Body, ...]] = field(default_factory=dict)
    above: tuple[Body, ...] = ()


@dataclass(slots=True)
class _Work:
    """What the whole shares; `printed` are the names that any of its files prints or calls."""

    includes: tuple[Include, ...]
    settings: JinjaSettings
    printed: frozenset[str]
    copies: int = 0
    added: int = 0


def assembled(
    own: Sequence[Segment],
    path: str,
    includes: tuple[Include, ...] = (),
    settings: JinjaSettings = _DEFAULT,
) -> tuple[Placed, ...]:
    """The segments of a prompt with includes, macros and inheritance put in; for counting only.

    An included template stands where it is included, a macro or a `set` block where it is called or printed
    (where it is never, it stays where it is defined), the parent of `extends` around the blocks of its
    child. What is not found, is computed, or includes itself stays the CONTROL or SLOT that it is. Arms are
    numbered anew; spans are those of the file that each segment comes from.

    Args:
        own: the segments of the prompt.
        path: of its file.
        includes: what the project knows of the templates that it names.
        settings: of the project's Jinja.
    """
    stream = tuple(Placed(segment, index) for index, segment in enumerate(own))
    if not any(item.kind is _CONTROL and item.name.startswith(_MEETS) for item in own):
        return stream
    files = [read(item.text, settings) for item in includes]
    printed = frozenset(name for file in (own, *files) for item in file for name in _printed(item))
    work = _Work(includes, settings, printed)
    return tuple(_put(Body(stream, path), _Scope(path, (path,)), work))


def source_of(target: str, path: str, includes: Iterable[Include]) -> Include | None:
    """The template that `target` names in the file `path`: the one in the nearest folder, else any."""
    named = {item.path: item for item in includes if item.target == target}
    folder = posixpath.dirname(path)
    while True:
        found = named.get(posixpath.normpath(posixpath.join(folder, target)))
        if found is not None or not folder:
            return found or next(iter(named.values()), None)
        folder = posixpath.dirname(folder)


@lru_cache(maxsize=256)
def read(text: str, settings: JinjaSettings) -> tuple[Segment, ...]:
    """The segments of an included template; none if it is broken, which is said where it is checked."""
    try:
        return segments(jinja.split(text, settings))
    except (TemplateError, RecursionError):
        return ()


def _printed(segment: Segment) -> Iterator[str]:
    pattern = {_SLOT: _PRINTS, _CONTROL: _CALLS}.get(segment.kind)
    match = pattern.match(segment.name) if pattern else None
    if match:
        yield match["name"]
        yield from (name for _, name in given(match["given"] or ""))


# --- putting together -----------------------------------------------------------------------


def _put(body: Body, scope: _Scope, work: _Work) -> Iterator[Placed]:
    """The segments of a body where it is put."""
    work.copies += 1
    copy, stream = work.copies, body.stream
    scope = replace(scope, names={**scope.names, **_defined(body, scope, work)})
    parent = _parent(body, scope, work)
    if parent is not None:
        start, inherited = parent
        yield from _put(replace(body, stream=stream[:start]), scope, work) if start else ()
        yield from inherited
        return
    index = 0
    while index < len(stream):
        placed = stream[index]
        arms = placed.segment.branch[body.depth :]
        branch = scope.branch + tuple(Arm(arm.group + (copy << _COPY), arm.arm, arm.said) for arm in arms)
        own = placed.own if scope.own is None else scope.own
        here = replace(scope, branch=branch, own=own)
        meant = _meant(body, index, here, scope.own is None, work)
        if meant is None:
            yield Placed(replace(placed.segment, branch=branch), own)
            index += 1
        else:
            index, found = meant
            yield from found


def _meant(
    body: Body, index: int, here: _Scope, at_home: bool, work: _Work
) -> tuple[int, Iterator[Placed]] | None:
    """What stands for a segment, and where the stream goes on; None if it stands for itself."""
    segment = body.stream[index].segment
    if segment.kind is _SLOT:
        found = _of_slot(segment.name, here, work)
        return None if found is None else (index + 1, found)
    if segment.kind is not _CONTROL or not segment.name:
        return None
    said = statement(segment.name)
    if said is not None and said.kind == "include":
        found = _of_file(said.targets, here, work)
        return None if found is None else (index + 1, found)
    written = inner(body, index)
    if written is None:
        return None
    end = index + len(written.stream) + 2
    defines = _DEFINES.match(segment.name)
    if defines:
        name = defines["macro"] or defines["set"]
        moved = name in work.printed and name in here.names
        return (end, iter(())) if moved else None
    if calls := _CALLS.match(segment.name):
        caller = replace(written, parameters=calls["parameters"] or "")
        found = _of_name(
            calls["name"], calls["given"], replace(here, names={**here.names, "caller": caller}), work
        )
        return None if found is None else (end, found)
    block = BLOCK.match(segment.name)
    if block and block[1] in here.blocks:
        chain = (*here.blocks[block[1]], written)
        inside = replace(here, own=None, above=chain[1:], blocks={**here.blocks, block[1]: ()})
        return end, _put(chain[0], inside, work)
    return None


def _of_slot(name: str, here: _Scope, work: _Work) -> Iterator[Placed] | None:
    match = _PRINTS.match(name)
    if match is None:
        return None
    if match["name"] == "super" and here.above:
        return _put(here.above[0], replace(here, above=here.above[1:]), work)
    return _of_name(match["name"], match["given"], here, work)


def _of_name(name: str, spelt: str | None, here: _Scope, work: _Work) -> Iterator[Placed] | None:
    """The body of a macro that is called, or of a name that is printed."""
    body = here.names.get(name)
    if (
        body is None
        or (body.parameters is None) != (spelt is None)
        or not _may(body, f"{name}()", here, work)
    ):
        return None
    names = dict(here.names)
    if body.parameters is not None:
        names |= arguments(body.parameters, spelt or "", here.names, here.path)
    return _put(body, replace(here, path=body.path, way=(*here.way, f"{name}()"), names=names), work)


def _of_file(targets: Iterable[str], here: _Scope, work: _Work) -> Iterator[Placed] | None:
    body = _file(targets, here, work)
    if body is None or not _may(body, body.path, here, work):
        return None
    return _put(body, replace(here, path=body.path, way=(*here.way, body.path)), work)


def _file(targets: Iterable[str], here: _Scope, work: _Work) -> Body | None:
    """The first of some templates that there is."""
    found = (source_of(target, here.path, work.includes) for target in targets)
    include = next((item for item in found if item is not None), None)
    if include is None:
        return None
    return Body(tuple(Placed(item, -1) for item in read(include.text, work.settings)), include.path)


def _may(body: Body, step: str, here: _Scope, work: _Work) -> bool:
    """False for what contains itself, is nested too deeply, or would make the whole too long."""
    work.added += len(body.stream)
    return step not in here.way and len(here.way) <= MAX_DEPTH and work.added <= MAX_ADDED


# --- definitions ----------------------------------------------------------------------------


def _defined(body: Body, scope: _Scope, work: _Work) -> dict[str, Body]:
    """The macros and `set` blocks of a body, and what it imports; a name that has two meanings has none."""
    names: dict[str, Body] = {}
    seen: Counter[str] = Counter()
    for index, placed in enumerate(body.stream):
        if placed.segment.kind is not _CONTROL:
            continue
        for name, meaning in _meanings(body, index, scope, work):
            seen[name] += 1
            names[name] = meaning
    return {name: meaning for name, meaning in names.items() if seen[name] == 1}


def _meanings(body: Body, index: int, scope: _Scope, work: _Work) -> Iterator[tuple[str, Body]]:
    name = body.stream[index].segment.name
    if defines := _DEFINES.match(name):
        written = inner(body, index)
        if written is not None:
            yield defines["macro"] or defines["set"], replace(written, parameters=defines["given"])
        return
    said = statement(name)
    if said is None or not said.names:
        return
    file = _file(said.targets, replace(scope, path=body.path), work)
    if file is None or not _may(file, file.path, scope, work):
        return
    found = _defined(file, replace(scope, path=file.path, way=(*scope.way, file.path)), work)
    for one, here in said.names:
        if one in found:
            yield here, found[one]
        elif not one:
            yield from ((f"{here}.{each}", meaning) for each, meaning in found.items())


def _parent(body: Body, scope: _Scope, work: _Work) -> tuple[int, Iterator[Placed]] | None:
    """Where a template says which one it extends, and that with the blocks of this one put in."""
    for index, placed in enumerate(body.stream):
        segment = placed.segment
        said = statement(segment.name) if segment.kind is _CONTROL else None
        if said is None or said.kind != "extends" or len(segment.branch) > body.depth:
            continue
        file = _file(said.targets, replace(scope, path=body.path), work)
        if file is None or not _may(file, file.path, scope, work):
            return None
        own = {name: (*scope.blocks.get(name, ()), block) for name, block in blocks(body)}
        inside = replace(
            scope,
            path=file.path,
            way=(*scope.way, file.path),
            own=-1 if scope.own is None else scope.own,
            blocks={**scope.blocks, **own},
        )
        return index, _put(file, inside, work)
    return None
