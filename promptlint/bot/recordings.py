"""Which verdicts from recorded answers count under a request: those whose recording stands on its base."""

from __future__ import annotations

import hashlib
from pathlib import Path

from promptlint import git
from promptlint.errors import UsageError
from promptlint.store import Revision
from promptlint.verdicts import EvalVerdict, Verdicts

MAX_BYTES = 100_000_000
"""Size of a recording that is looked at."""

MOST = 50
"""Recordings that are looked at; the document that names them may be hostile."""


def on_base(found: Verdicts, base: str) -> frozenset[EvalVerdict]:
    """The verdicts whose recording is in the base commit, under its path and with its very bytes.

    Whoever changes a prompt may not bring the answers by which it is judged: a recording that the request
    adds or changes proves nothing. Git's objects are asked, never the files on disk.

    Args:
        found: which may be hostile.
        base: the revision; of the host's event or the command line, never of a document. Empty: not known,
            and no recording stands there.
    """
    asked = [item for item in found.evals if item.answers == "recorded" and item.recording]
    if not base or not asked:
        return frozenset()
    here = Path.cwd().resolve()
    try:
        top = git.root(here)
        revision = Revision(top, git.commit(here, base)) if top else None
    except UsageError:  # no such commit here
        return frozenset()
    if revision is None:
        return frozenset()
    paths = list(dict.fromkeys(item.recording for item in asked if item.recording))[:MOST]
    sums = {path: _sha256(revision, path) for path in paths}
    return frozenset(item for item in asked if _same(sums.get(item.recording or ""), item.recording_sha256))


def _same(found: str | None, said: str | None) -> bool:
    return found is not None and said is not None and found == said.lower()


def _sha256(revision: Revision, path: str) -> str | None:
    """Of a file of the commit; None: there is none of that name, or it is too large."""
    entry = revision.entries.get(path)
    if entry is None or not entry.mode.startswith("100"):
        return None
    try:
        data = git.blobs(revision.top, (entry.id,), MAX_BYTES).get(entry.id)
    except UsageError:  # a partial clone
        return None
    return None if data is None or len(data) > MAX_BYTES else hashlib.sha256(data).hexdigest()
