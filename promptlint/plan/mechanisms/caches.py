"""What a cache of answers saves: exact, normalized, semantic and prompt-aware."""

from __future__ import annotations

from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Misses:
    """What goes wrong in a cache, and what looking up costs.

    Args:
        lookup: US dollars of one look-up (an embedding, for a semantic cache).
        false_share: share of hits whose stored answer does not fit the question.
        false_usd: US dollars that one wrong answer costs the business, besides the call that is made again.
    """

    lookup: float = 0.0
    false_share: float = 0.0
    false_usd: float = 0.0


def request_usd(call: float, hits: float, misses: Misses) -> float:
    """US dollars of a request behind a cache of answers.

    (1 - hits) x call + lookup + hits x false x (call + false_usd): each request is looked up, a miss is
    called, a false hit is called in the end and has cost what a wrong answer costs. Source: the strategy,
    "Semantic caching" (tune the threshold with real false-positive data).
    """
    false = misses.false_share * (call + misses.false_usd)
    return (1 - hits) * call + misses.lookup + hits * false


def break_even_hits(call: float, misses: Misses) -> float | None:
    """The hit rate from which a cache saves money; None if it never does.

    lookup = hits x (call - false x (call + false_usd)).
    """
    gain = call - misses.false_share * (call + misses.false_usd)
    if gain <= 0 or misses.lookup > gain:
        return None
    return misses.lookup / gain


def of_calls(of_requests: float, turns: float) -> float:
    """Hit rate over all calls of conversations: only the first turn stands alone and can be repeated."""
    return of_requests / max(1.0, turns)
