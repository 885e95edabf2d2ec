"""Renders a rule card as a page of Markdown: the documentation of the rule, and what `explain` prints."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from promptlint.cards.examples import Example, unmarked
from promptlint.cards.params import describe, explained, kinds
from promptlint.cards.reader import EXTRACTION, Card
from promptlint.checks import CHECKERS

_TICKS = re.compile(r"`{3,}")
_LANGUAGES = {"jinja": "jinja", "markdown": "markdown", "python": "python", "json": "json"}
_YAML = ("yaml", "messages")


def page(card: Card, count: Callable[[str], int] | None = None) -> str:
    """The page of a card, ending in one newline; with `count` it says what the fixes save, in tokens."""
    parts = [f"# {card.code} {card.name}", f"{card.summary}.", _facts(card), "## Why", card.why]
    bad = [example for example in card.examples if example.bad is not None]
    good = [example for example in card.examples if example.bad is None]
    if bad:
        parts += ["## Reported", *(part for example in bad for part in _bad(example, card, count))]
    if good:
        parts += ["## Not reported", *(part for example in good for part in _near_miss(example))]
    if card.params:
        parts += ["## Parameters", _params(card), f"Set them under `[tool.promptlint.rules.{card.code}]`."]
    if card.check != EXTRACTION:
        parts += ["## Suppress", f"`promptlint: ignore[{card.code}] reason` in a comment of the file."]
    parts += ["## Source", f"{card.source[0].upper()}{card.source[1:]}."]
    return "\n\n".join(parts) + "\n"


def index(cards: tuple[Card, ...]) -> str:
    """The table of all rules, each with a link to its page."""
    rows = [
        f"| [{card.code}]({card.code}.md) | {card.name} | {card.summary} | {_severity(card)} | {_fix(card)} |"
        for card in cards
    ]
    head = "| code | name | reports | severity | fix |\n|---|---|---|---|---|"
    notes = (
        "A *safe* fix keeps every requirement of the prompt; `promptlint fix` applies it. An *unsafe* one "
        "may change what the model does; `promptlint fix --unsafe` applies it. In the examples of a page, "
        "`«»` marks what is reported."
    )
    return f"# Rules\n\n{notes}\n\n{head}\n" + "\n".join(rows) + "\n"


def _facts(card: Card) -> str:
    return f"Severity: {_severity(card)} · Fix: {_fix(card)} · Since: {card.since}"


def _severity(card: Card) -> str:
    return card.severity.name.lower() + ("" if card.default_on else ", off by default")


def _fix(card: Card) -> str:
    return "none" if card.fix is None else card.fix.name.lower()


def _bad(example: Example, card: Card, count: Callable[[str], int] | None) -> Iterator[str]:
    assert example.bad is not None
    yield from _beside(example)
    if example.params:
        yield _with_params(example)
    yield _fenced(example.bad, example)
    if example.good is None:
        return
    fixed = card.fix is not None and card.fix.name != "DISPLAY"
    before, after = unmarked(example.bad)[0], unmarked(example.good)[0]
    saved = count(before) - count(after) if count is not None else 0
    saving = f" ({saved} of {count(before)} tokens less)" if count is not None and saved > 0 else ""
    yield f"After the fix{saving}:" if fixed else f"Better{saving}:"
    yield _fenced(example.good, example)


def _near_miss(example: Example) -> Iterator[str]:
    assert example.good is not None
    yield from _beside(example)
    if example.params:
        yield _with_params(example)
    yield _fenced(example.good, example)


def _beside(example: Example) -> Iterator[str]:
    """The other files of an example."""
    for path, text in example.files.items():
        yield f"With `{path}` in the project:"
        yield _fenced(text, example)
    if example.files:
        below = any(path == "AGENTS.md" for path in example.files)
        yield "and this document in a folder below:" if below else "and this document:"


def _with_params(example: Example) -> str:
    given = ", ".join(f"`{name} = {json.dumps(value)}`" for name, value in example.params.items())
    return f"With {given}:"


def _fenced(text: str, example: Example) -> str:
    longest = max((len(match.group()) for match in _TICKS.finditer(text)), default=2)
    fence = "`" * (longest + 1)
    value = example.container.value
    language = "yaml" if value in _YAML else _LANGUAGES.get(value, "text")
    return f"{fence}{language}\n{text.rstrip(chr(10))}\n{fence}"


def _params(card: Card) -> str:
    hints = kinds(CHECKERS[card.check].params)
    meanings = explained(CHECKERS[card.check].params)
    lines = [f"- `{name}` ({describe(hint)}): {meanings[name]}" for name, hint in hints.items()]
    return "\n".join(
        f"{line} Default: {_default(card.params.get(name, []))}."
        for line, name in zip(lines, hints, strict=True)
    )


def _default(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"`{key}` → `{new}`" if new else f"`{key}` → nothing" for key, new in value.items())
    if isinstance(value, list):
        return ", ".join(f"`{each}`" for each in value) if value else "none"
    return f"`{json.dumps(value)}`"
