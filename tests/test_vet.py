"""The saving of an edit is that of the whole text, though only the lines around it are counted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint import prices, tokens
from promptlint.extract import extract
from promptlint.locate import replaced
from promptlint.model import Edit, Source, SourceKind, Span
from promptlint.vet import compatible, keepers, merged, saved_tokens
from promptlint.view import View

TOKENIZER = tokens.tokenizer(prices.DEFAULT_MODEL)
TEXT = st.text(alphabet=st.sampled_from(list("ab1 .,/-'\n\n\n\té😀字")), max_size=60)


def count(text: str) -> int:
    return tokens.count(text, TOKENIZER)


@settings(max_examples=100)
@given(TEXT, st.data())
def test_the_window_gives_the_difference_of_the_whole(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    new = data.draw(st.text(alphabet="a. \n", max_size=4))
    whole = count(text) - count(replaced(text, [(start, end, new)]))
    assert saved_tokens(text, [Edit(Span(start, end), new)], count) == whole


@settings(max_examples=100)
@given(TEXT, st.lists(st.integers(0, 60), max_size=8), st.text(alphabet="a/ \n", max_size=2))
def test_so_do_windows_that_lie_apart(text: str, places: list[int], new: str) -> None:
    at = sorted({min(place, len(text)) for place in places})
    edits = [(start, end, new) for start, end in zip(at[::2], at[1::2], strict=False)]
    whole = count(text) - count(replaced(text, edits))
    assert saved_tokens(text, [Edit(Span(start, end), new) for start, end, new in edits], count) == whole


class Item:
    """Edits that belong together."""

    def __init__(self, *spans: tuple[int, int]) -> None:
        self.edits = tuple(Edit(Span(*span), "") for span in spans)


def test_the_first_of_two_that_overlap_wins() -> None:
    one, two, three = Item((0, 3), (8, 9)), Item((2, 4)), Item((4, 8))
    assert compatible([one, two, three]) == (one, three)
    assert [edit.span.start for edit in merged([three, one])] == [0, 4, 8]


def plainly(items: list[Item]) -> list[Item]:
    """`compatible`, by its definition: each span of an item against each that is taken."""
    taken: list[Span] = []
    chosen = []
    for item in items:
        spans = [edit.span for edit in item.edits]
        if spans and not any(
            one.overlaps(two) or one.start == two.start or one.end == two.end
            for one in spans
            for two in taken
        ):
            taken += spans
            chosen.append(item)
    return chosen


SPANS = st.builds(lambda start, length: (start, start + length), st.integers(0, 12), st.integers(0, 4))
ITEMS = st.lists(st.lists(SPANS, max_size=3).map(lambda spans: Item(*spans)), max_size=9)


@pytest.mark.slow
@settings(max_examples=100)
@given(ITEMS)
def test_compatible_is_what_its_definition_says(items: list[Item]) -> None:
    assert list(compatible(items)) == plainly(items)


@pytest.mark.parametrize("back", [False, True])
def test_each_edit_is_compared_with_few(monkeypatch: pytest.MonkeyPatch, back: bool) -> None:
    asked = []
    plain = Span.overlaps
    monkeypatch.setattr(Span, "overlaps", lambda one, two: asked.append(one) or plain(one, two))
    items = [Item((3 * at, 3 * at + 2)) for at in range(2000)]
    assert compatible(items[::-1] if back else items)
    assert len(asked) <= len(items)


def listed(lines: int) -> View:
    text = "".join(f"- You must always mention item {at}.\n" for at in range(lines))
    (prompt,) = extract(Source("a.prompt.md", text, SourceKind.MARKDOWN)).prompts
    return View(prompt, count)


def deletions(view: View, old: str, new: str = "") -> list[Item]:
    found = []
    at = view.text.find(old)
    while at >= 0:
        item = Item()
        item.edits = (Edit(Span(at, at + len(old)), new),)
        found.append(item)
        at = view.text.find(old, at + 1)
    return found


def test_the_contract_is_not_read_once_for_each_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    from promptlint import contract

    view = listed(64)
    assert view.contract
    texts: list[object] = []
    plain = contract.contract
    monkeypatch.setattr(contract, "contract", lambda prompt, *rest: texts.append(1) or plain(prompt, *rest))
    harmless = deletions(view, "- You", "* You")
    wrong = Item()
    at = view.text.index("item 40")
    wrong.edits = (Edit(Span(at, at + 7), "thing 3"),)
    items = [*harmless, wrong]
    kept = keepers(view, items)
    assert wrong not in kept
    assert list(kept) == harmless
    assert len(texts) <= 20
