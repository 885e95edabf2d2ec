"""Words and figures that all formats of the document of `promptlint traffic` share."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.model import Basis
from promptlint.records import dataclass
from promptlint.style import MARKS, plural, usd
from promptlint.traffic_document import By, Finding, Forecast, Part, Retry, Traffic

LEGEND = "~ estimated, * measured, ? assumed. What is at stake may overlap between findings."

TITLES = {
    "growth": "Context growth",
    "retries": "Calls made again",
    "drift": "Prompt drift",
    "output": "Answers cut off",
    "cache": "Missed prefix cache",
    "repeats": "Repeated requests",
    "batch": "Could wait for a batch",
    "tools": "Tools never called",
    "mix": "Dear models for easy prompts",
}
"""Of findings."""

_TIMES = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


@dataclass(frozen=True, slots=True)
class Look:
    """How the document is shown on a terminal."""

    color: bool = False
    width: int = 100


def percent(share: float) -> str:
    """A share from 0 to 1 in per cent; what is little is not shown as nothing."""
    return "< 1 %" if 0 < share < 0.01 else "> 99 %" if 0.99 < share < 1 else f"{share * 100:.0f} %"


def money(amount: float | None, basis: Basis = Basis.MEASURED) -> str:
    """US dollars with the mark of their basis; a dash where they are not known."""
    if amount is None:
        return "-"
    mark = MARKS[basis]
    return f"{mark}{usd(amount)}" if basis is Basis.ESTIMATED else f"{usd(amount)}{mark}"


def plain(amount: float | None) -> str:
    """US dollars without a mark; a dash where they are not known."""
    return "-" if amount is None else usd(amount)


def spent(found: Retry) -> str:
    """What calls that were made again cost; a dash where the logs have no tokens of any."""
    return plain(None if found.unpriced == found.calls else found.usd)


def tokens(amount: float | None) -> str:
    """A mean of tokens; a dash where it is not known."""
    return "-" if amount is None else f"{amount:,.0f}"


def prompt(name: str) -> str:
    """A prompt's id, or that it is not known (hostile)."""
    return name or "(no prompt known)"


def model(name: str) -> str:
    """A model's name, or that the logs name none (hostile)."""
    return name or "(none named)"


def span(seconds: int | None) -> str:
    """A time as people say it: `1 hour`, `7 days`."""
    if seconds is None:
        return "for ever"
    for size, name in _TIMES:
        if seconds >= size and seconds % size == 0:
            return plural(seconds // size, name)
    return plural(seconds, "second")


def parts(found: Finding, by: By, most: int) -> Iterator[Part]:
    """The parts of a finding that are concerned, of one kind, the most at stake first."""
    named = [part for part in found.parts if part.by == by and part.calls]
    yield from named[:most]


def outlook(found: Forecast) -> str:
    """The forecast in one sentence."""
    words = (
        f"{found.month}: {usd(found.spent)} spent up to the last whole day, ~{usd(found.mean)} by its end "
        f"({usd(found.low)} to {usd(found.high)}, {found.confidence:.0%} interval)"
    )
    if found.budget is None or found.over is None:
        return words
    return f"{words}; over the budget of {usd(found.budget)} with a probability of {percent(found.over)}"


def origin(found: Traffic) -> str:
    """What read it, and at which prices."""
    return f"promptlint {found.promptlint}, prices of {found.overview.price_date}. {LEGEND}"
