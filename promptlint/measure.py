"""The numbers of one prompt: tokens over its branches, by part, its cacheable prefix, its price."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from promptlint import costs, tokens
from promptlint.branches import static_texts
from promptlint.identity import content_hash
from promptlint.locate import location, source_range, tiles
from promptlint.model import (
    UNKNOWN,
    Basis,
    BlockKind,
    Prompt,
    PromptFacts,
    Role,
    Saving,
    Segment,
    SegmentKind,
    Span,
    TokenCount,
)
from promptlint.records import dataclass
from promptlint.templates import JinjaSettings
from promptlint.templates.assembled import assembled
from promptlint.templates.bodies import Placed
from promptlint.templates.jinja import word

if TYPE_CHECKING:
    from collections.abc import Callable

    from promptlint.prices import Price
    from promptlint.view import View

SLOT_TOKENS = 20
"""Assumed tokens that one slot holds at run time; said beside every number that uses it."""

_HISTORY = ("history", "messages", "conversation", "transcript", "turns")
_SYSTEM_ROLES = (Role.SYSTEM, Role.DEVELOPER, None)

_JINJA = JinjaSettings()


@dataclass(frozen=True, slots=True)
class Basics:
    """What pricing a prompt needs to know: the model, and what is known or assumed of it.

    `jinja` says how the templates are read that a prompt includes.
    """

    model: str
    model_basis: Basis
    tokenizer: tokens.Tokenizer
    price: Price | None
    priced_as: str = ""
    calls_per_month: int | None = None
    jinja: JinjaSettings = _JINJA


def saving(tokens: int, cacheable: bool, basics: Basics) -> Saving:
    """What `tokens` input tokens less are worth; a range down to the cached price if `cacheable`."""
    cached = tokens if cacheable else 0
    return costs.saving(tokens, basics.price, cached, basics.calls_per_month, basics.tokenizer.basis)


def caching(tokens: int, static: int, basics: Basics) -> Saving | None:
    """What it saves to let a prefix cache hold `tokens` more of a prompt's `static` ones.

    From nothing (no two calls come close enough in time) to the difference between the plain and the cached
    price. None where the provider caches no prefix of that length, or the price is unknown.
    """
    price = basics.price
    if price is None or price.cached_input is None or not costs.cacheable_tokens(static, basics.model):
        return None
    most = tokens * (price.input - price.cached_input) / 1000
    return Saving(
        input_tokens=0,
        usd_per_1000=(0.0, most),
        usd_month=costs.usd_month((0.0, most), basics.calls_per_month),
        basis=Basis.ESTIMATED,
    )


def price_of(tokens: int, prefix: int, basics: Basics) -> tuple[float, float] | None:
    """US dollars for 1,000 calls, as (prefix cached, not cached); a prefix under the minimum is not."""
    return costs.usd_per_1000(tokens, 0, basics.price, costs.cacheable_tokens(prefix, basics.model))


def gain(before: tuple[float, float] | None, after: tuple[float, float] | None) -> tuple[float, float] | None:
    """The range of what is saved between two such prices.

    Cached is compared with cached: an edit that takes a prefix below the provider's minimum can cost more
    than its tokens save, and then the low end is negative.
    """
    if before is None or after is None:
        return None
    ends = (before[0] - after[0], before[1] - after[1])
    return min(ends), max(ends)


@dataclass(frozen=True, slots=True)
class Weight:
    """What a prompt takes: its tokens, those before its first slot, and its price for 1,000 calls.

    `segments` are its own and those of what it includes; `included` tokens are of these others. The price is
    a (cached, uncached) range; None: it is not known.
    """

    segments: tuple[Segment, ...]
    tokens: TokenCount
    prefix_tokens: int
    included: int
    usd_per_1000: tuple[float, float] | None


def weight(prompt: Prompt, count: Callable[[str], int], basics: Basics, beside: int = 0) -> Weight:
    """What a prompt takes.

    Args:
        prompt: the prompt.
        count: tokens of a text.
        basics: of the prompt.
        beside: tokens of what its call sends besides, as a schema.
    """
    segments = tuple(item.segment for item in whole(prompt, basics.jinja))
    low, high = static_texts(segments)
    high_tokens = count(high)
    own = segments if segments == prompt.segments else prompt.segments
    own_tokens = high_tokens if own is segments else count(static_texts(own)[1])
    prefix = count(_prefix(segments))
    slot_tokens = SLOT_TOKENS * sum(segment.kind is SegmentKind.SLOT for segment in segments)
    return Weight(
        segments=segments,
        tokens=TokenCount(
            low=(high_tokens if low == high else count(low)) + beside,
            high=high_tokens + beside,
            slot_estimate=slot_tokens,
            tokenizer=basics.tokenizer.name,
            basis=basics.tokenizer.basis,
            error=basics.tokenizer.error,
        ),
        prefix_tokens=prefix,
        included=max(0, high_tokens - own_tokens),
        usd_per_1000=price_of(high_tokens + beside + slot_tokens, prefix, basics),
    )


def facts(view: View, basics: Basics) -> PromptFacts:
    """The facts of one prompt, without what its fixes would save."""
    prompt = view.prompt
    taken = weight(prompt, view.count, basics)
    segments, included = taken.segments, taken.included
    slots = tuple(segment.name for segment in segments if segment.kind is SegmentKind.SLOT)
    return PromptFacts(
        id=prompt.id,
        path=prompt.source.path,
        location=location(prompt.source.text, source_range(prompt)),
        version=content_hash(prompt),
        roles=tuple(dict.fromkeys(message.role.value for message in prompt.messages if message.role)),
        profile=prompt.profile,
        load=prompt.load,
        tokens=taken.tokens,
        parts=(*_parts(view, taken.tokens.high - included), *((("included", included),) if included else ())),
        slots=tuple(dict.fromkeys(slots)),
        prefix_tokens=taken.prefix_tokens,
        model=basics.model,
        model_basis=basics.model_basis,
        usd_per_1000=taken.usd_per_1000,
        priced_as=basics.priced_as,
        uncounted=_uncounted(prompt, segments),
        calls_per_month=basics.calls_per_month,
        included=included,
    )


def whole(prompt: Prompt, jinja: JinjaSettings = _JINJA) -> tuple[Placed, ...]:
    """The segments of a prompt and of the templates that it includes, as far as they are known."""
    return assembled(prompt.segments, prompt.source.path, prompt.source.context.includes, jinja)


def prefix_end(prompt: Prompt, jinja: JinjaSettings = _JINJA) -> int:
    """Where the static prefix of a prompt ends, in prompt coordinates: its first slot or branch."""
    ends = (item.own for item in whole(prompt, jinja) if _ends_prefix(item.segment))
    first = next(ends, None)
    if first is None:
        return len(prompt.text)
    return next((tile.span.start for tile in tiles(prompt) if tile.index == first), 0)


def _ends_prefix(segment: Segment) -> bool:
    """True for what differs from call to call, and for a template that nothing is known of."""
    return segment.kind is SegmentKind.SLOT or bool(segment.branch) or _is_unknown(segment)


def _is_unknown(segment: Segment) -> bool:
    """True for an include, or a parent, that was not put in."""
    return segment.kind is SegmentKind.CONTROL and word(segment.name) in ("include", "extends")


def prefix_text(prompt: Prompt, jinja: JinjaSettings = _JINJA) -> str:
    """The static text before the first slot or branch: what a prefix cache can hold."""
    return _prefix(tuple(item.segment for item in whole(prompt, jinja)))


def _prefix(segments: tuple[Segment, ...]) -> str:
    return "".join(segment.text for segment in takewhile(lambda item: not _ends_prefix(item), segments))


def _parts(view: View, total: int) -> tuple[tuple[str, int], ...]:
    """Static tokens by what they are for; `system` is what is left of the system messages."""
    prompt = view.prompt
    examples = [block.span for block in view.of_kind(BlockKind.EXAMPLES)]
    in_examples = view.count("\n".join(_static(prompt, span) for span in examples)) if examples else 0
    tools = other = position = 0
    for message in prompt.messages:
        end = position + sum(len(segment.text) for segment in message.segments)
        if message.role not in _SYSTEM_ROLES:
            inside = [span for span in examples if position <= span.start < end]
            amount = view.count(_static(prompt, Span(position, end)))
            amount -= view.count("\n".join(_static(prompt, span) for span in inside)) if inside else 0
            if message.role is Role.TOOL_DEFINITION:
                tools += amount
            else:
                other += max(0, amount)
        position = end
    system = max(0, total - in_examples - tools - other)
    return (("system", system), ("tools", tools), ("examples", in_examples), ("other", other))


def _static(prompt: Prompt, span: Span) -> str:
    parts = []
    for tile in tiles(prompt):
        if tile.segment.kind is SegmentKind.TEXT and tile.span.overlaps(span):
            start = max(span.start, tile.span.start) - tile.span.start
            parts.append(tile.segment.text[start : span.end - tile.span.start])
    return "".join(parts)


def _uncounted(prompt: Prompt, segments: tuple[Segment, ...]) -> tuple[str, ...]:
    """What a request holds beside the text that was counted."""
    names = []
    if any(message.role for message in prompt.messages):
        names.append(f"chat framing (about {costs.framing_tokens(len(prompt.messages))} tokens)")
    for field, label in (("tools", "tool schemas"), ("functions", "tool schemas")):
        given = prompt.call.get(field)
        if given is not None and given.value is not None:
            names.append(label)
    response = prompt.call.get("response_format")
    if response is not None and response.value is UNKNOWN:
        names.append("response schema")
    if any(segment.kind is SegmentKind.MEDIA for segment in prompt.segments):
        names.append("images")
    controls = [segment for segment in segments if segment.kind is SegmentKind.CONTROL]
    if any(segment.name.startswith("for ") for segment in controls):
        names.append("further loop rounds")
    if any(_is_unknown(segment) for segment in segments):
        names.append("templates that are not found")
    if any(word in name for name in prompt.variables for word in _HISTORY):
        names.append("conversation history")
    return tuple(names)
