"""Follows what the files of a project say of each other, and never leaves the project.

A `Reference` is as spelt in one file; here it is looked up, and becomes part of the `Context` of the file
that it leads to (`Use`), or of its own (`Include`, or the problem that it leads nowhere).
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace

from promptlint.globs import matched
from promptlint.mentions import Listing
from promptlint.model import Call, Context, Include, Problem, Reference, Target, Use
from promptlint.records import dataclass

MAX_HOPS = 10
"""Files that one includes through another, and modules that pass a name on, at most."""

MAX_INCLUDES = 100
"""Templates that one file includes, directly or not."""

MAX_STALE = 0.7
"""The largest share of missing ones among five mentions or more: beyond it another project is spoken of."""

CODE = "SRC004"
STALE = "AGD001"

_URL = re.compile(r"[A-Za-z][\w+.-]+://")
_ABSOLUTE = re.compile(r"[/~\\]|[A-Za-z]:[\\/]")
_FUNCTION = re.compile(r"(?<=\.(?:py|js|ts|rb)):\w+\Z|(?<=\.(?:mjs|cjs)):\w+\Z")
_SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
_COMPILED = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_FEW = 5  # mentions, of which all may be missing
_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Project:
    """What looking up needs to know of the project; paths are POSIX and relative to its root.

    `files` are all that were found there. `references` gives those of a file. `text` reads a file: None if
    there is none, or if it is outside or no text. `listing` gives all files that are there, None
    if there are too many.
    """

    files: frozenset[str]
    references: Callable[[str], tuple[Reference, ...]]
    text: Callable[[str], str | None]
    exists: Callable[[str], bool]
    listing: Callable[[], Listing | None] = lambda: None


@dataclass(slots=True)
class _Found:
    """A context in the making; dictionaries keep the order and drop what is said twice."""

    uses: dict[Use, None] = field(default_factory=dict)
    includes: dict[Include, None] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    levels: dict[Include, None] = field(default_factory=dict)


def contexts(paths: Iterable[str], project: Project) -> dict[str, Context]:
    """The contexts of all files that the references of `paths` say something of, their own included."""
    found: defaultdict[str, _Found] = defaultdict(_Found)
    for path in sorted(paths):
        for reference in project.references(path):
            if reference.alias:
                continue  # says nothing by itself: followed where the name is used
            if reference.kind in (Target.ABOVE, Target.BELOW):
                _level(reference, path, project, found)
                continue
            if reference.kind is Target.MENTION:
                continue
            targets = tuple(_targets(reference, path, project))
            if not targets and reference.required:
                found[path].problems[_missing(reference, path)] = None
            said = _lined(reference.use, path, project) if targets else reference.use
            for target, name in targets:
                use = replace(said, name=name, path=path)
                if target != path:
                    found[target].uses[use] = None
            if reference.kind is Target.TEMPLATE:
                _include(reference, path, project, found)
        for problem in _stale(path, project):
            found[path].problems[problem] = None
    return {
        path: Context(tuple(item.uses), tuple(item.includes), tuple(item.problems), levels=tuple(item.levels))
        for path, item in sorted(found.items())
        if item.uses or item.includes or item.problems or item.levels
    }


def _lined(use: Use, path: str, project: Project) -> Use:
    """The use with the lines of its call's parameters in the file that says so."""
    text = project.text(path) if use.call.fields else None
    if text is None:
        return use
    fields = tuple(
        item if item.path else replace(item, line=text.count("\n", 0, item.span.start) + 1)
        for item in use.call.fields
    )
    return replace(use, call=Call(fields))


def _targets(reference: Reference, path: str, project: Project) -> Iterator[tuple[str, str]]:
    """The files that a reference leads to, each with the name that is meant there."""
    if reference.kind is Target.MODULE:
        yield from _names(reference.target, reference.use.name, path, project, ())
    else:
        for target in _files(reference, path, project):
            yield from _exported(target, reference.use.name, project, ())


