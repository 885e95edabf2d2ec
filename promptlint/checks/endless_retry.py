"""Finds a call that is made again until its answer fits, without limit or very often."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.calling import number, text, there
from promptlint.model import Hit
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """What is often.

    Attributes:
        max_calls: calls for one answer, the first included, above which a counted limit is reported too.
    """

    max_calls: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, at the loop or what else tries again; a minor one for a limit that is only high."""
    call = view.prompt.call
    loop, tries = call.get("loop"), number(call, "retries")
    if loop is not None and text(call, "loop") == "retry":
        message = "tries again without limit: an answer that never fits is paid for until somebody notices"
        yield Hit(loop, message + there(loop))
        return
    field = call.get("retries")
    if field is not None and tries is not None and tries > params.max_calls:
        yield Hit(field, f"one answer may cost {tries:,.0f} calls" + there(field), minor=True)
