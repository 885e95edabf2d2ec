"""Laws of pairing: `promptlint.compare.matching`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from promptlint.compare.matching import pairs

IDS = st.builds("{}.md::{}".format, st.sampled_from("ab"), st.sampled_from("xyz"))
SIDES = st.dictionaries(IDS, st.sampled_from(["be kind now", "be kind", "sort mail", "", "quick fox ran"]))


def paired(before: dict[str, str], after: dict[str, str]) -> list[tuple[str | None, str | None]]:
    def facts(side: dict[str, str]) -> Any:
        return {
            name: SimpleNamespace(id=name, path=name.partition("::")[0], version=text)
            for name, text in side.items()
        }

    return pairs(facts(before), facts(after), lambda new, name: (after if new else before)[name])


@given(SIDES, SIDES)
def test_each_id_is_there_once(before: dict[str, str], after: dict[str, str]) -> None:
    found = paired(before, after)
    assert sorted(one for one, _ in found if one is not None) == sorted(before)
    assert sorted(other for _, other in found if other is not None) == sorted(after)
    assert (None, None) not in found


@given(SIDES)
def test_identical_sides_are_equal_pairs(side: dict[str, str]) -> None:
    assert paired(side, dict(side)) == [(name, name) for name in sorted(side)]


def test_an_element_in_front_moves_the_others() -> None:
    old = {"a.json::0": "be kind now", "a.json::1": "sort mail"}
    new = {"a.json::0": "quick fox ran", "a.json::1": "be kind now", "a.json::2": "sort mail"}
    assert paired(old, new) == [
        (None, "a.json::0"),
        ("a.json::0", "a.json::1"),
        ("a.json::1", "a.json::2"),
    ]