def _exported(target: str, name: str, project: Project, hops: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Where a name of a file is at home: there, or where a script that hands it on takes it from."""
    if target in hops or len(hops) >= MAX_HOPS:
        return
    head, _, rest = name.partition(".")
    scripts = head and target.endswith(_SCRIPTS)
    passed = [item for item in project.references(target) if item.alias] if scripts else []
    named = [item for item in passed if item.alias == head]
    if not named:
        yield target, name
    for item in named[:1] or (item for item in passed if item.alias == "*"):
        inner = ".".join(part for part in (item.use.name, rest) if part) if named else name
        for place in _files(item, target, project):
            yield from _exported(place, inner, project, (*hops, target))


# --- files ----------------------------------------------------------------------------------


def _missing(reference: Reference, path: str) -> Problem:
    spelt = reference.target
    if _ABSOLUTE.match(spelt):
        why = "is absolute: only files of the project are read"
    elif _GLOB.search(spelt):
        why = "matches no file"
    elif all(_inside(folder, spelt) is None for folder in _folders(path, spelt)):
        why = "is outside the project: it is not read"
    else:
        why = "does not exist"
    what = "template" if reference.kind is Target.TEMPLATE else "file"
    return Problem(CODE, f"the {what} '{spelt}' {why}", reference.span)


def _files(reference: Reference, path: str, project: Project) -> Iterator[str]:
    spelt = reference.target
    if not spelt or "\0" in spelt or _URL.match(spelt) or _ABSOLUTE.match(spelt):
        return
    spelt = _FUNCTION.sub("", spelt)
    for folder in _folders(path, spelt):
        place = _inside(folder, spelt)
        if place is None:
            continue
        if _GLOB.search(place):
            names = [name for name in sorted(project.files) if matched((f"/{place}",), name)]
        else:
            tried = _spellings(place, path)
            names = list(next(((name,) for name in tried if project.exists(name)), ()))
        if names:
            yield from names
            return


def _folders(path: str, spelt: str) -> Iterator[str]:
    """Where a name is looked for: beside the file that says it and, unless it begins with a dot, above."""
    folder = posixpath.dirname(path)
    yield folder
    while folder and not spelt.startswith("."):
        folder = posixpath.dirname(folder)
        yield folder


def _inside(folder: str, spelt: str) -> str | None:
    """The path from the root, or None if it leads out of it."""
    place = posixpath.normpath(posixpath.join(folder, spelt.replace("\\", "/")))
    return None if place == ".." or place.startswith(("../", "/")) else place


def _spellings(place: str, path: str) -> Iterator[str]:
    """The file itself; what a script imports may lack its suffix, or have that of its compiled form."""
    yield place
    if not path.endswith(_SCRIPTS):
        return
    stem, suffix = posixpath.splitext(place)
    yield from (stem + other for other in _COMPILED.get(suffix, ()))
    yield from (place + other for other in _SCRIPTS)
    yield from (f"{place}/index{other}" for other in _SCRIPTS)


# --- modules --------------------------------------------------------------------------------


def _names(
    module: str, name: str, path: str, project: Project, hops: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Where a name of a module is at home: there, or where the module takes it from."""
    target = next((place for place in _modules(module, path) if project.exists(place)), None)
    if target is None or target in hops or len(hops) >= MAX_HOPS:
        return
    hops = (*hops, target)
    passed = [item for item in project.references(target) if item.alias]
    head, _, rest = name.partition(".")
    for item in passed:
        if item.alias == head:
            inner = ".".join(part for part in (item.use.name, rest) if part)
            yield from _names(item.target, inner, target, project, hops)
            return
    yield target, name
    for item in passed:
        if item.alias == "*":
            yield from _names(item.target, name, target, project, hops)


def _modules(module: str, path: str) -> Iterator[str]:
    """The files that a dotted module may be, nearest first."""
    dots = len(module) - len(module.lstrip("."))
    steps = [step for step in module.split(".") if step]
    folder = posixpath.dirname(path)
    folders = [folder]
    while folders[-1]:
        folders.append(posixpath.dirname(folders[-1]))
    if dots:
        folders = folders[dots - 1 : dots]
    else:
        folders += [posixpath.join(folder, "src") for folder in reversed(folders)]
    for folder in folders:
        place = posixpath.join(folder, *steps)
        if steps:
            yield f"{place}.py"
        yield posixpath.join(place, "__init__.py")


# --- agent documents ------------------------------------------------------------------------


def _level(reference: Reference, path: str, project: Project, found: dict[str, _Found]) -> None:
    """A document that is loaded with another: each says to the later one what the earlier one says."""
    place = _inside(posixpath.dirname(path), reference.target)
    if place is None or place == path or not project.exists(place):
        return
    earlier, later = (place, path) if reference.kind is Target.ABOVE else (path, place)
    text = project.text(earlier)
    if text is not None and len(found[later].levels) < MAX_INCLUDES:
        found[later].levels[Include(reference.target, earlier, text)] = None


def _stale(path: str, project: Project) -> Iterator[Problem]:
    """What a document mentions and the project does not have."""
    said = [item for item in project.references(path) if item.kind is Target.MENTION]
    listing = project.listing() if said else None
    if listing is None:
        return
    missing = [(item, why) for item in said if (why := listing.missing(item.target, path))]
    if len(said) < _FEW or len(missing) <= MAX_STALE * len(said):
        for item, why in missing:
            yield Problem(STALE, why, item.span)


# --- templates ------------------------------------------------------------------------------


def _include(reference: Reference, path: str, project: Project, contexts: dict[str, _Found]) -> None:
    """Add what a template includes, and what that includes; a circle is a problem of the file at hand."""
    found = contexts[path]
    stack: list[tuple[Reference, str, tuple[str, ...]]] = [(reference, path, (path,))]
    while stack and len(found.includes) < MAX_INCLUDES:
        item, home, way = stack.pop()
        target = next(_files(item, home, project), None)
        text = None if target is None else project.text(target)
        if target is None or text is None:
            continue
        if target in way:
            circle = " -> ".join((*way[way.index(target) :], target))
            found.problems[Problem(CODE, f"templates include each other: {circle}", reference.span)] = None
            continue
        if item.use.part:
            contexts[target].uses[replace(item.use, path=home)] = None
        include = Include(item.target, target, text)
        known = include in found.includes
        found.includes[include] = None
        if not known and len(way) <= MAX_HOPS:
            inner = (each for each in project.references(target) if each.kind is Target.TEMPLATE)
            stack += [(each, target, (*way, target)) for each in inner]
