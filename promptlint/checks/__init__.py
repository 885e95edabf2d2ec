"""The checkers: one module each, independent of each other, listed here by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from promptlint.checks import (
    conflict_marker,
    courtesy,
    declared_inputs,
    decoration,
    example_share,
    json_in_prose,
    near_duplicate,
    pretty_json,
    repeated_sentence,
    similar_examples,
    slot_before_static,
    substitution,
    token_budget,
    whitespace,
)
from promptlint.model import Hit
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Checker:
    """A checker's parameters and the function that takes them.

    The second argument is Any because each function wants its own Params: `card_params.bound` checks it.
    """

    params: type
    check: Callable[[View, Any], Iterator[Hit]]


CHECKERS: dict[str, Checker] = {
    "conflict_marker": Checker(conflict_marker.Params, conflict_marker.check),
    "courtesy": Checker(courtesy.Params, courtesy.check),
    "declared_inputs": Checker(declared_inputs.Params, declared_inputs.check),
    "decoration": Checker(decoration.Params, decoration.check),
    "example_share": Checker(example_share.Params, example_share.check),
    "json_in_prose": Checker(json_in_prose.Params, json_in_prose.check),
    "near_duplicate": Checker(near_duplicate.Params, near_duplicate.check),
    "pretty_json": Checker(pretty_json.Params, pretty_json.check),
    "repeated_sentence": Checker(repeated_sentence.Params, repeated_sentence.check),
    "similar_examples": Checker(similar_examples.Params, similar_examples.check),
    "slot_before_static": Checker(slot_before_static.Params, slot_before_static.check),
    "substitution": Checker(substitution.Params, substitution.check),
    "token_budget": Checker(token_budget.Params, token_budget.check),
    "whitespace": Checker(whitespace.Params, whitespace.check),
}
