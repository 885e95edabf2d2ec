"""Checks the lines of a batch file of OpenAI or Anthropic: form, ids, and that one file is one model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from promptlint.evals.values import Value
from promptlint.route.check import shape, shared
from promptlint.route.check.shared import mapping, say, text
from promptlint.route.notes import Note

MOST = 50_000
"""Requests of one file of OpenAI (its guide to the Batch API); Anthropic takes 100,000."""


def is_one(given: Mapping[str, Value]) -> bool:
    """Whether a line is one of a batch file."""
    return "custom_id" in given and bool({"body", "params"} & given.keys())


def check(lines: Sequence[Value]) -> Iterator[Note]:
    """All that is wrong with a file: the provider answers it a day later, line by line."""
    ids: set[str] = set()
    models: dict[str, int] = {}
    for line in lines:
        given = mapping(line)
        is_openai = "params" not in given
        yield from shape.faults(line, "batch-openai" if is_openai else "batch-anthropic")
        custom = text(given.get("custom_id"))
        if custom and custom in ids:
            yield say("RTE217", given["custom_id"], f"the id {custom!r} is there twice")
        ids.add(custom)
        at = mapping(given.get("body" if is_openai else "params")).get("model")
        if at is not None and text(at):
            models.setdefault(text(at), line.line)
            yield from shared.retired(at, text(at))
            if is_openai and len(models) > 1 and models[text(at)] == line.line:
                yield say("RTE212", at, f"a file has one model; line {min(models.values())} has another")
        yield from shared.secrets(line)
    if lines and len(lines) > MOST and "params" not in mapping(lines[0]):
        yield say("RTE219", lines[MOST], f"a file has {MOST:,} requests at most, this one {len(lines):,}")
