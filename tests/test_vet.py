"""The saving of an edit is that of the whole text, though only the lines around it are counted."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint import prices, tokens
from promptlint.locate import replaced
from promptlint.model import Edit, Span
from promptlint.vet import compatible, merged, saved_tokens

TOKENIZER = tokens.tokenizer(prices.DEFAULT_MODEL)
TEXT = st.text(alphabet=st.sampled_from(list("ab1 .,/-'\n\n\n\té😀字")), max_size=60)


def count(text: str) -> int:
    return tokens.count(text, TOKENIZER)


@settings(max_examples=300)
@given(TEXT, st.data())
def test_the_window_gives_the_difference_of_the_whole(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    new = data.draw(st.text(alphabet="a. \n", max_size=4))
    whole = count(text) - count(replaced(text, [(start, end, new)]))
    assert saved_tokens(text, [Edit(Span(start, end), new)], count) == whole


class Item:
    """Edits that belong together."""

    def __init__(self, *spans: tuple[int, int]) -> None:
        self.edits = tuple(Edit(Span(*span), "") for span in spans)


def test_the_first_of_two_that_overlap_wins() -> None:
    one, two, three = Item((0, 3), (8, 9)), Item((2, 4)), Item((4, 8))
    assert compatible([one, two, three]) == (one, three)
    assert [edit.span.start for edit in merged([three, one])] == [0, 4, 8]
