"""Tells what a run with a suite came to: the file with its edits, and the document that all reports show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from promptlint import __version__, compression, lint, measure
from promptlint.compress import bounds, document, judging, offline
from promptlint.compress.ground import File
from promptlint.compress.passes import sections
from promptlint.compress.proposal import Ground, Proposal
from promptlint.compress.proving import Judged
from promptlint.compress.tasks import Result
from promptlint.compress.tried import BUDGET, ORIGINAL, Variant
from promptlint.compression import Candidate, Compression, Point, Scores, State
from promptlint.contract import Change, Fate
from promptlint.errors import ProofError
from promptlint.evals.stats import sample
from promptlint.model import Basis, Prompt, Source
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Gated:
    """The outcome for people and files.

    Args:
        document: as reports show it.
        source: the file with what was accepted; None: nothing was, or it cannot be written.
    """

    document: Compression
    source: Source | None


def told(file: File, ground: Ground, result: Result) -> Gated:
    """What a result means for the prompt's file.

    Args:
        file: that the prompt is in.
        ground: of the prompt.
        result: of `suites.compressed`.
    """
    source, prompt, fault = _written(file, ground, result)
    verdict: compression.Verdict = "undecided" if fault else result.decision
    fine, base = verdict == "accepted", _basics(file, ground.prompt, result)
    before, after = _states(base, ground, prompt, result)
    changes = judging.changes(ground.view.contract, prompt if fine else ground.prompt)
    made = tuple(_explained(result)) if fine else ()
    doc = Compression(
        schema_version=compression.SCHEMA_VERSION,
        promptlint=__version__,
        prompt=ground.prompt.id,
        path=file.source.path,
        before=before,
        after=after if fine else before,
        target=None,
        message=_message(before, after, verdict, result),
        text=(prompt if fine else ground.prompt).text,
        edits=tuple(document.edits(ground.prompt, made)),
        contract_kept=sum(each.fate is Fate.KEPT for each in changes),
        contract_subsumed=_items(ground, changes, Fate.SUBSUMED),
        contract_losses=_items(ground, changes, Fate.LOST, Fate.GAINED),
        verdict=verdict,
        dropped=tuple(document.dropped(ground.prompt, made)),
        pareto=_front(list(_points(result, lambda variant: _tokens(file, ground, result, variant)))),
        left=(*_left(ground, result),),
        reasons=(*([fault] if fault else ()), *_reasons(result)),
        calls=result.spent.calls,
        usd_spent=result.spent.usd,
        response_schema=result.moves.schema(result.shown) if fine else "",
        candidate=None if fine else _candidate(ground, prompt, after, result),
        scores=_scores(result),
        model=base.model,
        model_basis="exact" if result.price or base.model_basis is Basis.EXACT else "assumed",
    )
    return Gated(doc, source if fine else None)


def _candidate(ground: Ground, prompt: Prompt, after: State, result: Result) -> Candidate | None:
    """What was tried and not accepted; its edits are told with what their passes say."""
    if result.shown == ORIGINAL:
        return None
    made = (*result.moves.flat(result.shown), *result.moves.bounds(result.shown))
    changes = judging.changes(ground.view.contract, prompt)
    return Candidate(
        text=prompt.text,
        after=after,
        edits=tuple(document.edits(ground.prompt, made)),
        contract_losses=_items(ground, changes, Fate.LOST, Fate.GAINED),
    )


def _scores(result: Result) -> Scores | None:
    """What the proof measured of the variant that is shown."""
    judged = result.proof.shown if result.proof else None
    if judged is None:
        return None
    before, found = result.proven[_place(result)].score, judged.verdict
    after = None if found.difference is None else before + found.difference
    return Scores(before, after, found.difference, found.interval, found.cases)


def _items(ground: Ground, changes: Sequence[Change], *fates: Fate) -> tuple[compression.Item, ...]:
    return tuple([document.item(ground.prompt, each) for each in changes if each.fate in fates])


def _written(file: File, ground: Ground, result: Result) -> tuple[Source | None, Prompt, str]:
    """The file and the prompt with the variant that is shown, and why the file cannot be written."""
    prompt = result.moves.prompt(result.shown)
    if result.shown == ORIGINAL:
        return None, prompt, ""
    flat, limits = result.moves.flat(result.shown), result.moves.bounds(result.shown)
    try:
        source, prompts = offline.applied(file, flat)
        if limits:
            edits = sorted(
                (edit for each in (*flat, *limits) for edit in each.source_edits), key=lambda edit: edit.span
            )
            return bounds.written(file, source, edits, prompt), prompt, ""
    except ProofError as error:
        return None, prompt, f"it cannot be written back: {error}"
    found = next((each for each in prompts if each.id == ground.prompt.id), None)
    if found is None or found.text != prompt.text:
        return None, prompt, "it cannot be written back: the file would say something else than was tested"
    return source, found, ""


def _left(ground: Ground, result: Result) -> Iterator[compression.Left]:
    """What the suite cannot judge, what it does not agree to, and what the calls did not suffice for."""
    for proposal, why in result.refused:
        yield document.left(ground.prompt, proposal, why)
    found = result.found
    for number in sorted(found.tokens) if found else ():
        proposal = result.moves.proposals[number]
        if number not in result.shown and proposal.pass_name != sections.NAME:
            yield document.left(ground.prompt, proposal, f"{proposal.why}; {_open(result, number)}")
    if found and found.halted.startswith(BUDGET):
        parts, cases = result.estimate.parts, result.estimate.search_cases
        why = f"not all was tried: {found.halted}; --max-calls {(parts + 1) * cases} would do"
        yield compression.Left(None, sections.NAME, 0, "eval", why, "")


def _open(result: Result, number: int) -> str:
    """Why an edit was not made: the suite is said to disagree only where it was asked and has answered."""
    found = result.found
    if found is None or (result.search_score is None and result.proof is None):
        return "the suite gave no answer about it"
    refused = result.proof.judged if result.proof else ()
    if number in found.blamed or any(number in each.variant for each in refused):
        return "the suite does not agree"
    if number in found.made:
        return "not proven"
    return f"not tried to the end: {found.halted or result.why_not}"


# --- words ----------------------------------------------------------------------------------


def _explained(result: Result) -> Iterator[Proposal]:
    """The edits of the variant that is shown, each with the reason for which it may go."""
    judged = result.proof.shown if result.proof else None
    cases = judged.verdict.cases if judged else result.estimate.search_cases
    flat = result.moves.flat(result.shown)
    gone = [edit.span for each in flat if each.pass_name == sections.NAME for edit in each.edits]
    for each in (*flat, *result.moves.bounds(result.shown)):
        alone = any(span.overlaps(stays) for stays in each.related for span in gone)
        if each.pass_name == sections.NAME or alone:  # what says it may be cut, too
            yield replace(each, why=f"no measurable effect on {cases:,} cases", related=())
        else:
            yield each


def _reasons(result: Result) -> Iterator[str]:
    judged = result.proof.shown if result.proof else None
    if judged is not None:
        yield from judged.verdict.reasons
        if result.proof and len(result.proof.judged) > 1:
            yield f"{len(result.proof.judged)} of {result.proof.finalists} finalists were proven (Holm)"
    if result.why_not:
        yield result.why_not
    if result.schema_refused:
        yield f"the provider takes no schema: {result.schema_refused}"
    if result.moves.schema(result.shown):
        yield "the call has to send the JSON Schema (`response_format`), and so has the suite from then on"
    rewrites = result.rewrites
    if rewrites.asked:
        refused = ", ".join(f"{count} {why}" for why, count in rewrites.refused)
        kept = f"{len(rewrites.proposals)} of {rewrites.asked} rewrites keep the contract"
        yield f"{kept}; refused: {refused}" if refused else kept


def _message(before: State, after: State, verdict: str, result: Result) -> str:
    if result.shown == ORIGINAL:
        return "; ".join(("nothing was cut", *_reasons(result)))
    judged = result.proof.shown if result.proof else None
    proven = f" on {judged.verdict.cases:,} cases" if judged else ""
    unseen = " that the search has not seen" if judged and result.split.search else ""
    found = f"{before.tokens:,} -> {after.tokens:,} tokens, {verdict}{proven}{unseen}"
    return found if verdict == "accepted" else f"the prompt stays as it is; the candidate: {found}"


# --- numbers --------------------------------------------------------------------------------


def _states(base: measure.Basics, ground: Ground, prompt: Prompt, result: Result) -> tuple[State, State]:
    """What the prompt takes before and after; the answers were measured in the proof."""
    before = _state(base, ground, ground.prompt, "")
    after = _state(base, ground, prompt, result.moves.schema(result.shown))
    proven = result.proven[_place(result)] if result.proven else None
    if proven is None or proven.output is None:
        return before, after
    return replace(before, output_tokens=proven.output[0]), replace(after, output_tokens=proven.output[1])


def _basics(file: File, prompt: Prompt, result: Result) -> measure.Basics:
    """What the prompt is priced by: the suite's own model and price, where they are known."""
    base = lint.basics(prompt, file.settings.config)
    if result.price is None:
        return base
    return replace(base, model=result.model or base.model, price=result.price, priced_as="")


