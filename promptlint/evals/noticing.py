"""Says which requirements of a prompt some case of a suite would miss: runs of prompts that lack them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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

Ask = Callable[[Template, Sequence[str]], Passes]
"""Runs one template on those cases of a suite, by id."""

About = Mapping[str, Sequence[str]]
"""By case: the words of the prompt that it is for."""

CHUNK = 16
"""Cases that are asked at once where the first that notices is enough."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """What became of one requirement."""

    id: str = said("Number of the requirement in the prompt, from 1.")
    text: str = said("The requirement as written.")
    modality: str = said("must, should, may or fact.")
    line: int = said("Where it stands in its file; 0: in none.")
    outcome: Outcome = said("Whether some case fails without it; undecided: answers are missing.")
    noticed_by: int = said("How many cases fail without it, of those that were asked.")
    linked_by: int = said("How many of these are said to be about it.")
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
    linked: int = said("Of these, those that a case which is said to be about them would miss.")
    survives: int = said("Requirements that no case would miss.")
    undecided: int = said("Requirements of which that cannot be said.")
    first: bool = said("True if no more cases were asked of a deletion once one had noticed it.")
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
    def linked(self) -> int:
        """How many a case that is said to be about them notices."""
        return sum(item.linked_by > 0 for item in self.deletions)

    @property
    def exit_code(self) -> int:
        """0 all are noticed, 1 some survive, 4 of some it cannot be said and none survives."""
        if self.count("survives"):
            return 1
        return 4 if self.count("undecided") or not self.cases else 0


def noticing(template: Template, run: Run, about: About | None = None) -> Noticing:
    """Which requirements of a prompt some case notices: it passes with the prompt, and fails without.

    A case that the prompt itself fails, in any repeat, can notice nothing. With repeats, a case fails without
    the requirement if less than half of its answers pass.

    Args:
        template: the prompt.
        run: runs prompts on all cases.
        about: what cases are said to be for.
    """
    found = mutants(template)
    whole, *others = run([template, *(mutant.template for mutant in found)])
    able = _Able.of(whole, about or {})
    deletions = [able.deletion(mutant, passes) for mutant, passes in zip(found, others, strict=True)]
    return Noticing(len(able.passing), tuple(deletions))


def first(template: Template, ask: Ask, cases: Sequence[str], about: About | None = None) -> Noticing:
    """The same outcomes with fewer calls: a deletion is settled as soon as one case notices it.

    Only the cases that the prompt itself passes are asked: of each deletion those first that are said to be
    about the requirement, all of them; then, where these notice nothing, the others. What survives has been
    put to every case.

    Args:
        template: the prompt.
        ask: runs a prompt on some cases.
        cases: all of them, by id.
        about: what cases are said to be for.
    """
    able = _Able.of(ask(template, cases), about or {})
    found = mutants(template)
    answers: dict[str, dict[str, Sequence[bool | None]]] = {mutant.id: {} for mutant in found}
    for chunks in (_linked, _others):
        for mutant in found:
            passes = answers[mutant.id]
            if not any(map(_fails, passes.values())):
                for chunk in chunks(able, mutant):
                    passes |= ask(mutant.template, chunk)
                    if any(_fails(passes[case]) for case in chunk):
                        break
    return Noticing(len(able.passing), tuple([able.deletion(mutant, answers[mutant.id]) for mutant in found]))


def _linked(able: _Able, mutant: Mutant) -> Iterator[Sequence[str]]:
    """The cases that are said to be about a requirement, all at once."""
    if linked := [case for case in able.passing if able.is_about(case, mutant)]:
        yield linked


def _others(able: _Able, mutant: Mutant) -> Iterator[Sequence[str]]:
    """The others, a few at a time."""
    others = [case for case in able.passing if not able.is_about(case, mutant)]
    yield from (others[at : at + CHUNK] for at in range(0, len(others), CHUNK))


@dataclass(frozen=True, slots=True)
class _Able:
    """What the cases of a suite can notice: `passing` with the prompt itself, `silent` without an answer."""

    passing: tuple[str, ...]
    silent: frozenset[str]
    about: About

    @classmethod
    def of(cls, whole: Passes, about: About) -> _Able:
        """By the answers to the prompt itself."""
        passing = [case for case, passes in whole.items() if passes and all(each is True for each in passes)]
        silent = [case for case, passes in whole.items() if any(each is None for each in passes)]
        return cls(tuple(passing), frozenset(silent), about)

    def is_about(self, case: str, mutant: Mutant) -> bool:
        """Whether a case is said to be about a requirement."""
        return is_about(self.about.get(case, ()), mutant)

    def deletion(self, mutant: Mutant, passes: Passes) -> Deletion:
        """What became of a requirement, by the answers without it."""
        cases = [case for case in self.passing if case in passes and _fails(passes[case])]
        asked = [case for case in self.passing if case in passes] if cases else self.passing
        lacking = self.silent.union(
            case for case in asked if any(each is None for each in passes.get(case, (None,)))
        )
        outcome: Outcome = "noticed" if cases else "undecided" if lacking or not self.passing else "survives"
        return Deletion(
            id=mutant.id,
            text=mutant.text[: documents.MAX_TEXT],
            modality=mutant.modality,
            line=mutant.line,
            outcome=outcome,
            noticed_by=len(cases),
            linked_by=sum(self.is_about(case, mutant) for case in cases),
            cases=tuple(cases[:MOST_SHOWN]),
            missing=len(lacking),
        )


def is_about(words: Sequence[str], mutant: Mutant) -> bool:
    """Whether a requirement holds words of the prompt, whatever their case and line breaks."""
    text = _plain(mutant.text)
    return any(_plain(each) in text for each in words)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


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
