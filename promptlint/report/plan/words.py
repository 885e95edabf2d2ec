"""The words for a plan's numbers that its formats share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from promptlint.model import Basis
from promptlint.planned import Plan, PlanStep, Range, Refusal, Sensitivity, Stated
from promptlint.records import dataclass
from promptlint.style import MARKS, plural, usd, usd_range

LEGEND = "~ estimated, ? assumed, * measured; unmarked: exact."

MOST_REASONS = 3
"""Reasons against one optimization that are shown; JSON has all."""

MOST_MOVING = 5
"""Figures that are shown as moving the total; JSON has all."""


@dataclass(frozen=True, slots=True)
class Look:
    """How to show a plan; `explain` asks for derivations."""

    color: bool = False
    width: int = 100
    explain: bool = False


def money(value: Range) -> str:
    """The likely amount with the mark of its basis: `$1,008?`."""
    return marked(usd(value.mid), value.basis)


def marked(text: str, basis: Basis) -> str:
    """A number with the mark of its basis, as `style.marked` has it for whole numbers."""
    return MARKS[basis] + text if basis is Basis.ESTIMATED else text + MARKS[basis]


def ends(value: Range) -> str:
    """The range: `$820-1,400`; empty if there is none."""
    return "" if usd(value.low) == usd(value.high) else usd_range((value.low, value.high))


def amount(value: Range) -> str:
    """The likely amount and its range: `$1,008? ($820-1,400)`."""
    between = ends(value)
    return f"{money(value)} ({between})" if between else money(value)


def headline(plan: Plan) -> str:
    """What the plan comes to, in one sentence."""
    if not plan.prompts:
        return "Nothing to plan: no prompt has traffic."
    start, end = plan.start, plan.end
    if not plan.steps:
        return f"{amount(start)} a month, and no step that is worth its effort."
    share = 1 - end.mid / start.mid if start.mid else 0.0
    return f"{amount(start)} a month -> {amount(end)} after {plural(len(plan.steps), 'step')}: -{share:.0%}"


def reasons(step: PlanStep) -> str:
    """What speaks for a step: rules with how often they found something, verdicts of evals; may be empty."""
    codes = Counter(each.code for each in step.evidence)
    parts = [f"{code} x{count}" if count > 1 else code for code, count in sorted(codes.items())]
    verdicts = Counter(each.verdict for each in step.prompts if each.verdict)
    parts += [
        f"eval {answer} x{count}" if count > 1 else f"eval {answer}" for answer, count in verdicts.items()
    ]
    return ", ".join(parts)


def refusals(plan: Plan) -> Iterator[tuple[Refusal, int]]:
    """What not to do: of each optimization the reasons that hold for most of the spend, and what is left.

    Beside the last that is shown of an optimization stands the number of those that are not; else zero.
    """
    groups: dict[str, list[Refusal]] = {}
    for each in plan.refusals:
        groups.setdefault(each.key, []).append(each)
    spend = {each.prompt: each.start.mid for each in plan.prompts}
    for found in groups.values():
        found.sort(key=lambda each: -sum(spend.get(name, 0.0) for name in each.prompts))
        for index, each in enumerate(found[:MOST_REASONS], 1):
            last = index == min(MOST_REASONS, len(found))
            yield each, max(0, len(found) - MOST_REASONS) if last else 0


def whose(refusal: Refusal) -> str:
    """For how much a refusal holds: `17 prompts`, or a prompt's id (hostile); empty: for all together."""
    if not refusal.prompts:
        return ""
    return refusal.prompts[0] if len(refusal.prompts) == 1 else plural(len(refusal.prompts), "prompt")


def figure(value: Range, unit: str) -> str:
    """A figure with its range and unit: `0.15? (0.1 to 0.2) share`."""
    between = "" if value.low == value.high else f" ({number(value.low)} to {number(value.high)})"
    return f"{marked(number(value.mid), value.basis)}{between} {unit}"


def number(value: float) -> str:
    """A figure as people write it: `3,333,333`, `0.25`."""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"


def moving(plan: Plan) -> tuple[Sensitivity, ...]:
    """The figures that move the total most."""
    return plan.sensitivity[:MOST_MOVING]


def swing(each: Sensitivity) -> str:
    """What a figure does to the total that is left: `$640 to $1,717`, and whether it was only probed."""
    low, high = sorted((each.low, each.high))
    return f"{usd(low)} to {usd(high)}{' (halved, doubled)' if each.probe else ''}"


def assumed(plan: Plan) -> tuple[Stated, ...]:
    """The figures that nobody has stated."""
    return tuple(each for each in plan.figures if each.value.basis is Basis.ASSUMED)


def comparisons(plan: Plan) -> Iterator[str]:
    """What was asked for besides: a what-if, another revision."""
    if plan.what_if is not None:
        other = plan.what_if
        yield (
            f"What if {other.change}: {amount(other.start)} a month ({signed(other.difference)}), "
            f"{amount(other.end)} after the plan that then holds"
        )
        yield from other.notes
    if plan.before is not None:
        then = plan.before
        yield f"At {then.base} ({then.sha[:12]}): {amount(then.start)} a month; now {signed(then.difference)}"


def signed(value: float) -> str:
    """A difference in US dollars, with its sign; `no difference` below a cent."""
    if abs(value) < 0.005:
        return "no difference"
    return usd(value) if value < 0 else f"+{usd(value)}"


def dated(plan: Plan) -> str:
    """Where prices are from, and what the marks mean; the usage file, whose name is hostile, is not in it."""
    usage = "" if plan.usage else " No usage file."
    return f"Prices: snapshot of {plan.price_date}, US dollars.{usage} {LEGEND}"
