"""Optimizations of the text that is sent: fixes, rewrites, examples, history, and the cached prefix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from promptlint import costs
from promptlint.model import Basis, Safety
from promptlint.plan.assumptions import EFFECTS
from promptlint.plan.cases import Case, Known, Project
from promptlint.plan.mechanisms import compression, context, examples, prefixes
from promptlint.plan.quantity import Quantity, Values, exactly
from promptlint.plan.steps.step import QUIET, No, Step
from promptlint.plan.workload import Workload, shortened

MIN_STATIC = 200
"""Fixed tokens below which a rewrite is not proposed. promptlint's own."""

MIN_EXAMPLES = 100
"""Tokens of examples below which they stay. promptlint's own."""

_STATIC, _OUTPUT = "compression", "compression.output"
_ORDER = ("CAC001", "CAC002")


# --- fixes ----------------------------------------------------------------------------------


def _no_fix(case: Case, load: Workload, shared: Project) -> No | None:
    return None if case.facts.fixable_tokens > 0 else QUIET


def _fix(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    """Counted on the whole fixed text; the prefix loses as large a share of itself."""
    before = float(case.facts.tokens.high)
    return shortened(load, compression.share_removed(before, before - case.facts.fixable_tokens))


# --- rewrites -------------------------------------------------------------------------------


def _no_rewrite(case: Case, load: Workload, shared: Project) -> No | None:
    if case.verdict is not None and case.verdict.answer == "rejected":
        return No(f"the eval {case.verdict.suite} rejected the shorter text")
    if case.verdict is not None and case.verdict.input_saved is not None:
        return None
    if load.static < MIN_STATIC:
        return No(f"under {MIN_STATIC} fixed tokens: too short to be worth a rewrite")
    return None


def _rewrite(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    """A measured answer may have become longer: what is saved on the input may be lost on the output."""
    left = shortened(load, values[_STATIC])
    return replace(left, output=load.output * values[_OUTPUT])


def _rewritten(case: Case) -> Mapping[str, Known]:
    """What an eval measured; else at least what findings count, at most what is assumed."""
    static = max(1.0, float(case.facts.tokens.high))
    found, verdict = case.numbers[_STATIC], case.verdict
    measured = {_OUTPUT: Known(exactly(1.0), "no eval measured the answers", case.id)}
    if verdict is not None and verdict.answer == "accepted" and verdict.input_saved is not None:
        share = min(1.0, max(0.0, verdict.input_saved / static))
        source = f"measured by the eval {verdict.suite}"
        measured[_STATIC] = Known(exactly(share, Basis.MEASURED), source, case.id)
        if verdict.output_kept is not None:
            measured[_OUTPUT] = Known(exactly(verdict.output_kept, Basis.MEASURED), source, case.id)
        return measured
    if found.source != EFFECTS[_STATIC].source:
        return measured
    counted = min(1.0, unsafe_tokens(case) / static)
    low, high = max(counted, found.value.low), max(counted, found.value.high)
    source = f"at least what findings count ({counted:.0%}), else {found.source}; likely its lower end"
    measured[_STATIC] = Known(Quantity(counted, low, high, Basis.ASSUMED), source, case.id)
    return measured


def unsafe_tokens(case: Case) -> int:
    """Tokens that the findings with unsafe fixes count; fixes may overlap, so this is an upper bound."""
    return sum(
        each.saving.input_tokens
        for group in case.findings.values()
        for each in group
        if each.saving is not None and each.fix is not None and each.fix.safety is Safety.UNSAFE
    )


# --- examples -------------------------------------------------------------------------------


def _no_examples(case: Case, load: Workload, shared: Project) -> No | None:
    tokens = case.part("examples")
    if tokens == 0:
        return QUIET
    return None if tokens >= MIN_EXAMPLES else No(f"its examples take under {MIN_EXAMPLES} tokens")


def _zero_shot(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    """As a share of the text as it was counted, so that the order of two cuts does not matter."""
    static = float(max(1, case.facts.tokens.high))
    tokens = min(float(case.part("examples")), static)
    return shortened(
        load, compression.share_removed(static, static - tokens + examples.left(tokens, values["few_shot"]))
    )


# --- the prefix -----------------------------------------------------------------------------


def _no_prefix(case: Case, load: Workload, shared: Project) -> No | None:
    minimum = costs.cache_minimum(case.model)
    least = prefixes.break_even_hits(case.price)
    if minimum is None or least is None or not case.has("CAC001", "CAC002", "CAC003", "CAC004"):
        return QUIET
    if load.static < minimum:
        return No(f"fewer fixed tokens than the {minimum:,} from which {case.model} caches")
    hits = case.numbers["prefix_hits"].value.mid
    if hits <= least and least > 0:
        return No(f"{hits:.0%} of hits do not earn what writing costs: {least:.0%} would")
    return None


def _prefix(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    """What moves stands behind the fixed text, and the prefix is marked where the provider asks for it."""
    prefix = load.static if case.has(*_ORDER) else load.prefix
    return replace(load, prefix=prefix, marked=True, prefix_hits=values["prefix_hits"])


# --- the history ----------------------------------------------------------------------------


def _no_history(case: Case, load: Workload, shared: Project) -> No | None:
    return QUIET if load.turns <= 1 else None


def _prune(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    return replace(load, history_kept=context.pruned(load.history_kept, values["pruning"]))


STEPS = (
    Step(
        key="fix",
        title="Apply the safe fixes",
        effort="none",
        source="counted",
        uses=(),
        codes=("RED001", "TOK001", "TOK003", "TOK007"),
        next="promptlint fix {paths}",
        refuse=_no_fix,
        change=_fix,
    ),
    Step(
        key="compression",
        title="Shorten the prompts",
        effort="low",
        source=EFFECTS["compression"].source,
        uses=(_STATIC, _OUTPUT),
        codes=("RED002", "RED003", "RED005", "RED006", "RED008", "TOK002", "TOK005", "TOK008", "TOK009"),
        next="promptlint fix --unsafe --diff {paths}",
        refuse=_no_rewrite,
        change=_rewrite,
        known=_rewritten,
        proof=True,
    ),
    Step(
        key="prefix-cache",
        title="Let the provider cache the prefix",
        effort="low",
        source="the providers' price lists",
        uses=(),
        codes=("CAC001", "CAC002", "CAC003", "CAC004"),
        next="promptlint check --select CAC {paths}",
        refuse=_no_prefix,
        change=_prefix,
    ),
    Step(
        key="pruning",
        title="Prune or summarize the history",
        effort="medium",
        source=EFFECTS["pruning"].source,
        uses=("pruning",),
        codes=("CTX001", "CTX002"),
        next="promptlint check --select CTX {paths}",
        refuse=_no_history,
        change=_prune,
        proof=True,
    ),
    Step(
        key="zero-shot",
        title="Replace few-shot examples by instructions",
        effort="medium",
        source=EFFECTS["few_shot"].source,
        uses=("few_shot",),
        codes=("EXA001", "EXA002"),
        next="promptlint check --select EXA {paths}",
        refuse=_no_examples,
        change=_zero_shot,
        proof=True,
    ),
)
