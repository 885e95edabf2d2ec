"""Groups of concepts that exclude each other, such as first and last."""

from __future__ import annotations

from promptlint.words import table

CONTRASTS = tuple(
    table(line)
    for line in """
english german french spanish italian portuguese dutch polish russian chinese japanese korean arabic hindi
monday tuesday wednesday thursday friday saturday sunday
january february march april june july august september october november december
first last next previous second third
before after during
start end
least most
allow forbid refuse
user_input answer_text
question answer
user assistant
customer employee
add remove
include exclude skip
positive negative neutral_value
high low medium
start stop
large small
short long detailed
wrong correctly
upper lower
yes no_answer
true wrong
euro dollar pound yen
date week month year time minute second_unit
title describe body
line column
read write
frontend backend
json xml yaml csv html markdown
past current future
formal informal casual
""".strip().splitlines()
)
"""Concepts that exclude each other: two rules that name different ones of a line are different rules."""
