"""Whether models on hardware of one's own, or at a host of open models, come next for the whole project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptlint.plan.assumptions import USAGE
from promptlint.plan.cases import Case, workload
from promptlint.plan.forecast import rented
from promptlint.plan.mechanisms import hosting
from promptlint.plan.quantity import Quantity, Values, spread
from promptlint.plan.stack import Stack
from promptlint.records import dataclass
from promptlint.style import usd

KEY = "self-hosting"
TITLE = "Move to open models"
SOURCE = 'the strategy, "Self-hosting open models"'
KEYS = (
    "hosting.gpu_usd",
    "hosting.owned_usd",
    "hosting.requests",
    "hosting.utilization",
    "hosting.ops",
    "hosting.serverless_usd",
)

_CALLS, _TOKENS = "calls_per_month", "tokens"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to host, and US dollars a month of it."""

    name: str
    cost: Quantity


@dataclass(frozen=True, slots=True)
class Judged:
    """What hosting comes to: the options, the cheapest first; why not, if anything speaks against it."""

    options: tuple[Option, ...]
    objection: str = ""


def judged(stack: Stack) -> Judged:
    """Whether to host, after all other steps of the plan."""
    if not stack.prompts or stack.end.mid <= 0:
        return Judged((), "nothing is spent")
    options = tuple(sorted(_options(stack), key=lambda each: each.cost.mid))
    spend = usd(stack.end.mid)
    if not hosting.is_worth(stack.end.mid):
        return Judged(
            options, f"{spend} a month are left: below {usd(hosting.MIN_SPEND)} operations eat the saving"
        )
    stated = sum(each.end.mid for each in stack.prompts if _is_stated(each.case))
    if not hosting.is_worth(stated):
        known = f"only {usd(stated)}" if stated else "nothing"
        return Judged(options, f"{spend} a month are left, but {known} of it is of a volume that is stated")
    best = options[0]
    if best.cost.mid >= stack.end.mid:
        return Judged(
            options, f"{best.name} would cost {usd(best.cost.mid)} a month, more than the {spend} left"
        )
    return Judged(options)


def _is_stated(case: Case) -> bool:
    """Whether the volume is more than assumed: machines are not bought for a guess."""
    return case.numbers[_CALLS].source != USAGE[_CALLS].source


def end(stack: Stack) -> Quantity:
    """US dollars a month after all steps, hosting included where it comes next."""
    found = judged(stack)
    return stack.end if found.objection else found.options[0].cost


def _options(stack: Stack) -> Sequence[Option]:
    """Rented and owned machines and a host that is paid by the token, for the requests of all prompts."""
    numbers = stack.prompts[0].case.numbers
    given = {key: numbers[key].value for key in KEYS}
    calls, tokens = _traffic(stack)
    given |= {_CALLS: calls, _TOKENS: tokens}
    rent, owned, serverless = spread(_costs, given)
    return (
        Option("rented GPUs with operations", rent),
        Option("owned GPUs with operations", owned),
        Option("open models at a host, by the token", serverless),
    )


def _costs(values: Values) -> Sequence[float]:
    calls, ops = values[_CALLS], values["hosting.ops"]
    machine = rented(values)
    owned = hosting.Machine(values["hosting.owned_usd"], machine.requests_month, machine.utilization)
    return (
        hosting.hosted_usd(calls, machine, ops),
        hosting.hosted_usd(calls, owned, ops),
        hosting.serverless_usd(calls, values[_TOKENS], values["hosting.serverless_usd"]),
    )


def _traffic(stack: Stack) -> tuple[Quantity, Quantity]:
    """Requests a month of all prompts, and tokens of one on average as they are after the plan."""
    from promptlint.plan.quantity import exactly, total

    calls = total(each.case.numbers[_CALLS].value for each in stack.prompts if not each.case.sender)
    used = 0.0
    for each in stack.prompts:
        values: Mapping[str, float] = {key: known.value.mid for key, known in each.case.numbers.items()}
        load = workload(each.case, dict(values))
        used += load.calls * (load.input + load.output)
    return calls, exactly(used / calls.mid if calls.mid else 0.0, calls.basis)
