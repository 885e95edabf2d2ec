"""Says which requirements of a prompt some case of a suite would miss: runs of prompts that lack them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from promptlint import documents
from promptlint.documents import said
from promptlint.evals.mutants import Mutant, mutants
from promptlint.evals.template import Template
from promptlint.records import dataclass

SCHEMA_VERSION = 1

MOST_SHOWN = 20
"""Cases that are listed of those that notice one deletion."""

Outcome = Literal["noticed", "survives", "undecided"]

Passes = Mapping[str, Sequence[bool | None]]
"""By case: whether each of its answers passed; None where one is missing."""

Run = Callable[[Sequence[Template]], Sequence[Passes]]
"""Runs templates on the cases of a suite; what it gives is in the same order."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """What became of one requirement."""

    id: str = said("Number of the requirement in the prompt, from 1.")
    text: str = said("The requirement as written.")
    modality: str = said("must, should, may or fact.")
    line: int = said("Where it stands in its file; 0: in none.")
    outcome: Outcome = said("Whether some case fails without it; undecided: answers are missing.")
    noticed_by: int = said("How many cases fail without it.")
    cases: tuple[str, ...] = said(f"Ids of those cases, the first {MOST_SHOWN}.")
    missing: int = said("Cases of which answers are missing.")


@dataclass(frozen=True, slots=True)
class MutantsResult:
    """The document."""

    schema_version: int = said("Of this kind of document.")
    suite: str = said("Path of the suite.")
    prompt: str = said("Id of the prompt.")
    content_hash: str = said("sha256 of its messages with their slots.")
    cases: int = said("Cases that the prompt itself passes in every repeat; only those can notice anything.")
    noticed: int = said("Requirements that some case would miss.")
    survives: int = said("Requirements that no case would miss.")
    undecided: int = said("Requirements of which that cannot be said.")
    recorded: bool = said("True if the answers were given earlier: a replay.")
    calls: int = said("Requests sent in this run, counting each try.")
    cached_calls: int = said("Requests that were answered from the store or a recording.")
    usd_spent: float | None = said("What this run paid; null: not known.")
    notes: tuple[str, ...] = said("What to know of the run.")
    deletions: tuple[Deletion, ...] = said("Every requirement, in the order of the prompt.")


@dataclass(frozen=True, slots=True)
class Noticing:
    """Deletions with the number of cases that could have noticed them."""

    cases: int
    deletions: tuple[Deletion, ...]

    def count(self, outcome: Outcome) -> int:
        """How many deletions came out so."""
        return sum(item.outcome == outcome for item in self.deletions)

    @property
    def exit_code(self) -> int:
        """0 all are noticed, 1 some survive, 4 of some it cannot be said and none survives."""
        if self.count("survives"):
            return 1
        return 4 if self.count("undecided") or not self.cases else 0


def noticing(template: Template, run: Run) -> Noticing:
    """Which requirements of a prompt some case notices: it passes with the prompt, and fails without.

    A case that the prompt itself fails, in any repeat, can notice nothing. With repeats, a case fails without
    the requirement if less than half of its answers pass.

    Args:
        template: the prompt.
        run: runs prompts on all cases.
    """
    found = mutants(template)
    whole, *others = run([template, *(mutant.template for mutant in found)])
    passing = {case for case, passes in whole.items() if passes and all(each is True for each in passes)}
    silent = {case for case, passes in whole.items() if any(each is None for each in passes)}
    deletions = [
        _deletion(mutant, passes, passing, silent) for mutant, passes in zip(found, others, strict=True)
    ]
    return Noticing(len(passing), tuple(deletions))


def _deletion(mutant: Mutant, passes: Passes, passing: set[str], silent: set[str]) -> Deletion:
    cases = [case for case in passes if case in passing and _fails(passes[case])]
    lacking = {case for case in passing if any(each is None for each in passes.get(case, (None,)))} | silent
    outcome: Outcome = "noticed" if cases else "undecided" if lacking or not passing else "survives"
    return Deletion(
        id=mutant.id,
        text=mutant.text[: documents.MAX_TEXT],
        modality=mutant.modality,
        line=mutant.line,
        outcome=outcome,
        noticed_by=len(cases),
        cases=tuple(cases[:MOST_SHOWN]),
        missing=len(lacking),
    )


def _fails(passes: Sequence[bool | None]) -> bool:
    """True if less than half of the answers pass, whatever those that are missing would be."""
    return bool(passes) and 2 * sum(each is not False for each in passes) < len(passes)


def schema() -> dict[str, object]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"promptlint eval mutants, version {SCHEMA_VERSION}",
        "description": "Which requirements of a prompt some case of a suite would miss.",
        **documents.schema(MutantsResult),
    }
