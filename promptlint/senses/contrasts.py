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
begin end
minimum maximum
allow forbid refuse
input output
question answer
user assistant
customer employee
add delete
include exclude skip
positive negative neutral_value
high low medium
start stop
large little
brief long detailed
wrong correctly right
left right_side
upper lower
yes no_answer
true false
euro dollar pound yen
day week month year hour minute second_unit
title description body
row column
read write
frontend backend
json xml yaml csv html markdown
past present_day future
formal informal casual
""".strip().splitlines()
)
"""Concepts that exclude each other: two rules that name different ones of a line are different rules."""
