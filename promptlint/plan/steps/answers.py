"""Optimizations of answers and of when they are made: retries, length, batch jobs, caches of answers."""

from __future__ import annotations

from dataclasses import replace

from promptlint.plan.assumptions import EFFECTS, USAGE
from promptlint.plan.cases import Case, Project
from promptlint.plan.mechanisms import answers, caches
from promptlint.plan.mechanisms.caches import Misses
from promptlint.plan.mechanisms.pricing import MILLION
from promptlint.plan.quantity import Values
from promptlint.plan.steps.step import QUIET, No, Step
from promptlint.plan.workload import Workload, request_usd

MAX_RETRIES = 2.0
"""Retries of a request that are left once they are bounded. promptlint's own."""

_TOOLS = "tool schemas"
_FALSE = ("false_hits", "false_hit_usd")


# --- retries --------------------------------------------------------------------------------


def _no_retries(case: Case, load: Workload, shared: Project) -> No | None:
    if any(load.failing):
        return None
    if case.has("CAL002"):
        return No(
            "it retries without limit (2 to 5 calls a request, says the strategy): state its retry rates"
        )
    return QUIET


def _bound(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    """Structured answers always parse; what else fails is tried again twice at most."""
    timeout, _, validation = load.failing
    limit = MAX_RETRIES if load.limit is None else min(load.limit, MAX_RETRIES)
    return replace(load, failing=(timeout, 0.0, validation), limit=limit)


# --- shorter answers ------------------------------------------------------------------------


def _structured_already(case: Case, load: Workload, shared: Project) -> No | None:
    return None if case.has("OUT002", "OUT003") else QUIET


def _structure(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    return replace(load, output=answers.left(load.output, [values["structured"]]))


def _short_already(case: Case, load: Workload, shared: Project) -> No | None:
    return None if case.has("OUT004", "OUT005", "CAL003") else QUIET


def _shorten(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    return replace(load, output=answers.left(load.output, [values["brevity"]]))


# --- batch jobs -----------------------------------------------------------------------------


def _no_batch(case: Case, load: Workload, shared: Project) -> No | None:
    share = case.numbers["batch_share"].value.mid
    if share <= 0:
        return No(
            f"{case.latency}: a batch job answers within a day (a `batch_share` says how much may wait)"
        )
    if all(each.price.batch_input is None for each in load.tiers):
        return No(f"no price for batches is known of {case.model}")
    return None


def _batch(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    return replace(load, batched=values["batch_share"])


# --- caches of answers ----------------------------------------------------------------------


def _no_exact(case: Case, load: Workload, shared: Project) -> No | None:
    return _no_cache(case, load, "repeats.normalized")


def _no_semantic(case: Case, load: Workload, shared: Project) -> No | None:
    return _no_cache(case, load, "repeats.semantic")


def _no_aware(case: Case, load: Workload, shared: Project) -> No | None:
    return _no_cache(case, load, "repeats.prompt_aware")


def _no_cache(case: Case, load: Workload, key: str) -> No | None:
    hits = case.numbers[key].value.mid
    if _TOOLS in case.facts.uncounted:
        return No("it calls tools: a stored answer may no longer be true")
    if hits <= 0:
        return No("no request repeats another")
    misses = _misses(case, load, {name: case.numbers[name].value.mid for name in (*_FALSE, "embedding_usd")})
    if key != "repeats.normalized" and caches.break_even_hits(request_usd(load), misses) is None:
        return No("wrong answers from a cache would cost more than it saves")
    return None


def _exact(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    """No embedding, no wrong hit: what is stored answers the very same request."""
    hits = max(values["repeats.exact"], values["repeats.normalized"])
    return replace(load, answer_hits=max(load.answer_hits, hits))


def _semantic(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    hits = max(load.answer_hits, values["repeats.semantic"])
    return replace(load, answer_hits=hits, misses=_misses(case, load, values))


def _aware(case: Case, load: Workload, values: Values, shared: Project) -> Workload:
    hits = max(load.answer_hits, values["repeats.prompt_aware"])
    return replace(load, answer_hits=hits, misses=_misses(case, load, values))


def _misses(case: Case, load: Workload, values: Values) -> Misses:
    """A look-up embeds what the user says; a miss of the exact cache before it is not told apart."""
    lookup = values["embedding_usd"] * load.variable / MILLION
    return Misses(lookup, values["false_hits"], values["false_hit_usd"])


STEPS = (
    Step(
        key="retries",
        title="Bound retries; ask for answers that parse",
        effort="low",
        source='the strategy, "The cost problem"',
        uses=(),
        codes=("CAL002", "OUT001"),
        next="promptlint check --select CAL002,OUT001 {paths}",
        refuse=_no_retries,
        change=_bound,
    ),
    Step(
        key="structured-output",
        title="Ask for structure instead of prose",
        effort="low",
        source=EFFECTS["structured"].source,
        uses=("structured",),
        codes=("OUT002", "OUT003"),
        next="promptlint check --select OUT {paths}",
        refuse=_structured_already,
        change=_structure,
        proof=True,
    ),
    Step(
        key="length-control",
        title="Bound the length of answers",
        effort="low",
        source=EFFECTS["brevity"].source,
        uses=("brevity",),
        codes=("OUT004", "OUT005", "CAL003"),
        next="promptlint check --extend-select OUT004,CAL003 {paths}",
        refuse=_short_already,
        change=_shorten,
        proof=True,
    ),
    Step(
        key="batch",
        title="Send what may wait in batch jobs",
        effort="low",
        source='the strategy, "Batch processing"; the batch prices of the snapshot',
        uses=("batch_share",),
        codes=("CAL004",),
        next="promptlint plan export batch {paths}",
        refuse=_no_batch,
        change=_batch,
    ),
    Step(
        key="exact-cache",
        title="Cache answers to repeated requests",
        effort="low",
        source=USAGE["repeats.exact"].source,
        uses=("repeats.exact", "repeats.normalized"),
        codes=(),
        next="promptlint plan export cache {paths}",
        refuse=_no_exact,
        change=_exact,
    ),
    Step(
        key="semantic-cache",
        title="Cache answers by meaning",
        effort="medium",
        source=USAGE["repeats.semantic"].source,
        uses=("repeats.semantic", "embedding_usd", *_FALSE),
        codes=(),
        next="promptlint plan export cache {paths}",
        refuse=_no_semantic,
        change=_semantic,
        proof=True,
    ),
    Step(
        key="prompt-aware-cache",
        title="Cache answers by system prompt and intent",
        effort="high",
        source=USAGE["repeats.prompt_aware"].source,
        uses=("repeats.prompt_aware", "embedding_usd", *_FALSE),
        codes=(),
        next="promptlint plan export cache {paths}",
        refuse=_no_aware,
        change=_aware,
        proof=True,
    ),
)
