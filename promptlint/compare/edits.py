"""Compares the two states of each prompt that was edited: in several processes, and remembered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from promptlint import cache, documents, workers
from promptlint.compare import contents, sides
from promptlint.compare.contents import Edited
from promptlint.compare.matching import Pair
from promptlint.compare.sides import Side
from promptlint.errors import UsageError
from promptlint.model import PromptFacts
from promptlint.records import dataclass

_LAYOUT = 3
"""Of what is remembered; a new one for every change of `Edited`."""


@dataclass(frozen=True, slots=True)
class _Work:
    """Two states of a prompt, and the key under which the answer is remembered."""

    before: PromptFacts
    after: PromptFacts
    key: str


def edits(before: Side, after: Side, pairs: Iterable[Pair]) -> Mapping[str, Edited]:
    """What is said of the edits of paired prompts, by id on the side after."""
    works = list(_works(before, after, pairs))
    use_cache = after.request.use_cache
    known = _known(works) if use_cache else {}
    left = [work for work in works if work.key not in known]
    fresh = dict(_compared(before, after, left)) if left else {}
    if use_cache:
        cache.put_texts({key: json.dumps(documents.to_json(edit)) for key, edit in fresh.items()})
    found = {**known, **fresh}
    return {work.after.id: found[work.key] for work in works if work.key in found}


def _works(before: Side, after: Side, pairs: Iterable[Pair]) -> Iterator[_Work]:
    for old_id, new_id in pairs:
        if old_id is None or new_id is None:
            continue
        old, new = before.facts[old_id], after.facts[new_id]
        if (old.version, old.model, old.prefix_tokens) == (new.version, new.model, new.prefix_tokens):
            continue
        keys = before.outcome.keys[old.path], after.outcome.keys[new.path]
        parts = ("edit", str(_LAYOUT), *keys, old.id, new.id)
        yield _Work(old, new, hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest())


def _known(works: list[_Work]) -> dict[str, Edited]:
    found = {}
    for key, text in cache.texts([work.key for work in works]).items():
        with suppress(ValueError, RecursionError, UsageError):  # damage is a miss
            found[key] = documents.from_json(Edited, json.loads(text))
    return found


def _compared(before: Side, after: Side, works: list[_Work]) -> Iterator[tuple[str, Edited]]:
    olds = sides.Reader(before, (work.before.path for work in works))
    news = sides.Reader(after, (work.after.path for work in works))

    def compared(work: _Work) -> Edited | None:
        old, new = olds.prompt(work.before), news.prompt(work.after)
        if old is None or new is None:
            return None
        settings = after.space.settings(after.space.root / work.after.path, work.after.path).config
        return contents.edited(old, new, (work.before, work.after), settings)

    def size(work: _Work) -> int:
        return work.before.tokens.high + work.after.tokens.high

    task = workers.Task(compared, size, documents.to_json, _unpacked)
    for work, edit in zip(works, workers.done(task, works, after.request.jobs), strict=True):
        if edit is not None:
            yield work.key, edit


def _unpacked(sent: object) -> Edited | None:
    return None if sent is None else documents.from_json(Edited, sent)