def _state(base: measure.Basics, ground: Ground, prompt: Prompt, schema: str) -> State:
    """What a prompt takes, together with the schema that its call has to send."""
    count = ground.view.count
    taken = measure.weight(prompt, count, base, count(schema) if schema else 0)
    return document.state(taken, base.calls_per_month)


def _tokens(file: File, ground: Ground, result: Result, variant: Variant) -> int:
    base = _basics(file, ground.prompt, result)
    return _state(base, ground, result.moves.prompt(variant), result.moves.schema(variant)).tokens


def _place(result: Result) -> int:
    """Which of those that were proven is shown."""
    assert result.proof is not None
    return [each.variant for each in result.proof.judged].index(result.shown)


def _points(result: Result, count: Callable[[Variant], int]) -> Iterator[Point]:
    """The prompt as it is, and the finalists, by their length."""
    proof = result.proof
    judged = {
        each.variant: (each, result.proven[at]) for at, each in enumerate(proof.judged if proof else ())
    }
    first = next(iter(judged.values()), None)
    cases = first[0].verdict.cases if first else result.estimate.search_cases
    score = first[1].score if first else result.search_score
    yield Point("as it is", count(ORIGINAL), score, None, cases, "unproven")
    for variant, seen in result.seen.items():
        name = f"{len(variant)} of {len(result.moves.proposals)} edits"
        tokens = count(variant)
        if variant in judged:
            each, proven = judged[variant]
            yield _proven(name, tokens, each, proven.score)
        else:
            yield _seen(name, tokens, result, seen)


