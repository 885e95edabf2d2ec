"""Patterns that are compiled late do what patterns do, and all that there are can be compiled."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import promptlint
from promptlint.patterns import lazy


@given(st.text(alphabet="ab \n", max_size=30))
def test_a_late_pattern_is_the_pattern(text: str) -> None:
    early, late = re.compile(r"(a+)|b\b", re.MULTILINE), lazy(r"(a+)|b\b", re.MULTILINE)
    for _ in range(2):
        assert late.findall(text) == early.findall(text)
        assert [each.span(1) for each in late.finditer(text)] == [
            each.span(1) for each in early.finditer(text)
        ]
        assert late.sub(r"<\1>", text) == early.sub(r"<\1>", text)
        assert bool(late.match(text)) == bool(early.match(text))
    assert late.pattern == early.pattern


def test_nothing_is_compiled_before_the_first_use() -> None:
    wrong = lazy("(")
    with pytest.raises(re.error):
        wrong.match("x")


def test_all_that_there_are_can_be_compiled() -> None:
    for module in pkgutil.walk_packages(promptlint.__path__, "promptlint."):
        if module.name != "promptlint.__main__":
            importlib.import_module(module.name)
    found = [each for each in gc.get_objects() if type(each) is type(lazy(""))]
    assert len(found) > 100
    for each in found:
        if each.spelt != ("(", 0):  # that of the test above
            assert each.pattern is not None
