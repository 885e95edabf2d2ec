"""Writes a usage file of what was measured: the figures of prompts, each with its range and basis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from promptlint import prices
from promptlint.plan.starter import quoted
from promptlint.plan.usage import CURRENCY, VERSION, Overrides

Figures = Mapping[str, tuple[float, float, float, str]]
"""By the keys of `assumptions.USAGE`: low, mid, high and basis."""

_WILD = ("*", "?")

HEAD = """\
# What logged calls say of prompts, written by promptlint traffic; promptlint plan reads it.
# measured: counted in the logs; estimated: reckoned from them. What is not here is assumed.
# batch_share: mid is what has no user, high what nothing follows; a log does not say who waits.
"""


def text(prompts: Mapping[str, tuple[str, Figures]], overrides: Overrides | None = None) -> str:
    """The usage file.

    Args:
        prompts: by id: the model (empty: not known) and the figures.
        overrides: as for `prices.price`; a model without a price is left out.
    """
    lines = [HEAD, f"version: {VERSION}", f"currency: {CURRENCY}", "", "prompts:"]
    left = [id_ for id_ in prompts if any(mark in id_ for mark in _WILD)]
    entries = [
        line for id_, (model, figures) in prompts.items() if id_ not in left
        for line in _entry(id_, model, figures, overrides)
    ]  # fmt: skip
    lines += entries or ["  {}"]
    if left:
        lines.append(f"# Left out, as their ids would be taken for patterns: {len(left)}")
    return "\n".join(lines) + "\n"


def _entry(id_: str, model: str, figures: Figures, overrides: Overrides | None) -> Iterator[str]:
    """One prompt; its id and model are hostile, and stand in double quotes."""
    yield f"  {quoted(id_)}:"
    if model and prices.price(model, overrides) is not None:
        yield f"    model: {quoted(model)}"
    group = ""
    for key in sorted(figures):
        name, _, part = key.partition(".")
        if part and name != group:
            yield f"    {name}:"
        group = name if part else ""
        low, mid, high, basis = figures[key]
        ends = f"low: {_plain(low)}, mid: {_plain(mid)}, high: {_plain(high)}"
        yield f"    {'  ' if part else ''}{part or name}: {{{ends}, basis: {basis}}}"
    if not model and not figures:
        yield "    calls_per_month: null"


def _plain(value: float) -> str:
    """A number of YAML, to nine places."""
    return f"{value:.9f}".rstrip("0").rstrip(".")
