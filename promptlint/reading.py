"""Reads the files that a request names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from promptlint import discover, git
from promptlint.errors import SourceError, UsageError
from promptlint.extract import kind_of
from promptlint.model import FileResult, Skip, Source, SourceKind
from promptlint.workspace import Request, Workspace

AHEAD = 500
"""Files of a commit that are read at once."""

_DATA = frozenset(
    {SourceKind.JSON, SourceKind.JSONL, SourceKind.NOTEBOOK, SourceKind.JAVASCRIPT, SourceKind.TYPESCRIPT}
)
"""Kinds whose large files are data or bundles: too large to be read is then no fault."""

_BATCH = 4_000_000
"""Characters that are read before the cache is asked, and what holds no prompt is let go."""


def sources(
    request: Request, space: Workspace, only: str | None = None
) -> tuple[list[tuple[Path, Source]], list[FileResult], tuple[Skip, ...]]:
    """The files to check, the results of those that cannot be read, and what was passed over.

    With `only`, no more than the file that is shown as that.
    """
    listed = found(request, space)
    if only is not None:
        listed = replace(listed, files=tuple(item for item in listed.files if item.display == only))
    failed: list[FileResult] = []
    skipped = list(listed.skipped)
    return list(read(request, space, listed, failed, skipped)), failed, tuple(skipped)


def found(request: Request, space: Workspace) -> discover.Discovery:
    """The candidates, narrowed to what changed since `base`; for standard input its name alone."""
    if request.stdin is not None:
        name = request.stdin[0]
        return discover.Discovery((discover.Candidate(space.root / name, name, named=True),))
    scope = discover.Scope(
        root=space.root,
        wants=lambda shown: kind_of(shown) is not None,
        configs=space.configs,
        force_exclude=request.force_exclude,
    )
    if request.only is not None:
        return discover.among(request.only, scope, space.store)
    listed = discover.discover(request.paths or (Path.cwd(),), scope)
    if request.base is None:
        return listed
    top = git.root(space.root)
    if top is None:
        raise UsageError(f"--base {request.base}: {space.root} is not in a git repository")
    changed = {top / name for name in git.changed(top, request.base)}
    return replace(listed, files=tuple(item for item in listed.files if item.path in changed))


def read(
    request: Request,
    space: Workspace,
    listed: discover.Discovery,
    failed: list[FileResult],
    skipped: list[Skip],
) -> Iterator[tuple[Path, Source]]:
    """The files, one by one; those that cannot be read join `failed` or `skipped`."""
    for index, item in enumerate(listed.files):
        if index % AHEAD == 0:
            space.store.ahead(each.path for each in listed.files[index : index + AHEAD])
        try:
            yield item.path, source(item, request, space)
        except SourceError as error:
            if error.problem.code == "SRC003" and kind_of(item.display) in _DATA and not item.named:
                skipped.append(Skip(item.display, error.problem.message))
                continue
            from promptlint import lint

            settings = space.settings(item.path, item.display)
            failed.append(lint.unreadable(item.display, error.problem, settings))


def source(item: discover.Candidate, request: Request, space: Workspace) -> Source:
    """One of the files.

    Raises:
        SourceError: it cannot be read.
    """
    kind = kind_of(item.display) or SourceKind.TEXT
    if request.stdin is not None:
        return discover.decode(request.stdin[1], item.display, kind, named=True)
    return space.store.read(item.path, item.display, kind, item.named)


def batches(files: Iterable[tuple[Path, Source]]) -> Iterator[list[tuple[Path, Source]]]:
    """The files in lists of no more text than is held at once."""
    batch: list[tuple[Path, Source]] = []
    size = 0
    for item in files:
        batch.append(item)
        size += len(item[1].text)
        if size > _BATCH:
            yield batch
            batch, size = [], 0
    yield batch
