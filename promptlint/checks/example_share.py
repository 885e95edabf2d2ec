"""Measures what the few-shot examples of a prompt take, and what could be done without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from promptlint import prices
from promptlint.breaches.fields import Field, fields
from promptlint.calling import model_of
from promptlint.model import BlockKind, Hit, Profile, Role, Span
from promptlint.places import joined, of_role, touches
from promptlint.records import dataclass
from promptlint.shots import Form, Shot, Worth, shots
from promptlint.view import View

_KEPT = 2  # examples of a label that mostly do


@dataclass(frozen=True, slots=True)
class Params:
    """When examples dominate.

    Attributes:
        max_share: the greatest share of the prompt's tokens, 0 to 1.
        min_tokens: examples shorter than this in all are never reported.
        min_rest: least number of tokens beside the examples; with fewer it is a part of another prompt.
        min_examples: fewer examples than these are never too many.
        per_label: nor are fewer than these a label, where answers are labels.
        max_of_one: the most examples of one label.
        setup_usd: assumed cost of fine-tuning a small model once, in US dollars.
        tuned_price: assumed price of a tuned model's tokens, as a multiple of the model's own.
    """

    max_share: float
    min_tokens: int
    min_rest: int
    min_examples: int
    per_label: float
    max_of_one: int
    setup_usd: int
    tuned_price: float


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt, at the first block of examples; a tool's description is left alone."""
    if view.prompt.profile is not Profile.PROMPT:
        return
    found = shots(view)
    if len(found) <= min(params.min_examples, params.max_of_one):
        return
    tools = of_role(view.prompt, Role.TOOL_DEFINITION)
    every = [shot for shot in found if _counts(shot) and not touches(tools, shot.span)]
    if len(every) < params.min_examples or _is_talk(every) or _are_few(view, params):
        yield from _of_one(view, params)
        return
    blocks = [block.span for block in view.of_kind(BlockKind.EXAMPLES, BlockKind.EXAMPLE)]
    spans = joined(span for span in (*blocks, *(shot.group for shot in every)) if not touches(tools, span))
    texts = [view.text[span.start : span.end] for span in spans]
    if not view.may_reach("".join(texts), params.min_tokens):
        return
    tokens = sum(view.count(text) for text in texts)
    alone = view.tokens - tokens < params.min_rest
    if tokens >= params.min_tokens and tokens > params.max_share * view.tokens and not alone:
        said = f"{len(every)} examples take {tokens:,} of {view.tokens:,} tokens ({tokens / view.tokens:.0%})"
        yield Hit(spans[0], said + _advice(view, params, len(every), tokens), related=spans[1:])


def _counts(shot: Shot) -> bool:
    known = shot.input is not None and shot.output is not None
    return known and shot.worth is Worth.MODEL and not shot.follows


def _is_talk(every: Sequence[Shot]) -> bool:
    """True for turns of a conversation in free words: it may be one that was kept."""
    short = sum(bool(shot.label) or shot.literal is not None for shot in every)
    return every[0].form is Form.TURNS and short * 2 < len(every)


def _labels(view: View) -> list[Field]:
    """The fields of the answers that are labels."""
    return [field for field in fields(view) if field.choices or not field.name]


def _are_few(view: View, params: Params) -> bool:
    """True if the examples show labels, and none of them often."""
    counts = [(len(field.said), len({said.value for said in field.said})) for field in _labels(view)]
    return any(distinct < shown < params.per_label * distinct for shown, distinct in counts)


# --- what it costs, and what else could be done ----------------------------------------------------


def _advice(view: View, params: Params, count: int, tokens: int) -> str:
    """The price of the examples, what fewer would take, and from how many calls fine-tuning pays."""
    distinct = [len({said.value for said in field.said}) for field in _labels(view)]
    kept = min([_KEPT * number for number in distinct if number * _KEPT < count] or [_KEPT])
    fewer = f"; {kept} of them would take about {tokens * kept // count:,} (estimated)"
    price = prices.price(model_of(view.prompt.call)) if model_of(view.prompt.call) else None
    if price is None or not price.input:
        return fewer
    usd = tokens * price.input / 1_000_000
    dearer = (view.tokens - tokens) * price.input * (params.tuned_price - 1) / 1_000_000
    cost = f", at most ${usd * 1000:,.2f} per 1,000 calls"
    if usd <= dearer:
        return cost + fewer
    calls = round(params.setup_usd / (usd - dearer), -3)
    return f"{cost}{fewer}; fine-tuning pays from {calls:,.0f} calls on (assumed: ${params.setup_usd} once)"


def _of_one(view: View, params: Params) -> Iterator[Hit]:
    """One hit for the first label that many examples show, where others are shown less often."""
    for field in _labels(view):
        if field.nested or len(field.said) <= params.max_of_one:
            continue
        counts = Counter(said.value for said in field.said)
        label, most = counts.most_common(1)[0]
        if len(counts) > 1 and most > params.max_of_one and most * 2 > len(field.said):
            shown = [said.shot.span for said in field.said if said.value == label]
            at = Span(shown[_KEPT].start, shown[_KEPT].end)
            said = f'{most} of {len(field.said)} examples answer "{label[:40]}"; few of one label do'
            yield Hit(at, said, related=tuple(shown[_KEPT + 1 :]))
            return
