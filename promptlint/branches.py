"""Tells the text of the cheapest and of the dearest way through the branches of a prompt."""

from __future__ import annotations

from promptlint.model import Arm, Segment, SegmentKind
from promptlint.templates.jinja import word

_ALWAYS = frozenset({"block", "call", "filter"})
"""Statements whose body is always sent, in contrast to that of `if` and `for`."""


def static_texts(segments: tuple[Segment, ...]) -> tuple[str, str]:
    """The static text of the cheapest and of the dearest way through the branches of a prompt's segments.

    Length in characters stands for cost when arms are compared. An alternative with a single arm
    (an `if` without `else`, a loop) may be absent; a loop's body is taken once.
    """
    texts = [item for item in segments if item.kind is SegmentKind.TEXT]
    if not any(segment.branch for segment in texts):
        text = "".join(segment.text for segment in texts)
        return text, text
    arms = _arms(segments)
    weights = _weights(texts)
    low = _chosen(texts, arms, weights, dearest=False, always=_always(segments))
    return low, _chosen(texts, arms, weights, dearest=True)


def _arms(segments: tuple[Segment, ...]) -> dict[int, set[int]]:
    arms: dict[int, set[int]] = {}
    for segment in segments:
        for arm in segment.branch:
            arms.setdefault(arm.group, set()).add(arm.arm)
    return arms


def _always(segments: tuple[Segment, ...]) -> frozenset[int]:
    """The groups whose one arm is always sent: those that a `block` or its like has opened."""
    found = set()
    opener = ""
    seen: set[int] = set()
    for segment in segments:
        for arm in segment.branch:
            if arm.group not in seen:
                seen.add(arm.group)
                if word(opener) in _ALWAYS:
                    found.add(arm.group)
        if segment.kind is SegmentKind.CONTROL and segment.name:
            opener = segment.name
    return frozenset(found)


def _weights(segments: list[Segment]) -> dict[Arm, int]:
    weights: dict[Arm, int] = {}
    for segment in segments:
        for arm in segment.branch:
            weights[arm] = weights.get(arm, 0) + len(segment.text)
    return weights


def _chosen(
    segments: list[Segment],
    arms: dict[int, set[int]],
    weights: dict[Arm, int],
    *,
    dearest: bool,
    always: frozenset[int] = frozenset(),
) -> str:
    """The text of the segments whose arms are all taken."""
    taken = set()
    for group, numbers in arms.items():
        options = sorted((weights.get(Arm(group, number), 0), number) for number in numbers)
        if dearest or len(options) > 1 or group in always:
            taken.add(Arm(group, options[-1 if dearest else 0][1]))
    return "".join(segment.text for segment in segments if all(arm in taken for arm in segment.branch))