def _proven(name: str, tokens: int, judged: Judged, score: float) -> Point:
    verdict = judged.verdict
    quality = None if verdict.difference is None else score + verdict.difference
    return Point(name, tokens, quality, _moved(verdict.interval, score), verdict.cases, verdict.decision)


def _seen(name: str, tokens: int, result: Result, seen: Mapping[int, float]) -> Point:
    """A finalist that was not proven, by what the search saw of it."""
    units = [[seen[case] for case in unit if case in seen] for unit in result.split.search]
    units = [unit for unit in units if unit]
    if not units or result.search_score is None:
        return Point(name, tokens, None, None, 0, "unproven")
    binary = all(value in (-1, 0, 1) for value in seen.values())
    found = sample.sample(units, binary)
    interval = sample.interval(found, result.estimate.alpha)
    quality = result.search_score + found.moments.difference
    return Point(name, tokens, quality, _moved(interval, result.search_score), len(seen), "unproven")


def _moved(interval: tuple[float, float] | None, score: float) -> tuple[float, float] | None:
    """An interval of a difference, as one of the score, within 0 and 1."""
    if interval is None:
        return None
    low, high = (min(1.0, max(0.0, score + end)) for end in interval)
    return low, high


def _front(points: Sequence[Point]) -> tuple[Point, ...]:
    """The prompt as it is, which comes first, and those that are not both longer and worse than another."""

    def beaten(point: Point) -> bool:
        return any(
            other.tokens < point.tokens and (other.quality or 0.0) > (point.quality or 0.0)
            for other in points
        )

    kept = [each for number, each in enumerate(points) if number == 0 or not beaten(each)]
    return tuple(sorted(kept, key=lambda each: -each.tokens))
