"""Checks one file: prompts times rules gives findings, minus the suppressed ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promptlint import authored, costs, drafts, measure, passages, prices, suppress, tokens, traits, vet
from promptlint import config as configs
from promptlint.checks import shared_passage
from promptlint.extract import Options, extract
from promptlint.identity import fingerprint
from promptlint.locate import edited, location, source_range
from promptlint.model import (
    Basis,
    Field,
    FileResult,
    Finding,
    Passage,
    Problem,
    Prompt,
    PromptFacts,
    Safety,
    Source,
    SourceKind,
    Span,
)
from promptlint.records import dataclass
from promptlint.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptlint.cards import Card, Rule


_DEFAULT = Options()

TOO_DEEP = Problem("SRC003", "nested too deeply to be checked")


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides what checking a file finds.

    `known` are the codes of every rule there is; `ignored` fingerprints are left out.
    """

    rules: tuple[Rule, ...]
    config: configs.Config
    options: Options = _DEFAULT
    known: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding together with the draft that made it (None: it is about the file itself)."""

    finding: Finding
    draft: drafts.Draft | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """A checked file with its prompts and drafts still at hand, for fixing and proving."""

    source: Source
    prompts: tuple[Prompt, ...]
    marks: tuple[Mark, ...]
    result: FileResult


def settings(
    config: configs.Config, cards: tuple[Card, ...], not_here: tuple[str, ...], ignored: frozenset[str]
) -> Settings:
    """Bind a configuration to the cards.

    Args:
        config: of the file.
        cards: of the installation and of the config.
        not_here: what `per-file-ignores` leaves out.
        ignored: fingerprints of promptlint.ignore.

    Raises:
        ConfigError: a code, a parameter or a value is wrong.
    """
    from promptlint import cards as bindings

    ignore = (*config.ignore, *not_here)
    codes = bindings.selected(cards, config.select, ignore, config.extend_select)
    rules = bindings.bind(cards, config.rules, config.severity)
    return Settings(
        rules=tuple(rule for rule in rules if rule.card.code in codes),
        config=config,
        options=Options() if config.jinja is None else Options(jinja=config.jinja),
        known=frozenset(card.code for card in cards),
        ignored=ignored,
    )


def check_source(source: Source, settings: Settings) -> FileResult:
    """Check one file. Bad input gives findings; only a bug in promptlint raises."""
    return examine(source, settings).result


def examine(source: Source, settings: Settings) -> Examined:
    """Check one file and keep what made each finding."""
    extraction = extract(source, settings.options)
    wrong = [problem for prompt in extraction.prompts for problem in authored.problems(prompt)]
    problems = (*extraction.problems, *source.context.problems, *wrong)
    marks = list(_problems(source, problems, settings.rules))
    facts = []
    for prompt in extraction.prompts:
        found, row = _examine_prompt(prompt, settings)
        marks.extend(found)
        facts.append(row)
    kept, suppressed = _unsuppressed(source, extraction.prompts, _once(marks), settings)
    kept.sort(key=lambda mark: (mark.finding.span, mark.finding.code, mark.finding.message))
    shareable = [mark for mark in kept if _is_shareable(mark)]
    kept = [mark for mark in kept if not _is_shareable(mark)] if shareable else kept
    result = FileResult(
        path=source.path,
        prompts=tuple(facts),
        findings=tuple(mark.finding for mark in kept),
        suppressed=suppressed,
        reason=extraction.reason,
        references=extraction.references,
        passages=tuple(_passage(mark, settings) for mark in shareable),
    )
    return Examined(source, extraction.prompts, tuple(kept), result)


def _is_shareable(mark: Mark) -> bool:
    """True for what is told only if other prompts have it too."""
    return mark.draft is not None and mark.draft.rule.card.check == passages.CHECK


def _passage(mark: Mark, settings: Settings) -> Passage:
    draft = mark.draft
    assert draft is not None
    assert isinstance(draft.hit.at, Span)
    assert isinstance(draft.rule.params, shared_passage.Params)
    text = draft.prompt.text[draft.hit.at.start : draft.hit.at.end]
    amount = tokens.count(text, basics(draft.prompt, settings.config).tokenizer)
    return passages.passage(text, amount, draft.rule.params.min_words, mark.finding)


def _once(marks: Iterable[Mark]) -> list[Mark]:
    """The marks without those that say the same of one parameter: several prompts may go into one call.

    A name that several calls are given (`model=MODEL`) is one parameter.
    """
    kept: list[Mark] = []
    seen: set[tuple[str, str, str | Span]] = set()
    for mark in marks:
        finding = mark.finding
        if mark.draft is not None and isinstance(mark.draft.hit.at, Field):
            at, text = mark.draft.hit.at, mark.draft.prompt.source.text
            spelt = text[finding.span.start : min(finding.span.end, finding.span.start + 80)]
            place = at.span if at.path else finding.span
            key = (finding.code, finding.message, spelt if spelt.isidentifier() else place)
            if key in seen:
                continue
            seen.add(key)
        kept.append(mark)
    return kept


def unreadable(path: str, problem: Problem, settings: Settings) -> FileResult:
    """The result of a file of which there is no text."""
    marks = _problems(Source(path, "", SourceKind.TEXT), (problem,), settings.rules)
    return FileResult(path, findings=tuple(mark.finding for mark in marks), reason="could not be read")


def basics(prompt: Prompt, config: configs.Config) -> measure.Basics:
    """The model that a prompt is priced for: config, then its call, then the default, which is assumed."""
    own, _ = authored.joined(prompt, configs.prompt_settings(config, prompt.id))
    field = prompt.call.get("model")
    named = field.value if field is not None and isinstance(field.value, str) else None
    model = own.model or named or config.model
    price = prices.price(model or prices.DEFAULT_MODEL, config.prices)
    default = None if price else prices.price(prices.DEFAULT_MODEL, config.prices)
    return measure.Basics(
        model=model or prices.DEFAULT_MODEL,
        model_basis=Basis.ASSUMED if model is None else Basis.EXACT,
        tokenizer=tokens.tokenizer(model or prices.DEFAULT_MODEL, config.tokenizer),
        price=price or (default and replace(default, basis=Basis.ASSUMED)),
        priced_as=prices.DEFAULT_MODEL if default else "",
        calls_per_month=own.calls_per_month,
        jinja=config.jinja or _DEFAULT.jinja,
    )


def _examine_prompt(prompt: Prompt, settings: Settings) -> tuple[list[Mark], PromptFacts]:
    base = basics(prompt, settings.config)
    budget = configs.budget_for(settings.config, prompt.id)
    view = View(prompt, lambda text: tokens.count(text, base.tokenizer), budget)
    said = authored.joined(prompt, configs.prompt_settings(settings.config, prompt.id))
    row = replace(measure.facts(view, base), traits=traits.traits(view, *said))
    found = drafts.drafts(view, settings.rules)
    cached = costs.cacheable_tokens(row.prefix_tokens, base.model) > 0
    worth = drafts.Worth(base, measure.prefix_end(prompt, base.jinja) if cached else 0, row.tokens.high)
    marks = [Mark(*pair) for pair in zip(drafts.findings(found, worth), found, strict=True)]
    safe = vet.compatible(draft for draft in found if draft.safety is Safety.SAFE)
    return marks, _with_fixable(row, view, safe, base)


def _with_fixable(
    row: PromptFacts, view: View, safe: tuple[drafts.Draft, ...], base: measure.Basics
) -> PromptFacts:
    """`row` with what all safe fixes together would save, counted on the whole text."""
    if not safe:
        return row
    after = edited(view.prompt, vet.merged(safe))
    saved = view.tokens - view.count(after.text)
    total = row.tokens.high + row.tokens.slot_estimate
    prefix = view.count(measure.prefix_text(after, base.jinja))
    now = measure.price_of(total - saved, prefix, base)
    return replace(row, fixable_tokens=saved, fixable_usd_per_1000=measure.gain(row.usd_per_1000, now))


def _problems(source: Source, problems: Iterable[Problem], rules: Iterable[Rule]) -> Iterator[Mark]:
    by_code = {rule.card.code: rule for rule in rules}
    for ordinal, problem in enumerate(problems):
        rule = by_code.get(problem.code)
        if rule is not None:
            yield Mark(
                Finding(
                    code=problem.code,
                    name=rule.card.name,
                    severity=rule.severity,
                    message=problem.message,
                    path=source.path,
                    span=problem.span,
                    location=location(source.text, problem.span),
                    fingerprint=fingerprint(problem.code, source.path, problem.message, ordinal),
                )
            )


def _unsuppressed(
    source: Source, prompts: tuple[Prompt, ...], marks: list[Mark], settings: Settings
) -> tuple[list[Mark], int]:
    """The marks that no comment and no promptlint.ignore answers, and complaints about idle comments."""
    judged = frozenset(rule.card.code for rule in settings.rules)
    lines = {}
    for prompt in prompts:
        place = location(source.text, source_range(prompt))
        lines[prompt.id] = (place.line, place.end_line)
    comments = suppress.suppressions(source, prompts)
    findings = [mark.finding for mark in marks]
    applied = suppress.apply(findings, comments, lines, settings.known, judged)
    stay = {id(finding) for finding in applied.kept if finding.fingerprint not in settings.ignored}
    kept = [mark for mark in marks if id(mark.finding) in stay]
    suppressed = len(marks) - len(kept)
    return [*kept, *_problems(source, applied.problems, settings.rules)], suppressed
