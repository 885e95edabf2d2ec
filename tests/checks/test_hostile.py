"""Texts made to be slow: each check must stay near linear (no timing here: a quadratic one would take minutes)."""

from __future__ import annotations

import pytest

from .conftest import RULES, check, view_of

SIZE = 60_000
TEXTS = {
    "underscores": "_a " * SIZE,
    "quotes": '"' * 3 + "“a " * SIZE,
    "spaces": "a" + " " * SIZE + "b\n" + " " * SIZE,
    "stars": "**a " * SIZE,
    "lines": "Never share the password of a customer.\n" * 2_000,
    "slots": "Quote {{ a }} to the customer now. \n" * 2_000,
    "please": "please " * SIZE,
    "verbs": "return as in with " * 5_000 + "json",
    "braces": "{" * SIZE,
    "newlines": "\n" * SIZE + "a" + "\n \n" * 1_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_is_checked(name: str) -> None:
    suffix = "j2" if name == "slots" else "txt"
    view = view_of(TEXTS[name], f"prompts/x.{suffix}")
    for code, rule in RULES.items():
        if rule.check is not None:
            check(code, view)
