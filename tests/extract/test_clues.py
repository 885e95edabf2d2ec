"""What a clue needs is in every text that its pattern matches, so that looking for it first loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptlint.extract.common import clues

NEEDY = [clue for clue in (*clues.NOT_BY_TEXT, *clues.TEXT) if clue.needs]


@pytest.mark.parametrize("clue", NEEDY, ids=lambda clue: clue.says)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_match_holds_what_the_clue_needs(clue: clues.Clue, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(clue.pattern))
    assert clue.possible(text.casefold())
