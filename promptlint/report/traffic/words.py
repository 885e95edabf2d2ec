"""Words and figures that all formats of the document of `promptlint traffic` share."""

from __future__ import annotations

from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """How the document is shown on a terminal."""

    color: bool = False
    width: int = 100


def percent(share: float) -> str:
    """A share from 0 to 1 in per cent; what is little is not shown as nothing."""
    return "< 1 %" if 0 < share < 0.01 else "> 99 %" if 0.99 < share < 1 else f"{share * 100:.0f} %"
