"""Finds who owns a file by the CODEOWNERS file of its repository, as GitHub or GitLab would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from promptlint import documents, git, globs
from promptlint.model import PromptFacts, RunResult
from promptlint.records import dataclass

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where the two hosts look, in their order; the first that is there counts."""

MAX_BYTES = 3_000_000
"""GitHub does not load a larger file."""

_SECTION = re.compile(r"\^?\[([^\[\]]{1,200})\](?:\[\d{1,4}\])?(?:\s+(.*))?")
_WORD = re.compile(r"(?:\\.|[^\s\\])+")
_OWNER = re.compile(r"@@?[\w.\-]+(?:/[\w.\-]+)*|[^\s@]+@[^\s@]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: a pattern, and who owns what matches; `section` is GitLab's, in small letters."""

    pattern: str
    owners: tuple[str, ...]
    section: str = ""


@dataclass(frozen=True, slots=True)
class Owners:
    """A CODEOWNERS file: `path` from the top of the repository, and whose rules hold."""

    path: str
    rules: tuple[Rule, ...]
    is_gitlab: bool = False

    def of(self, path: str) -> tuple[str, ...]:
        """Who owns a file, given from the top of the repository; empty: nobody.

        The last line that matches counts; at GitLab, one a section.
        Source: GitHub Docs, "About code owners"; GitLab Docs, "Code Owners syntax and error handling".
        """
        fits = _fits_gitlab if self.is_gitlab else _fits_github
        found = {rule.section: rule.owners for rule in self.rules if fits(rule.pattern, path)}
        return tuple(dict.fromkeys(owner for owners in found.values() for owner in owners))


def _fits_github(pattern: str, path: str) -> bool:
    """As .gitignore, except that a last `/*` means the files of that very folder."""
    whole = pattern.endswith("/*")
    return globs.matches_whole(pattern, path) if whole else globs.matches(pattern, path)


def _fits_gitlab(pattern: str, path: str) -> bool:
    """At any depth without a first slash; what is below a match belongs to it with a last slash only."""
    deep = pattern if pattern.startswith("/") else f"**/{pattern}"
    return globs.matches(deep, path) if pattern.endswith("/") else globs.matches_whole(deep, path)


# --- reading -----------------------------------------------------------------------------------


def parsed(text: str, path: str = "CODEOWNERS") -> Owners:
    """The rules of a file; a host is known by its folder or by GitLab's sections.

    Lines, and at GitLab owners, that the host passes over are passed over.
    """
    is_gitlab = path.startswith(".gitlab/") or any(_SECTION.fullmatch(line) for line in text.splitlines())
    return Owners(path, tuple(_rules(text, is_gitlab)), is_gitlab)


def _rules(text: str, is_gitlab: bool) -> Iterator[Rule]:
    section, usual = "", tuple[str, ...]()
    for line in text.splitlines():
        head = _SECTION.fullmatch(line.strip()) if is_gitlab else None
        if head is not None:
            section, usual = head[1].strip().lower(), tuple(filter(_OWNER.fullmatch, (head[2] or "").split()))
            continue
        words = _uncommented(_WORD.findall(line))
        if not words or words[0].startswith("!") or ("[" in words[0] and not is_gitlab):
            continue
        owners = tuple(filter(_OWNER.fullmatch, words[1:]))
        if is_gitlab or len(owners) == len(words) - 1:
            yield Rule(re.sub(r"\\(.)", r"\1", words[0]), owners or usual, section)


def _uncommented(words: list[str]) -> list[str]:
    return words[: next((place for place, word in enumerate(words) if word.startswith("#")), len(words))]


# --- of prompts --------------------------------------------------------------------------------


def found(folder: Path) -> tuple[Path, Owners] | None:
    """The top of the repository that an absolute folder is in, and its CODEOWNERS; None: there is none."""
    top = git.root(folder) or folder
    for place in PLACES:
        if (top / place).is_symlink() or not (top / place).is_file():
            continue
        text = documents.data_of(top / place, MAX_BYTES).decode("utf-8", "replace")
        return top, parsed(text, place)
    return None


def of_result(result: RunResult, root: Path) -> RunResult:
    """A run's result with the owners of files where authors of prompts name none.

    Args:
        result: of a run.
        root: the absolute folder that its paths are relative to.

    Raises:
        UsageError: CODEOWNERS cannot be read, or is larger than a host takes.
    """
    known = found(root)
    if known is None:
        return result
    return replace(
        result,
        files=tuple(
            replace(file, prompts=tuple(_owned(row, root, *known) for row in file.prompts))
            for file in result.files
        ),
    )


def _owned(row: PromptFacts, root: Path, top: Path, owners: Owners) -> PromptFacts:
    place = root / row.path
    if row.traits is None or row.traits.owner or not place.is_relative_to(top):
        return row
    names = " ".join(owners.of(place.relative_to(top).as_posix()))
    if not names:
        return row
    return replace(row, traits=replace(row.traits, owner=names, owner_basis=owners.path))
