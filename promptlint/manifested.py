"""How the traits of a prompt are written in the manifest."""

from __future__ import annotations

from promptlint.jsondoc import COUNT, SHARE, TEXT, Key, Schema, array, one_of, or_null
from promptlint.model import Traits

KNOWN_BY: Schema = one_of(("declared", "configured", "inferred", "assumed", ""))

TRAITS: tuple[Key[Traits], ...] = (
    Key(
        "system_hash", TEXT, "Of the instructions: one cache must not outlive it.", lambda it: it.system_hash
    ),
    Key("task", TEXT, "What is asked for; empty: its words do not say.", lambda it: it.task),
    Key("task_basis", KNOWN_BY, "Who says so; empty: nobody.", lambda it: it.task_basis),
    Key(
        "task_probability",
        or_null(SHARE),
        "Estimated, where it is inferred by the model; null: not by it.",
        lambda it: it.task_probability,
    ),
    Key("difficulty", or_null(SHARE), "From 0 to 1: a hint; null: not known.", lambda it: it.difficulty),
    Key("difficulty_basis", KNOWN_BY, "Who says so; empty: nobody.", lambda it: it.difficulty_basis),
    Key(
        "difficulty_low",
        or_null(SHARE),
        "Where the 80 % interval of an inferred difficulty begins.",
        lambda it: it.difficulty_low,
    ),
    Key("difficulty_high", or_null(SHARE), "Where it ends.", lambda it: it.difficulty_high),
    Key(
        "difficulty_because",
        array(TEXT),
        "The features that move it most, with how much each does.",
        lambda it: list(it.difficulty_because),
    ),
    Key("output", one_of(("text", "json", "schema")), "What the call enforces.", lambda it: it.output),
    Key("output_basis", KNOWN_BY, "Who says so.", lambda it: it.output_basis),
    Key(
        "output_schema",
        TEXT,
        "That schema as JSON; empty: none is known.",
        lambda it: it.output_schema,
    ),
    Key("latency", TEXT, "realtime, interactive, background, or the author's word.", lambda it: it.latency),
    Key("latency_basis", KNOWN_BY, "Who says so.", lambda it: it.latency_basis),
    Key("batchable", {"type": "boolean"}, "Whether it may wait for a batch job.", lambda it: it.batchable),
    Key("batchable_basis", KNOWN_BY, "Who says so.", lambda it: it.batchable_basis),
    Key(
        "cacheable",
        {"type": "boolean"},
        "Whether answers may be kept.",
        lambda it: not it.uncacheable,
    ),
    Key("cacheable_basis", KNOWN_BY, "Who says so.", lambda it: it.cacheable_basis),
    Key("uncacheable", array(TEXT), "Why no answer may be given again.", lambda it: list(it.uncacheable)),
    Key("output_tokens", or_null(COUNT), "Of one call, as the author says.", lambda it: it.output_tokens),
    Key("output_tokens_basis", KNOWN_BY, "Who says so; empty: nobody.", lambda it: it.output_tokens_basis),
    Key("owner", TEXT, "Who answers for it; empty: not known.", lambda it: it.owner),
    Key("owner_basis", TEXT, "Who says so: as above, or the path of CODEOWNERS.", lambda it: it.owner_basis),
)
