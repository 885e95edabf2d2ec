"""What every report is made from: the run, the sources, the rules, and the totals all formats agree on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from promptlint.model import (
    Basis,
    Fault,
    Finding,
    Fix,
    Load,
    Location,
    PromptFacts,
    RunResult,
    Safety,
    Saving,
    Severity,
    Skip,
)
from promptlint.records import dataclass
from promptlint.style import fit, marked, number, percent_error, plural, usd_range, visible, wrap
from promptlint.verdicts import Evaluated


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a report says of a rule: `fix` is the safest fix it offers, `docs` an address or path."""

    code: str
    name: str
    summary: str
    why: str = ""
    severity: Severity = Severity.WARNING
    fix: Safety | None = None
    docs: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a prompt is with example inputs: its tokens, the names without a value, why it has no text."""

    tokens: int
    basis: Basis
    without: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Untaken:
    """A text that looks like a prompt and was not taken; `obvious`: nobody would call it one.

    `words` is how it begins, on one line, as the file spells it.
    """

    location: Location
    reason: str
    words: str
    obvious: bool = False


@dataclass(frozen=True, slots=True)
class Covered:
    """What was seen in one file; `reason` says why it was taken or not, `broken` what could not be read."""

    path: str
    reason: str
    prompts: tuple[PromptFacts, ...] = ()
    untaken: tuple[Untaken, ...] = ()
    broken: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a renderer may look at.

    `sources` maps paths to texts (one that is missing has no excerpt), `rules` codes to rules, `rendered` ids
    to rendered prompts (None: nobody asked), `coverage` what was seen in each file, `evaluated` what evals
    have shown by hash of the text.
    """

    result: RunResult
    sources: Mapping[str, str]
    rules: Mapping[str, RuleInfo]
    version: str
    color: bool = False
    width: int = 100
    verbose: bool = False
    price_date: str = ""
    rendered: Mapping[str, Rendered] | None = None
    coverage: tuple[Covered, ...] = ()
    evaluated: Mapping[str, tuple[Evaluated, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a run. Savings are those of all safe fixes of a prompt together, never of findings.

    `files` were checked, `homes` are those that hold prompts. The `included` prompts are counted where they
    are included, so that `tokens` leaves them out. `saving_usd` is None if no price is known; `unpriced`
    counts the prompts with something to fix and no price. `basis` is the weakest of the counts.
    """

    files: int
    homes: int
    prompts: int
    tokens: int
    included: int
    basis: Basis
    findings: int
    errors: int
    warnings: int
    infos: int
    safe_fixes: int
    unsafe_fixes: int
    saving_prompts: int
    saving_tokens: int
    saving_usd: tuple[float, float] | None
    unpriced: int
    suppressed: int
    baselined: int
    skipped: int
    faults: int


def findings_of(result: RunResult) -> tuple[Finding, ...]:
    """All findings, by path, place and code."""
    found = (finding for file in result.files for finding in file.findings)
    return tuple(
        sorted(found, key=lambda item: (item.path, item.span, item.code, item.message, item.fingerprint))
    )


def prompts_of(result: RunResult) -> tuple[PromptFacts, ...]:
    """The facts of all prompts, by path and place."""
    facts = (prompt for file in result.files for prompt in file.prompts)
    return tuple(
        sorted(facts, key=lambda item: (item.path, item.location.line, item.location.column, item.id))
    )


def skips_of(result: RunResult) -> tuple[Skip, ...]:
    """What was skipped, by path."""
    return tuple(sorted(result.skipped, key=lambda item: (item.path, item.reason)))


def faults_of(result: RunResult) -> tuple[Fault, ...]:
    """promptlint's own failures, by path."""
    return tuple(sorted(result.errors, key=lambda item: (item.path, item.line or 0, item.message)))


def totals(result: RunResult) -> Totals:
    """Add up a run."""
    findings, prompts = findings_of(result), prompts_of(result)
    levels = [finding.severity for finding in findings]
    fixes = [finding.fix.safety for finding in findings if finding.fix]
    saving = [prompt for prompt in prompts if prompt.fixable_tokens or prompt.fixable_usd_per_1000]
    priced = [prompt.fixable_usd_per_1000 for prompt in saving if prompt.fixable_usd_per_1000]
    return Totals(
        files=len(result.files),
        homes=sum(1 for file in result.files if file.prompts),
        prompts=len(prompts),
        tokens=sum(prompt.tokens.high for prompt in prompts if prompt.load is not Load.INCLUDED),
        included=sum(1 for prompt in prompts if prompt.load is Load.INCLUDED),
        basis=weakest(prompt.tokens.basis for prompt in prompts),
        findings=len(findings),
        errors=levels.count(Severity.ERROR),
        warnings=levels.count(Severity.WARNING),
        infos=levels.count(Severity.INFO),
        safe_fixes=fixes.count(Safety.SAFE),
        unsafe_fixes=fixes.count(Safety.UNSAFE),
        saving_prompts=len(saving),
        saving_tokens=sum(prompt.fixable_tokens for prompt in saving),
        saving_usd=(sum(low for low, _ in priced), sum(high for _, high in priced)) if priced else None,
        unpriced=len(saving) - len(priced),
        suppressed=sum(file.suppressed for file in result.files),
        baselined=result.baselined,
        skipped=len(result.skipped),
        faults=len(result.errors),
    )


def weakest(bases: Iterable[Basis]) -> Basis:
    """The least certain of several bases: what a sum of such numbers may claim."""
    order = (Basis.EXACT, Basis.MEASURED, Basis.ESTIMATED, Basis.ASSUMED)
    return max(bases, key=order.index, default=Basis.EXACT)


def rule_of(report: Report, finding: Finding) -> RuleInfo:
    """The rule of a finding; made up from the finding if nobody described it."""
    known = report.rules.get(finding.code)
    return known or RuleInfo(
        finding.code, finding.name, finding.name.replace("-", " "), severity=finding.severity
    )


def first_sentence(text: str) -> str:
    """The first sentence of a paragraph, on one line."""
    words = " ".join(text.split())
    for index, char in enumerate(words):
        if char in ".!?" and words[index + 1 : index + 2] == " " and words[index + 2 : index + 3].isupper():
            return words[: index + 1]
    return words


# --- words that several formats share -------------------------------------------------------


def place(path: str, at: Location) -> str:
    """`path:line:column`, safe to print."""
    return f"{visible(path)}:{at.line}:{at.column}"


def saving_words(saving: Saving, prompt: PromptFacts | None = None) -> str:
    """A saving in words, labelled: `14 tokens a call (exact), $0.0175-0.0350 per 1,000 calls`.

    With the facts of the `prompt`, an assumed model is named.
    """
    tokens = saved_tokens(saving)
    words = f"{tokens} a call ({saving.basis.value})" if tokens else f"price only ({saving.basis.value})"
    if saving.usd_per_1000 is not None:
        words += f", {usd_range(saving.usd_per_1000)} per 1,000 calls"
        if prompt is not None and prompt.priced_as:
            other, model = visible(prompt.priced_as), visible(prompt.model)
            words += f" (priced as {other}: no price is known for {model})"
        elif prompt is not None and prompt.model_basis is Basis.ASSUMED and prompt.model:
            words += f" (model assumed: {visible(prompt.model)})"
    if saving.usd_month is not None:
        words += f", {usd_range(saving.usd_month)} a month"
    return words


def saved_tokens(saving: Saving, basis: Basis = Basis.EXACT) -> str:
    """`14 tokens`, `120 output tokens` or both, with the mark of a basis."""
    words = []
    if saving.input_tokens:
        noun = "token" if saving.input_tokens == 1 else "tokens"
        words.append(f"{marked(saving.input_tokens, basis)} {noun}")
    if saving.output_tokens:
        words.append(f"{marked(saving.output_tokens, basis)} output tokens")
    return " and ".join(words)


def fix_words(fix: Fix) -> str:
    """How far a fix may be trusted: `safe`, `unsafe (may lose: ...)` or `display`."""
    if fix.safety is Safety.UNSAFE and fix.drops:
        return f"unsafe (may lose: {visible(fix.drops)})"
    return fix.safety.name.lower()


def size_parts(sums: Totals) -> list[str]:
    """How many prompts there are, and their tokens; a prompt that others include is counted there."""
    label = "" if sums.basis in {Basis.EXACT, Basis.MEASURED} else "~"
    prompts = plural(sums.prompts, "prompt")
    if sums.included:
        prompts += f" ({number(sums.included)} included in others)"
    return [f"{prompts} in {plural(sums.homes, 'file')}", f"{label}{plural(sums.tokens, 'input token')}"]


def summary_parts(sums: Totals) -> list[str]:
    """The parts of the summary line; what is zero and no news is left out."""
    levels = (plural(sums.errors, "error"), plural(sums.warnings, "warning"), f"{number(sums.infos)} info")
    shown = [text for text in levels if not text.startswith("0 ")]
    detail = f" ({', '.join(shown)})" if shown else ""
    parts = [
        *size_parts(sums),
        f"{plural(sums.findings, 'finding')}{detail}",
    ]
    if saved := fix_saving(sums):
        parts.append(f"promptlint fix would save {saved}")
    asides = {"suppressed": sums.suppressed, "in the baseline": sums.baselined}
    asides["skipped (--verbose lists them)"] = sums.skipped
    parts += [f"{number(count)} {what}" for what, count in asides.items() if count]
    if sums.faults:
        parts.append(plural(sums.faults, "file failed", "files failed"))
    return parts


def fix_saving(sums: Totals) -> str:
    """What all safe fixes together save, in words; empty if nothing."""
    if not sums.saving_tokens and not sums.saving_usd:
        return ""
    words = plural(sums.saving_tokens, "token")
    if sums.saving_usd is None:
        return words
    each = " of each prompt" if sums.saving_prompts > 1 else ""
    missing = f" ({number(sums.unpriced)} without a price)" if sums.unpriced else ""
    return f"{words}, about {usd_range(sums.saving_usd)} per 1,000 calls{each}{missing}"


def fault_lines(result: RunResult) -> list[str]:
    """One line for each of promptlint's own failures: never dropped, in no text format."""
    lines = []
    for fault in faults_of(result):
        where = visible(fault.path) + (f":{fault.line}" if fault.line else "")
        lines.append(f"{where}: promptlint failed: {visible(fault.message)}")
    return lines


def verbose_lines(result: RunResult) -> list[str]:
    """Why each file was taken, and why the others were not."""
    lines = []
    for file in sorted(result.files, key=lambda item: item.path):
        verb = "took" if file.prompts else "no prompt in"
        lines.append(f"{verb} {visible(file.path)}: {visible(file.reason) or 'no reason recorded'}")
    for skip in skips_of(result):
        lines.append(f"skipped {visible(skip.path)}: {visible(skip.reason)}")
    return lines


# --- words about prompts --------------------------------------------------------------------


def model_words(prompt: PromptFacts) -> str:
    """The model that is paid; `?` says that it is an assumption."""
    if not prompt.model:
        return "unknown"
    return visible(prompt.model) + ("?" if prompt.model_basis is Basis.ASSUMED else "")


def footnotes(prompts: Sequence[PromptFacts], report: Report) -> list[str]:
    """What the marks mean, what was assumed, and what no number here counts."""
    notes = []
    if any(prompt.usd_per_1000 for prompt in prompts):
        dated = f" of {report.price_date}" if report.price_date else ""
        notes.append(f"Prices: snapshot{dated}, input tokens only.")
    if any(ends and ends[0] != ends[1] for ends in (prompt.usd_per_1000 for prompt in prompts)):
        notes.append("$a-b: prefix cached, not cached.")
    if any(prompt.tokens.low != prompt.tokens.high for prompt in prompts):
        notes.append("Templates: the dearest branch counts.")
    errors = [item.tokens.error for item in prompts if item.tokens.basis is Basis.ESTIMATED]
    if errors:
        notes.append(f"~ estimated{f', {percent_error(max(errors))}' if max(errors) else ''}.")
    if assumed := ", ".join(_assumed(prompts)):
        notes.append(f"? assumed: {assumed}.")
    if any(prompt.tokens.basis is Basis.MEASURED for prompt in prompts):
        notes.append("* measured.")
    if any(prompt.load is Load.INCLUDED for prompt in prompts):
        notes.append("Included: counted in the prompts that include it.")
    borrowed = sorted({prompt.model for prompt in prompts if prompt.priced_as})
    if borrowed:
        default = visible(next(prompt.priced_as for prompt in prompts if prompt.priced_as))
        notes.append(f"Priced as {default}, as no price is known: {_some(borrowed)}.")
    unpriced = sorted({prompt.model or "unknown models" for prompt in prompts if prompt.usd_per_1000 is None})
    if unpriced:
        notes.append(f"No price known: {_some(unpriced)}.")
    if uncounted := sorted({name.partition(" (")[0] for prompt in prompts for name in prompt.uncounted}):
        notes.append(f"Not counted: {_some(uncounted)}.")
    return wrap(" ".join(notes).split(), report.width)


def _assumed(prompts: Sequence[PromptFacts]) -> Iterator[str]:
    if any(prompt.model_basis is Basis.ASSUMED and not prompt.priced_as for prompt in prompts):
        yield "the model where none is named"
    if any(prompt.tokens.slot_estimate for prompt in prompts):
        yield "what a slot holds"


def _some(names: Sequence[str]) -> str:
    shown = [fit(name, 30) for name in names[:3]]
    return ", ".join(shown) + (f" and {number(len(names) - 3)} more" if len(names) > 3 else "")
