"""Says whether what a document speaks of is there: files, targets of make, scripts of a package."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import field

from promptlint.patterns import lazy
from promptlint.records import dataclass

MAX_BUILD_FILES = 50
"""Makefiles, and package files, of a project that are read; of one with more nothing is said."""

_MAKEFILES = ("Makefile", "makefile", "GNUmakefile")
_BUILDS = {"make": _MAKEFILES, "just": ("justfile", "Justfile", ".justfile")}
_CALLED = {"make": "target", "just": "recipe"}
_TARGETS = lazy(r"^([A-Za-z][\w. -]{0,400}?)[ \t]*:(?!=)", re.MULTILINE)
_RECIPE = lazy(r"^@?([A-Za-z_][\w-]{0,80})(?:[ \t][^\n:]{0,400})?:(?!=)", re.MULTILINE)
_ALIAS = lazy(r"^alias[ \t]+([\w-]{1,80})[ \t]*:=", re.MULTILINE)
_IMPORTS = lazy(r"^(?:import|mod)\b", re.MULTILINE)
_OPEN = lazy(r"^-?include\b|^[^\n:#=]*[%$][^\n:#=]*:(?!=)", re.MULTILINE)


@dataclass(slots=True)
class Listing:
    """The files of a project, by last name; `text` reads one of them."""

    files: frozenset[str]
    text: Callable[[str], str | None]
    by_name: dict[str, list[str]] = field(default_factory=dict)
    _known: dict[str, frozenset[str] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted(self.files):
            self.by_name.setdefault(posixpath.basename(path), []).append(path)

    def missing(self, mention: str, path: str) -> str:
        """Why what a document at `path` mentions is not there; empty if it is, or if that cannot be said."""
        tool, _, name = mention.rpartition(" ")
        if tool:
            targets = self._targets(tool)
            what = _CALLED.get(tool, "script")
            return (
                ""
                if targets is None or name in targets
                else f"'{mention}': no {what} of that name is in the project"
            )
        return "" if self._has(mention, path) else f"'{mention}' is not in the project"

    def _has(self, spelt: str, path: str) -> bool:
        """True for a file beside the document or above it, or anywhere below a folder that is not said."""
        folder = posixpath.dirname(path)
        while True:
            place = posixpath.normpath(posixpath.join(folder, spelt))
            if place.startswith("../") or place in self.files:
                return True  # outside: not looked up
            if not folder:
                break
            folder = posixpath.dirname(folder)
        tail = "/" + spelt.lstrip("./")
        same = self.by_name.get(posixpath.basename(spelt), ())
        return any(f"/{other}".endswith(tail) for other in same)

    def _targets(self, tool: str) -> frozenset[str] | None:
        """All that a tool can be asked for anywhere in the project; None if that cannot be known."""
        if tool not in self._known:
            names = _BUILDS.get(tool, ("package.json",))
            paths = [path for name in names for path in self.by_name.get(name, ())]
            texts = [self.text(path) for path in paths[: MAX_BUILD_FILES + 1]]
            known = bool(texts) and len(texts) <= MAX_BUILD_FILES and None not in texts
            read = _READERS.get(tool, _scripts)
            self._known[tool] = read([text for text in texts if text is not None]) if known else None
            if not texts and tool == "just":
                self._known[tool] = frozenset()
        return self._known[tool]


def _made(texts: Iterable[str]) -> frozenset[str] | None:
    found: set[str] = set()
    for text in texts:
        if _OPEN.search(text):
            return None
        for match in _TARGETS.finditer(text):
            found.update(match[1].split())
    return frozenset(found)


def _recipes(texts: Iterable[str]) -> frozenset[str] | None:
    found: set[str] = set()
    for text in texts:
        if _IMPORTS.search(text):
            return None
        found.update(_RECIPE.findall(text))
        found.update(_ALIAS.findall(text))
    return frozenset(found)


def _scripts(texts: Iterable[str]) -> frozenset[str] | None:
    found: set[str] = set()
    for text in texts:
        try:
            scripts = json.loads(text)["scripts"]
            found.update(scripts)
        except KeyError:
            continue
        except (ValueError, TypeError, RecursionError):
            return None
    return frozenset(found)


_READERS: dict[str, Callable[[Iterable[str]], frozenset[str] | None]] = {"make": _made, "just": _recipes}
