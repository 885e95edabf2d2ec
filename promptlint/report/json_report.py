"""The JSON documents of `check` and `prompts`, each described once for the renderer and for its schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from promptlint.model import (
    Basis,
    Edit,
    Fault,
    Finding,
    Fix,
    Load,
    Location,
    Profile,
    PromptFacts,
    Role,
    Safety,
    Saving,
    Severity,
    Skip,
)
from promptlint.records import dataclass
from promptlint.reporting import Report, Totals, faults_of, findings_of, prompts_of, skips_of, totals

SCHEMA_VERSION = 1

T = TypeVar("T")
Schema = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Key(Generic[T]):
    """One key of a JSON object: its schema, what it says, and how to get its value."""

    name: str
    schema: Schema
    says: str
    get: Callable[[T], object]


def render(report: Report) -> str:
    """The document of `check`."""
    return json.dumps(_object(CHECK, report), indent=2) + "\n"


def render_lines(report: Report) -> str:
    """One object a line for each finding, and nothing else."""
    found = findings_of(report.result)
    return "".join(json.dumps(_object(FINDING, item), separators=(",", ":")) + "\n" for item in found)


def render_manifest(report: Report) -> str:
    """The document of `prompts`: every prompt with all that is known of it without running it."""
    return json.dumps(_object(MANIFEST, report), indent=2) + "\n"


def schemas() -> dict[str, dict[str, object]]:
    """The JSON Schema of each document, by its kind."""
    documents = {
        "check": ("What `promptlint check --format json` prints.", object_schema(CHECK)),
        "prompts": ("What `promptlint prompts --format json` prints: the manifest.", object_schema(MANIFEST)),
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {
        kind: {**head, "title": f"promptlint {kind}, version {SCHEMA_VERSION}", "description": says, **schema}
        for kind, (says, schema) in documents.items()
    }


def object_schema(keys: Sequence[Key[T]]) -> dict[str, object]:
    """The schema of an object: all keys are always there; later versions may add others."""
    return {
        "type": "object",
        "properties": {key.name: {**key.schema, "description": key.says} for key in keys},
        "required": [key.name for key in keys],
    }


def _object(keys: Sequence[Key[T]], value: T) -> dict[str, object]:
    return {key.name: key.get(value) for key in keys}


def _objects(keys: Sequence[Key[T]], values: Iterable[T]) -> list[dict[str, object]]:
    return [_object(keys, value) for value in values]


def _maybe(keys: Sequence[Key[T]], value: T | None) -> dict[str, object] | None:
    return None if value is None else _object(keys, value)


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _array_of(keys: Sequence[Key[T]]) -> Schema:
    return _array(object_schema(keys))


def _one_of(values: Iterable[str]) -> Schema:
    return {"enum": list(values)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _money(ends: tuple[float, float] | None) -> list[float] | None:
    return None if ends is None else [round(end, 9) for end in ends]


def _by_severity(sums: Totals) -> dict[str, int]:
    return {"error": sums.errors, "warning": sums.warnings, "info": sums.infos}


def _at(location: Callable[[T], Location]) -> tuple[Key[T], ...]:
    """The keys of a place, in whatever object it lies."""
    return (
        Key("line", PLACE, "First line, from 1.", lambda item: location(item).line),
        Key("column", PLACE, "First column in code points, from 1.", lambda item: location(item).column),
        Key("end_line", PLACE, "Last line.", lambda item: location(item).end_line),
        Key("end_column", PLACE, "Column after the last one.", lambda item: location(item).end_column),
    )


TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
CHANGE: Schema = {"type": "integer"}
PLACE: Schema = {"type": "integer", "minimum": 1}
SHARE: Schema = {"type": "number", "minimum": 0}
COUNTS: Schema = {"type": "object", "additionalProperties": COUNT}
BASIS = _one_of(item.value for item in Basis)
SAFETY = _one_of(item.name.lower() for item in sorted(Safety, reverse=True))
SEVERITY = _one_of(item.name.lower() for item in sorted(Severity, reverse=True))
MONEY = _or_null({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2})
PER_1000 = "US dollars for 1,000 calls, [cached price, uncached price]; null: no price is known."

LOCATION: tuple[Key[Location], ...] = _at(lambda at: at)

EDIT: tuple[Key[Edit], ...] = (
    Key("start", COUNT, "Offset in the decoded file: code points, BOM counted.", lambda it: it.span.start),
    Key("end", COUNT, "Offset after the last code point that goes.", lambda it: it.span.end),
    Key("new", TEXT, "What comes instead, spelt as the container wants it.", lambda it: it.new),
)

FIX: tuple[Key[Fix], ...] = (
    Key(
        "safety",
        SAFETY,
        "safe: keeps every requirement; unsafe: see drops.",
        lambda it: it.safety.name.lower(),
    ),
    Key("drops", TEXT, "What an unsafe fix may lose; empty: nothing known.", lambda it: it.drops),
    Key("edits", _array_of(EDIT), "All or none of them; sorted.", lambda it: _objects(EDIT, it.edits)),
)

SAVING: tuple[Key[Saving], ...] = (
    Key("input_tokens", CHANGE, "Input tokens saved by one call.", lambda it: it.input_tokens),
    Key("output_tokens", CHANGE, "Output tokens saved by one call.", lambda it: it.output_tokens),
    Key("usd_per_1000", MONEY, PER_1000, lambda it: _money(it.usd_per_1000)),
    Key("usd_month", MONEY, "The same for a month; null: no volume.", lambda it: _money(it.usd_month)),
    Key("basis", BASIS, "Where the token counts come from.", lambda it: it.basis.value),
)

FINDING: tuple[Key[Finding], ...] = (
    Key("code", TEXT, "Stable code of the rule.", lambda it: it.code),
    Key("name", TEXT, "Name of the rule.", lambda it: it.name),
    Key("severity", SEVERITY, "Severity after configuration.", lambda it: it.severity.name.lower()),
    Key("message", TEXT, "What is wrong here.", lambda it: it.message),
    Key("prompt", _or_null(TEXT), "Id of the prompt; null: about the file itself.", lambda it: it.prompt),
    Key("path", TEXT, "POSIX path from the project root.", lambda it: it.path),
    *_at(lambda it: it.location),
    Key("start", COUNT, "Offset in the decoded file: code points, BOM counted.", lambda it: it.span.start),
    Key("end", COUNT, "Offset after the last code point.", lambda it: it.span.end),
    Key("related", _array_of(LOCATION), "Other places in it.", lambda it: _objects(LOCATION, it.related)),
    Key("fix", _or_null(object_schema(FIX)), "How to repair it.", lambda it: _maybe(FIX, it.fix)),
    Key("saving", _or_null(object_schema(SAVING)), "What it costs.", lambda it: _maybe(SAVING, it.saving)),
    Key("fingerprint", TEXT, "Stays the same when lines move.", lambda it: it.fingerprint),
)

PROMPT: tuple[Key[PromptFacts], ...] = (
    Key("id", TEXT, "Path, and the anchor of the prompt within the file.", lambda it: it.id),
    Key("path", TEXT, "POSIX path from the project root.", lambda it: it.path),
    *_at(lambda it: it.location),
    Key("version", TEXT, "Hash of the content.", lambda it: it.version),
    Key("role", _array(_one_of(role.value for role in Role)), "Who speaks.", lambda it: list(it.roles)),
    Key("profile", _one_of(item.value for item in Profile), "What it is for.", lambda it: it.profile.value),
    Key("load", _one_of(item.value for item in Load), "When it is paid for.", lambda it: it.load.value),
    Key("tokens", COUNT, "Static tokens of the dearest way through its branches.", lambda it: it.tokens.high),
    Key("tokens_low", COUNT, "Static tokens of the cheapest way through.", lambda it: it.tokens.low),
    Key("slot_tokens", COUNT, "Assumed tokens in all slots together.", lambda it: it.tokens.slot_estimate),
    Key("tokenizer", TEXT, "What counted them.", lambda it: it.tokens.tokenizer),
    Key("basis", BASIS, "Where the token counts come from.", lambda it: it.tokens.basis.value),
    Key("error", SHARE, "Relative 95th-percentile error; 0: exact.", lambda it: round(it.tokens.error, 6)),
    Key("parts", COUNTS, "Static tokens by use, each counted on its own.", lambda it: dict(it.parts)),
    Key("slots", _array(TEXT), "Names of the slots.", lambda it: list(it.slots)),
    Key("prefix_tokens", COUNT, "Static tokens before the first slot.", lambda it: it.prefix_tokens),
    Key("model", TEXT, "The model that is paid; empty: unknown.", lambda it: it.model),
    Key("model_basis", BASIS, "Where the model comes from.", lambda it: it.model_basis.value),
    Key("priced_as", TEXT, "The model whose price was taken.", lambda it: it.priced_as or it.model),
    Key("usd_per_1000", MONEY, PER_1000, lambda it: _money(it.usd_per_1000)),
    Key("uncounted", _array(TEXT), "What a request holds beside this text.", lambda it: list(it.uncounted)),
    Key("calls_per_month", _or_null(COUNT), "Declared volume, or null.", lambda it: it.calls_per_month),
    Key("fixable_tokens", CHANGE, "Saved a call by all safe fixes together.", lambda it: it.fixable_tokens),
    Key("fixable_usd_per_1000", MONEY, PER_1000, lambda it: _money(it.fixable_usd_per_1000)),
)

SKIP: tuple[Key[Skip], ...] = (
    Key("path", TEXT, "A file that was not checked.", lambda it: it.path),
    Key("reason", TEXT, "Why.", lambda it: it.reason),
)

FAULT: tuple[Key[Fault], ...] = (
    Key("path", TEXT, "A file on which promptlint failed; never a finding.", lambda it: it.path),
    Key("line", _or_null(PLACE), "Where, if known.", lambda it: it.line),
    Key("message", TEXT, "What went wrong.", lambda it: it.message),
)

SUMMARY: tuple[Key[Totals], ...] = (
    Key("files", COUNT, "Files checked.", lambda it: it.files),
    Key("prompts", COUNT, "Prompts found.", lambda it: it.prompts),
    Key("findings", COUNT, "Findings shown.", lambda it: it.findings),
    Key("by_severity", COUNTS, "Findings of each severity.", _by_severity),
    Key("errors", COUNT, "Files on which promptlint failed: the length of errors.", lambda it: it.faults),
    Key("skipped", COUNT, "Files not checked: the length of skipped.", lambda it: it.skipped),
    Key("suppressed", COUNT, "Findings silenced by a comment or the sidecar.", lambda it: it.suppressed),
    Key("baselined", COUNT, "Findings that the baseline holds.", lambda it: it.baselined),
    Key("safe_fixes", COUNT, "Findings with a safe fix.", lambda it: it.safe_fixes),
    Key("unsafe_fixes", COUNT, "Findings with an unsafe fix.", lambda it: it.unsafe_fixes),
    Key("input_tokens", COUNT, "Static tokens of all prompts.", lambda it: it.tokens),
    Key("basis", BASIS, "The weakest basis among the token counts.", lambda it: it.basis.value),
    Key(
        "saving_tokens",
        CHANGE,
        "Saved a call of each by all safe fixes.",
        lambda it: it.saving_tokens,
    ),
    Key("saving_usd_per_1000", MONEY, PER_1000, lambda it: _money(it.saving_usd)),
)

HEAD: tuple[Key[Report], ...] = (
    Key("schema_version", {"const": SCHEMA_VERSION}, "Of this kind of document.", lambda _: SCHEMA_VERSION),
    Key("promptlint", TEXT, "Version of promptlint.", lambda it: it.version),
    Key("price_date", TEXT, "Date of the price snapshot.", lambda it: it.price_date),
)
PROMPTS: Key[Report] = Key(
    "prompts", _array_of(PROMPT), "By path and place.", lambda it: _objects(PROMPT, prompts_of(it.result))
)
SKIPPED: Key[Report] = Key(
    "skipped", _array_of(SKIP), "Never silently.", lambda it: _objects(SKIP, skips_of(it.result))
)
FAULTS: Key[Report] = Key(
    "errors", _array_of(FAULT), "promptlint's own failures.", lambda it: _objects(FAULT, faults_of(it.result))
)
CHECK: tuple[Key[Report], ...] = (
    *HEAD,
    Key("summary", object_schema(SUMMARY), "Totals.", lambda it: _object(SUMMARY, totals(it.result))),
    PROMPTS,
    Key(
        "findings",
        _array_of(FINDING),
        "By path, place and code.",
        lambda it: _objects(FINDING, findings_of(it.result)),
    ),
    SKIPPED,
    FAULTS,
)
MANIFEST: tuple[Key[Report], ...] = (*HEAD, PROMPTS, SKIPPED, FAULTS)
