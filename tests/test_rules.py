"""Every card and every example: what it marks is found, its fix gives `good`, its near-misses are silent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from promptlint import links, lint, passages, sharing, tokens
from promptlint.cards import EXTRACTION, SUPPRESSION, Card, Rule, bind, read_card
from promptlint.cards.examples import Example, source, unmarked
from promptlint.checks import CHECKERS
from promptlint.config import Config
from promptlint.extract import extract
from promptlint.locate import locate, source_edits, source_range
from promptlint.mentions import Listing
from promptlint.model import Context, Edit, Field, Hit, Prompt, Safety, Source, Span
from promptlint.view import View

RULES = Path(__file__).parent.parent / "rules"
SAFETY = Path(__file__).parent.parent / "docs" / "safety.md"
CARDS = [read_card(path) for path in sorted(RULES.glob("*.yaml"))]
NUMBERED = [(card, number, example) for card in CARDS for number, example in enumerate(card.examples, 1)]
EXAMPLES = [pytest.param(card, each, id=f"{card.code}-{number}") for card, number, each in NUMBERED]
FIXED = [
    pytest.param(card, each, id=f"{card.code}-{number}")
    for card, number, each in NUMBERED
    if each.bad and each.good
]
TOKENIZER = tokens.tokenizer("gpt-4o")


def count(text: str) -> int:
    return tokens.count(text, TOKENIZER)


def rule_of(card: Card, example: Example) -> Rule:
    return bind([card], {card.code: example.params} if example.params else {}, {})[0]


def in_context(card: Card, example: Example, file: Source) -> Source:
    """The file with what the other files of the example, and its own prompts, say of it."""
    if not example.files:
        return file
    if file.path in example.files:  # then it stands in a folder below
        file = replace(file, path=f"web/{file.path}")
    every = {path: Source(path, text, file.kind) for path, text in example.files.items()} | {file.path: file}
    texts = {path: each.text for path, each in every.items()}
    listing = Listing(frozenset(texts), texts.get)
    project = links.Project(
        frozenset(texts),
        lambda path: extract(every[path]).references,
        texts.get,
        texts.__contains__,
        lambda: listing,
    )
    return replace(file, context=links.contexts([file.path], project).get(file.path, Context()))


def found(card: Card, example: Example, file: Source) -> list[tuple[Prompt, Hit]]:
    rule = rule_of(card, example)
    prompts = extract(in_context(card, example, file)).prompts
    assert prompts or rule.check is None, "the example holds no prompt"
    if rule.check is None:
        return []
    hits = [(prompt, hit) for prompt in prompts for hit in rule.check(View(prompt, count), rule.params)]
    if card.check == passages.CHECK:
        examined = lint.check_source(file, lint.Settings((rule,), Config(Path())))
        told = {finding.span for each in sharing.told([examined]).values() for finding in each}
        return [(prompt, hit) for prompt, hit in hits if shown(prompt, hit) in told]
    return hits


def spans_of(card: Card, example: Example, file: Source) -> list[Span]:
    said = (*extract(file).problems, *in_context(card, example, file).context.problems)
    problems = [problem.span for problem in said if problem.code == card.code]
    return sorted({*problems, *(shown(prompt, hit) for prompt, hit in found(card, example, file))})


def shown(prompt: Prompt, hit: Hit) -> Span:
    if isinstance(hit.at, Field):
        return hit.at.span
    if hit.at is not None:
        return locate(prompt, hit.at)
    whole = source_range(prompt)
    end = prompt.source.text.find("\n", whole.start)
    return Span(whole.start, whole.end if end < 0 else min(end, whole.end))


def fixed(card: Card, example: Example, file: Source) -> str:
    edits: list[Edit] = []
    for prompt, hit in found(card, example, file):
        for edit in hit.edits:
            spelt = source_edits(prompt, edit)
            assert spelt is not None, f"cannot be spelt in the source: {edit}"
            edits.extend(spelt)
    text = file.text
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + edit.new + text[edit.span.end :]
    return text


@pytest.mark.parametrize(("card", "example"), EXAMPLES)
def test_what_is_marked_is_found_and_nothing_else(card: Card, example: Example) -> None:
    if example.bad is not None:
        text, marked = unmarked(example.bad)
        assert spans_of(card, example, source(text, example.container)) == list(marked)


@pytest.mark.parametrize(("card", "example"), EXAMPLES)
def test_good_is_silent(card: Card, example: Example) -> None:
    if example.good is not None:
        file = source(unmarked(example.good)[0], example.container)
        assert [file.text[span.start : span.end] for span in spans_of(card, example, file)] == []


@pytest.mark.parametrize(("card", "example"), FIXED)
def test_fixing_bad_gives_good(card: Card, example: Example) -> None:
    assert example.bad is not None
    assert example.good is not None
    file = source(unmarked(example.bad)[0], example.container)
    if any(hit.edits for _, hit in found(card, example, file)):
        assert fixed(card, example, file) == unmarked(example.good)[0]
    else:
        assert card.fix in (None, Safety.DISPLAY)


@pytest.mark.parametrize(("card", "example"), FIXED)
def test_messages_are_one_phrase(card: Card, example: Example) -> None:
    assert example.bad is not None
    for _, hit in found(card, example, source(unmarked(example.bad)[0], example.container)):
        assert hit.message[0] not in " \n"
        assert not hit.message.endswith(".")


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.code)
def test_a_fix_that_a_card_promises_is_shown_with_that_safety(card: Card) -> None:
    claims = [
        min(hit.safety, card.fix or Safety.DISPLAY)  # as lint takes it: a card's claim is the most
        for example in card.examples
        if example.bad
        for _, hit in found(card, example, source(unmarked(example.bad)[0], example.container))
        if hit.edits
    ]
    assert max(claims, default=Safety.DISPLAY) == (card.fix or Safety.DISPLAY)


@pytest.mark.parametrize(("card", "example"), EXAMPLES)
def test_an_unsafe_fix_says_what_it_may_lose(card: Card, example: Example) -> None:
    if example.bad is not None and card.fix is Safety.UNSAFE:
        for _, hit in found(card, example, source(unmarked(example.bad)[0], example.container)):
            assert bool(hit.drops) == bool(hit.edits) or hit.safety is Safety.SAFE


@pytest.mark.parametrize("card", [card for card in CARDS if card.fix], ids=lambda card: card.code)
def test_what_each_fix_may_lose_is_documented(card: Card) -> None:
    rows = [line for line in SAFETY.read_text().splitlines() if line.startswith("|") and card.code in line]
    assert card.fix is not None
    assert any(f"| {card.fix.name.lower()} |" in row for row in rows)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.code)
def test_every_card_has_a_near_miss(card: Card) -> None:
    assert any(example.bad is None for example in card.examples)


COMPARISON = "token_growth"
"""The checker of a rule that only a comparison can break: see `tests/cli/test_growth.py`."""


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.code)
def test_every_checker_rule_shows_a_bad_example(card: Card) -> None:
    assert card.check in (EXTRACTION, SUPPRESSION, COMPARISON) or any(
        example.bad for example in card.examples
    )


def test_codes_and_names_are_unique() -> None:
    assert len({card.code for card in CARDS}) == len({card.name for card in CARDS}) == len(CARDS)


def test_every_checker_is_used_by_a_card() -> None:
    assert set(CHECKERS) == {card.check for card in CARDS} - {EXTRACTION, SUPPRESSION}
