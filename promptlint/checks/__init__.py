"""The checkers: one module each, independent of each other, listed here by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from promptlint.checks import (
    bare_slot,
    cache_mark,
    cache_minimum,
    conflict_marker,
    contradiction,
    contrary_examples,
    costly_text,
    courtesy,
    cut_example,
    dangling_reference,
    declared_inputs,
    decoration,
    empty_section,
    endless_retry,
    enforced_by_call,
    example_share,
    explains_first,
    high_effort,
    hot_answer,
    json_in_prose,
    level_repeat,
    missing_label,
    near_duplicate,
    needless_parameter,
    no_token_cap,
    note_left,
    one_by_one,
    ordered_labels,
    past_as_now,
    premium_model,
    pretty_json,
    pretty_schema,
    prose_and_structure,
    repeated_sentence,
    restated_rule,
    retired_model,
    role_boilerplate,
    rule_breaker,
    secret,
    shared_passage,
    similar_examples,
    slot_before_static,
    stale_example,
    substitution,
    token_budget,
    tool_repeated,
    tool_twin,
    unbounded_length,
    unformatted_slot,
    unrendered_markdown,
    user_repeats_system,
    verbose_answer,
    volatile_prefix,
    whitespace,
    whole_document,
    whole_history,
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
    "bare_slot": Checker(bare_slot.Params, bare_slot.check),
    "cache_mark": Checker(cache_mark.Params, cache_mark.check),
    "cache_minimum": Checker(cache_minimum.Params, cache_minimum.check),
    "conflict_marker": Checker(conflict_marker.Params, conflict_marker.check),
    "contradiction": Checker(contradiction.Params, contradiction.check),
    "contrary_examples": Checker(contrary_examples.Params, contrary_examples.check),
    "costly_text": Checker(costly_text.Params, costly_text.check),
    "courtesy": Checker(courtesy.Params, courtesy.check),
    "cut_example": Checker(cut_example.Params, cut_example.check),
    "dangling_reference": Checker(dangling_reference.Params, dangling_reference.check),
    "declared_inputs": Checker(declared_inputs.Params, declared_inputs.check),
    "decoration": Checker(decoration.Params, decoration.check),
    "empty_section": Checker(empty_section.Params, empty_section.check),
    "endless_retry": Checker(endless_retry.Params, endless_retry.check),
    "enforced_by_call": Checker(enforced_by_call.Params, enforced_by_call.check),
    "example_share": Checker(example_share.Params, example_share.check),
    "explains_first": Checker(explains_first.Params, explains_first.check),
    "high_effort": Checker(high_effort.Params, high_effort.check),
    "hot_answer": Checker(hot_answer.Params, hot_answer.check),
    "json_in_prose": Checker(json_in_prose.Params, json_in_prose.check),
    "level_repeat": Checker(level_repeat.Params, level_repeat.check),
    "missing_label": Checker(missing_label.Params, missing_label.check),
    "near_duplicate": Checker(near_duplicate.Params, near_duplicate.check),
    "needless_parameter": Checker(needless_parameter.Params, needless_parameter.check),
    "no_token_cap": Checker(no_token_cap.Params, no_token_cap.check),
    "note_left": Checker(note_left.Params, note_left.check),
    "one_by_one": Checker(one_by_one.Params, one_by_one.check),
    "ordered_labels": Checker(ordered_labels.Params, ordered_labels.check),
    "past_as_now": Checker(past_as_now.Params, past_as_now.check),
    "premium_model": Checker(premium_model.Params, premium_model.check),
    "pretty_json": Checker(pretty_json.Params, pretty_json.check),
    "pretty_schema": Checker(pretty_schema.Params, pretty_schema.check),
    "prose_and_structure": Checker(prose_and_structure.Params, prose_and_structure.check),
    "repeated_sentence": Checker(repeated_sentence.Params, repeated_sentence.check),
    "restated_rule": Checker(restated_rule.Params, restated_rule.check),
    "retired_model": Checker(retired_model.Params, retired_model.check),
    "role_boilerplate": Checker(role_boilerplate.Params, role_boilerplate.check),
    "rule_breaker": Checker(rule_breaker.Params, rule_breaker.check),
    "secret": Checker(secret.Params, secret.check),
    "shared_passage": Checker(shared_passage.Params, shared_passage.check),
    "similar_examples": Checker(similar_examples.Params, similar_examples.check),
    "slot_before_static": Checker(slot_before_static.Params, slot_before_static.check),
    "stale_example": Checker(stale_example.Params, stale_example.check),
    "substitution": Checker(substitution.Params, substitution.check),
    "token_budget": Checker(token_budget.Params, token_budget.check),
    "tool_repeated": Checker(tool_repeated.Params, tool_repeated.check),
    "tool_twin": Checker(tool_twin.Params, tool_twin.check),
    "unbounded_length": Checker(unbounded_length.Params, unbounded_length.check),
    "unformatted_slot": Checker(unformatted_slot.Params, unformatted_slot.check),
    "unrendered_markdown": Checker(unrendered_markdown.Params, unrendered_markdown.check),
    "user_repeats_system": Checker(user_repeats_system.Params, user_repeats_system.check),
    "verbose_answer": Checker(verbose_answer.Params, verbose_answer.check),
    "volatile_prefix": Checker(volatile_prefix.Params, volatile_prefix.check),
    "whitespace": Checker(whitespace.Params, whitespace.check),
    "whole_document": Checker(whole_document.Params, whole_document.check),
    "whole_history": Checker(whole_history.Params, whole_history.check),
}
