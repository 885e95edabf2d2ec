"""How a simulation words its numbers: each with the mark of its basis, and its range."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.model import Basis
from promptlint.planned import Range
from promptlint.records import dataclass
from promptlint.simulated import Simulation, TierSum
from promptlint.style import usd, usd_range

MARKS = {Basis.EXACT: "", Basis.ESTIMATED: "~", Basis.ASSUMED: "?", Basis.MEASURED: "*"}
LEGEND = "~ estimated, ? assumed, * measured; ranges hold all that the figures may be."
HEADS = ("tier", "first model", "share", "requests", "escalated", "now", "routed", "quality")
_WIDE = 0.000_5


@dataclass(frozen=True, slots=True)
class Look:
    """How a simulation is shown on a terminal; `explain` adds how each figure comes about."""

    color: bool = False
    width: int = 100
    explain: bool = False


def marked(text: str, basis: Basis) -> str:
    """A number with the mark of its basis."""
    return MARKS[basis] + text if basis is Basis.ESTIMATED else text + MARKS[basis]


def money(value: Range) -> str:
    """US dollars: `~$1,008 ($820-1,400)`."""
    text = marked(usd(value.mid), value.basis)
    is_wide = usd(value.low) != usd(value.high)
    return f"{text} ({usd_range((value.low, value.high))})" if is_wide else text


def share(value: Range | None) -> str:
    """A share: `97.5%* (93.1-99.4%)`; a question mark if it is not known."""
    if value is None:
        return "not known"
    text = marked(f"{value.mid:.1%}", value.basis)
    if value.high - value.low < _WIDE:
        return text
    return f"{text} ({100 * value.low:.1f}-{value.high:.1%})"


def count(value: Range) -> str:
    """A number of requests."""
    text = marked(f"{value.mid:,.0f}", value.basis)
    return text if value.high - value.low < 1 else f"{text} ({value.low:,.0f}-{value.high:,.0f})"


def cells(row: TierSum) -> tuple[str, ...]:
    """The row of a tier, under HEADS."""
    models = row.models[0] + (f" and {len(row.models) - 1} more" if len(row.models) > 1 else "")
    again = share(row.escalated) if row.escalated.high else "-"
    figures = count(row.requests), again, money(row.now), money(row.after)
    return (row.tier or "-", models, share(row.share), *figures, share(row.quality))


def total(found: Simulation) -> tuple[str, ...]:
    """The last row, under HEADS."""
    figures = count(found.requests), "", money(found.now), money(found.after)
    return ("all", "", "100%", *figures, share(found.quality))


def headline(found: Simulation) -> str:
    """What it comes to, in one sentence."""
    if not found.flows:
        return "Nothing to simulate: no request has a route and a price."
    period = " a month" if found.period == "month" else " for the log"
    less = "less" if found.saved.mid >= 0 else "more"
    change = share(_positive(found.saved))
    return f"{money(found.now)}{period} on the models in use -> {money(found.after)} routed: {change} {less}"


def _positive(value: Range) -> Range:
    if value.mid >= 0:
        return value
    return Range(-value.high, -value.mid, -value.low, value.basis)


def quality(found: Simulation) -> str:
    """Quality now and then."""
    return f"Answers that pass: {share(found.quality_now)} now, {share(found.quality)} routed."


def arithmetic(found: Simulation) -> Iterator[tuple[str, str]]:
    """Prompt with tier, and how its likely dollars come about."""
    for flow in found.flows:
        yield f"{flow.prompt} [{flow.tier or 'no tier'}]", flow.derivation


def origin(found: Simulation) -> str:
    """What it was made from."""
    kind = "logged requests" if found.traffic == "logged" else "assumed volumes"
    return f"From {kind}, the policy {found.policy} and the prices of {found.price_date}. {LEGEND}"
