"""The JSON documents of `check` and `prompts`, each described once for the renderer and for its schema."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint import costs, documents
from promptlint.jsondoc import (
    CHANGE,
    COUNT,
    COUNTS,
    PLACE,
    SCHEMA_VERSION,
    SHARE,
    TEXT,
    Key,
    array,
    array_of,
    at,
    document,
    dumps,
    maybe,
    object_of,
    object_schema,
    objects,
    one_of,
    or_null,
)
from promptlint.manifested import TRAITS
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
from promptlint.reporting import (
    Rendered,
    Report,
    Totals,
    faults_of,
    findings_of,
    prompts_of,
    skips_of,
    totals,
)
from promptlint.verdicts import Evaluated


def render(report: Report) -> str:
    """The document of `check`."""
    return dumps(object_of(CHECK, report)) + "\n"


def render_lines(report: Report) -> str:
    """One object a line for each finding, and nothing else."""
    found = findings_of(report.result)
    return "".join(dumps(object_of(FINDING, item), indent=None) + "\n" for item in found)


def render_manifest(report: Report) -> str:
    """The document of `prompts`: every prompt with all that is known of it without running it."""
    return dumps(object_of(MANIFEST, report)) + "\n"


def schemas() -> dict[str, dict[str, object]]:
    """The JSON Schema of each document, by its kind."""
    return {
        "check": document("check", "What `promptlint check --format json` prints.", CHECK),
        "prompts": document(
            "prompts", "What `promptlint prompts --format json` prints: the manifest.", MANIFEST
        ),
    }


_Row = tuple[PromptFacts, Rendered | None, tuple[Evaluated, ...]]


def _of_facts(key: Key[PromptFacts]) -> Key[_Row]:
    return Key(key.name, key.schema, key.says, lambda row: key.get(row[0]))


def _rows(report: Report) -> Iterator[_Row]:
    rendered, shown = report.rendered or {}, report.evaluated or {}
    rows = prompts_of(report.result)
    return ((row, rendered.get(row.id), shown.get(row.version, ())) for row in rows)


def _money(ends: tuple[float, float] | None) -> list[float] | None:
    return None if ends is None else [round(end, 9) for end in ends]


def _by_severity(sums: Totals) -> dict[str, int]:
    return {"error": sums.errors, "warning": sums.warnings, "info": sums.infos}


BASIS = one_of(item.value for item in Basis)
SAFETY = one_of(item.name.lower() for item in sorted(Safety, reverse=True))
SEVERITY = one_of(item.name.lower() for item in sorted(Severity, reverse=True))
MONEY = or_null({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2})
PER_1000 = "US dollars for 1,000 calls, [cached price, uncached price]; null: no price is known."

LOCATION: tuple[Key[Location], ...] = at(lambda at: at)

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
    Key("edits", array_of(EDIT), "All or none of them; sorted.", lambda it: objects(EDIT, it.edits)),
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
    Key("prompt", or_null(TEXT), "Id of the prompt; null: about the file itself.", lambda it: it.prompt),
    Key("path", TEXT, "POSIX path from the project root.", lambda it: it.path),
    *at(lambda it: it.location),
    Key("start", COUNT, "Offset in the decoded file: code points, BOM counted.", lambda it: it.span.start),
    Key("end", COUNT, "Offset after the last code point.", lambda it: it.span.end),
    Key("related", array_of(LOCATION), "Other places in it.", lambda it: objects(LOCATION, it.related)),
    Key("fix", or_null(object_schema(FIX)), "How to repair it.", lambda it: maybe(FIX, it.fix)),
    Key("saving", or_null(object_schema(SAVING)), "What it costs.", lambda it: maybe(SAVING, it.saving)),
    Key("fingerprint", TEXT, "Stays the same when lines move.", lambda it: it.fingerprint),
)

PROMPT: tuple[Key[PromptFacts], ...] = (
    Key("id", TEXT, "Path, and the anchor of the prompt within the file.", lambda it: it.id),
    Key("path", TEXT, "POSIX path from the project root.", lambda it: it.path),
    *at(lambda it: it.location),
    Key("version", TEXT, "Hash of the content.", lambda it: it.version),
    Key("role", array(one_of(role.value for role in Role)), "Who speaks.", lambda it: list(it.roles)),
    Key("profile", one_of(item.value for item in Profile), "What it is for.", lambda it: it.profile.value),
    Key("load", one_of(item.value for item in Load), "When it is paid for.", lambda it: it.load.value),
    Key("tokens", COUNT, "Static tokens of the dearest way through its branches.", lambda it: it.tokens.high),
    Key("tokens_low", COUNT, "Static tokens of the cheapest way through.", lambda it: it.tokens.low),
    Key("slot_tokens", COUNT, "Assumed tokens in all slots together.", lambda it: it.tokens.slot_estimate),
    Key("tokenizer", TEXT, "What counted them.", lambda it: it.tokens.tokenizer),
    Key("basis", BASIS, "Where the token counts come from.", lambda it: it.tokens.basis.value),
    Key("error", SHARE, "Relative 95th-percentile error; 0: exact.", lambda it: round(it.tokens.error, 6)),
    Key("parts", COUNTS, "Static tokens by use, each counted on its own.", lambda it: dict(it.parts)),
    Key("included_tokens", COUNT, "Of them, from templates it includes.", lambda it: it.included),
    Key("slots", array(TEXT), "Names of the slots.", lambda it: list(it.slots)),
    Key("prefix_tokens", COUNT, "Static tokens before the first slot.", lambda it: it.prefix_tokens),
    Key("model", TEXT, "The model that is paid; empty: unknown.", lambda it: it.model),
    Key("model_basis", BASIS, "Where the model comes from.", lambda it: it.model_basis.value),
    Key("priced_as", TEXT, "The model whose price was taken.", lambda it: it.priced_as or it.model),
    Key("usd_per_1000", MONEY, PER_1000, lambda it: _money(it.usd_per_1000)),
    Key("uncounted", array(TEXT), "What a request holds beside this text.", lambda it: list(it.uncounted)),
    Key("calls_per_month", or_null(COUNT), "Declared volume, or null.", lambda it: it.calls_per_month),
    Key("fixable_tokens", CHANGE, "Saved a call by all safe fixes together.", lambda it: it.fixable_tokens),
    Key("fixable_usd_per_1000", MONEY, PER_1000, lambda it: _money(it.fixable_usd_per_1000)),
)

RENDERED: tuple[Key[Rendered], ...] = (
    Key("tokens", COUNT, "Tokens of the prompt with the example inputs.", lambda it: it.tokens),
    Key("basis", BASIS, "Where that count comes from.", lambda it: it.basis.value),
    Key("without", array(TEXT), "Names that had no value.", lambda it: list(it.without)),
    Key("problem", TEXT, "Why it could not be rendered; then there is no count.", lambda it: it.problem),
)

SKIP: tuple[Key[Skip], ...] = (
    Key("path", TEXT, "A file that was not checked.", lambda it: it.path),
    Key("reason", TEXT, "Why.", lambda it: it.reason),
)

FAULT: tuple[Key[Fault], ...] = (
    Key("path", TEXT, "A file on which promptlint failed; never a finding.", lambda it: it.path),
    Key("line", or_null(PLACE), "Where, if known.", lambda it: it.line),
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
    Key("input_tokens", COUNT, "Static tokens of all prompts that are not included.", lambda it: it.tokens),
    Key("included", COUNT, "Prompts that others include, counted there.", lambda it: it.included),
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
    "prompts", array_of(PROMPT), "By path and place.", lambda it: objects(PROMPT, prompts_of(it.result))
)
SKIPPED: Key[Report] = Key(
    "skipped", array_of(SKIP), "Never silently.", lambda it: objects(SKIP, skips_of(it.result))
)
FAULTS: Key[Report] = Key(
    "errors", array_of(FAULT), "promptlint's own failures.", lambda it: objects(FAULT, faults_of(it.result))
)
CHECK: tuple[Key[Report], ...] = (
    *HEAD,
    Key("summary", object_schema(SUMMARY), "Totals.", lambda it: object_of(SUMMARY, totals(it.result))),
    PROMPTS,
    Key(
        "findings",
        array_of(FINDING),
        "By path, place and code.",
        lambda it: objects(FINDING, findings_of(it.result)),
    ),
    SKIPPED,
    FAULTS,
)
ROW: tuple[Key[_Row], ...] = (
    *(_of_facts(key) for key in PROMPT),
    Key("rendered", or_null(object_schema(RENDERED)), "With --render.", lambda row: maybe(RENDERED, row[1])),
    _of_facts(
        Key(
            "cacheable_prefix_tokens",
            COUNT,
            "Tokens that the provider's cache of prefixes would keep; 0: none.",
            lambda it: costs.cacheable_tokens(it.prefix_tokens, it.model),
        )
    ),
    Key(
        "evaluated",
        array(documents.schema(Evaluated)),
        "With --evals: what evals have shown for this text.",
        lambda row: [documents.to_json(item) for item in row[2]],
    ),
    Key(
        "traits",
        or_null(object_schema(TRAITS)),
        "What routing goes by.",
        lambda row: maybe(TRAITS, row[0].traits),
    ),
)
MANIFEST: tuple[Key[Report], ...] = (
    *HEAD,
    Key("prompts", array_of(ROW), "By path and place.", lambda it: objects(ROW, _rows(it))),
    SKIPPED,
    FAULTS,
)
