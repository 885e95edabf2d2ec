"""Says which proposals a suite can judge: some change the call, or what is filled in, more than the text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from promptlint.compress.bounds import bounded
from promptlint.compress.proposal import Ground, Proposal
from promptlint.errors import SuiteError
from promptlint.evals import prompting
from promptlint.evals.model import Case
from promptlint.evals.template import Template, Turn
from promptlint.records import dataclass

_COUNTED = 20  # cases whose tokens are counted with and without a bound

Refusal = tuple[Proposal, str]
"""A proposal that is not tried, and why."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked, beside the cases.

    Args:
        template: of the prompt.
        kind: of the provider, of a replay that of what was recorded.
        enforced: whether the suite's own parameters decide the form of the answer already.
        schemas: whether the user wants edits that need a schema in the call.
    """

    template: Template
    kind: str
    enforced: bool
    schemas: bool


@dataclass(frozen=True, slots=True)
class Offers:
    """Proposals that the suite can judge, and the others."""

    taken: tuple[Proposal, ...]
    refused: tuple[Refusal, ...]


def offers(ground: Ground, proposals: Sequence[Proposal], call: Call, cases: Sequence[Case]) -> Offers:
    """Part proposals into those that cases can judge and the others; a bound is told with what it saves.

    Raises:
        SuiteError: the prompt and the cases do not fit.
    """
    taken: list[Proposal] = []
    refused: list[Refusal] = []
    for each in proposals:
        why, found = "", each
        if each.schema:
            why = _no_schema(call) if each.is_shorter else each.why
        elif each.is_bound:
            found, why = _bound(ground, each, call.template, cases)
        if why:
            refused.append((each, why))
        else:
            taken.append(found)
    return Offers(tuple(taken), tuple(refused))


# --- schemas --------------------------------------------------------------------------------


def response_format(schema: str) -> dict[str, object]:
    """The parameter of a request with a JSON Schema, as chat completions spell it."""
    given = {"name": "answer", "strict": True, "schema": json.loads(schema)}
    return {"response_format": {"type": "json_schema", "json_schema": given}}


def _no_schema(call: Call) -> str:
    if not call.schemas:
        return "the call would have to send a JSON Schema; --schema FILE tries that"
    if call.kind != "openai":
        return f"providers of kind {call.kind} are given no schema here"
    if call.enforced:
        return "the suite's `response_format` says the form already"
    return ""


# --- bounds ---------------------------------------------------------------------------------


def _bound(
    ground: Ground, proposal: Proposal, template: Template, cases: Sequence[Case]
) -> tuple[Proposal, str]:
    """The proposal with the tokens that it saves of these cases on average, and why it is not tried."""
    shorter = prompting.made(
        bounded(ground.prompt, proposal.source_edits),
        template.place,
        template.includes,
        template.settings,
    )
    try:
        before = prompting.conversations(template, cases)
        after = prompting.conversations(replace(template, prompt=shorter.prompt), cases)
    except SuiteError as error:
        return proposal, f"the cases do not fit: {error}"
    pairs = [(_said(one), _said(other)) for one, other in zip(before, after, strict=True) if one != other]
    if not pairs:
        return proposal, "no case of the suite is longer than that"
    counted = pairs[:: max(1, len(pairs) // _COUNTED)]
    saved = sum(_tokens(ground, old) - _tokens(ground, new) for old, new in counted) / len(counted)
    whole = round(saved * len(pairs) / len(cases))
    why = f"{proposal.why}; {len(pairs):,} of {len(cases):,} cases are longer"
    return replace(proposal, tokens_saved=whole, why=why), ""


def _said(turns: Sequence[Turn]) -> list[str]:
    return [str(turn.get("content", "")) for turn in turns]


def _tokens(ground: Ground, texts: Sequence[str]) -> int:
    return sum(map(ground.view.count, texts))
