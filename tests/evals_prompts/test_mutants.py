"""Each requirement of a prompt deleted in turn, and whether a case would miss it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptlint import documents, outline
from promptlint.errors import SuiteError
from promptlint.evals import noticing
from promptlint.evals.mutants import mutants
from promptlint.evals.noticing import Passes
from promptlint.evals.template import Template
from promptlint.model import SegmentKind
from tests.evals_prompts.support import fixtures, template, written

PROMPT = """\
You are a support bot.

# Rules

1. Answer with one word: billing or bug.
2. Never apologise, and do not use emoji.
3. Ask for the order number.
   Do it once.
4. Keep it short; do not explain.

## Tone

Be kind.

## Format

Return JSON:
```json
{"label": "billing"}
```
Answer in {{ language }} and never in Latin.

Ticket: {{ ticket }}
"""


def texts(found: Template) -> dict[str, str]:
    """What each deletion leaves, by the requirement that goes."""
    return {mutant.text: mutant.template.prompt.text for mutant in mutants(found)}


@pytest.fixture
def prompt(tmp_path: Path) -> Template:
    return template(written(tmp_path, p__md=PROMPT), "p.md")


@pytest.mark.parametrize(
    ("requirement", "before", "after"),
    [
        ("You are a support bot.", "You are a support bot.\n\n", ""),
        (
            "Answer with one word: billing or bug.",
            "1. Answer with one word: billing or bug.\n2. Never apologise, and do not use emoji.\n3. Ask for the "
            "order number.\n   Do it once.\n4. Keep",
            "1. Never apologise, and do not use emoji.\n2. Ask for the order number.\n   Do it once.\n3. Keep",
        ),
        ("Never apologise", "2. Never apologise, and do not use emoji.", "2. Do not use emoji."),
        ("do not use emoji", "Never apologise, and do not use emoji.", "Never apologise."),
        ("do not explain", "Keep it short; do not explain.", "Keep it short."),
        ("Be kind.", "## Tone\n\nBe kind.\n\n", ""),
        ("Return JSON", "Return JSON:\n", ""),
        ("Answer in {{ language }}", "Answer in {{ language }} and never", "{{ language }} never"),
        ("never in Latin", " and never in Latin", ""),
    ],
)
def test_a_requirement_goes_without_a_trace(
    prompt: Template, requirement: str, before: str, after: str
) -> None:
    assert PROMPT.count(before) == 1
    assert texts(prompt)[requirement] == PROMPT.replace(before, after)


def test_headings_and_lines_that_name_a_slot_are_no_requirements(prompt: Template) -> None:
    assert not any(text.startswith(("#", "Ticket")) for text in texts(prompt))


def test_the_line_is_that_of_the_file(prompt: Template) -> None:
    lines = PROMPT.split("\n")
    for mutant in mutants(prompt):
        assert mutant.text.split()[0] in lines[mutant.line - 1]


def test_two_that_leave_the_same_are_listed_once(tmp_path: Path) -> None:
    found = mutants(template(written(tmp_path, p__md="Be kind.\nBe kind.\n\nMail: {{ m }}"), "p.md"))
    assert len({mutant.template.content_hash for mutant in found}) == len(found)


def test_a_book_is_no_prompt(tmp_path: Path) -> None:
    text = "\n".join(f"Never write the number {number}." for number in range(1001))
    with pytest.raises(SuiteError, match="it has 1,001 requirements; at most 1,000"):
        mutants(template(written(tmp_path, p__md=f"{text}\n\nMail: {{{{ m }}}}"), "p.md"))


def test_laws_on_all_fixtures() -> None:
    """No slot, control, data or code goes; each deletion changes the prompt and makes it shorter; ids are apart."""
    count = 0
    for found in fixtures():
        all_ = mutants(found)
        whole = blocks(found)
        hashes = {mutant.template.content_hash for mutant in all_}
        assert len(hashes) == len({mutant.id for mutant in all_}) == len(all_)
        assert found.content_hash not in hashes
        for mutant in all_:
            count += 1
            assert others(mutant.template) == others(found), (found.id, mutant.text)
            assert all(part in mutant.template.prompt.text for part in whole), (found.id, mutant.text)
            assert len(mutant.template.prompt.text) < len(found.prompt.text)
            assert (mutant.template.needed, mutant.template.known) == (found.needed, found.known)
    assert count > 200


def others(found: Template) -> list[tuple[object, ...]]:
    """The slots and statements."""
    return [
        (item.kind, item.text, item.name)
        for item in found.prompt.segments
        if item.kind is not SegmentKind.TEXT
    ]


def blocks(found: Template) -> set[str]:
    """The examples, code, data and tables of several lines."""
    text = found.prompt.text
    shut = outline.of_kind(outline.outline(found.prompt), *outline.PROTECTED)
    return {part for item in shut if "\n" in (part := text[item.span.start : item.span.end])}


# --- who notices ------------------------------------------------------------------------------


def judged(rules: Mapping[str, Sequence[str]], repeats: int = 1) -> noticing.Run:
    """A model that follows what it reads: case `c` passes if all of its phrases stand in the prompt."""

    def run(templates: Sequence[Template]) -> list[Passes]:
        return [
            {
                case: [all(phrase in one.prompt.text for phrase in phrases)] * repeats
                for case, phrases in rules.items()
            }
            for one in templates
        ]

    return run


def outcomes(found: noticing.Noticing) -> dict[str, str]:
    return {item.text: item.outcome for item in found.deletions}


def test_what_a_case_needs_is_noticed_and_the_rest_survives(prompt: Template) -> None:
    found = noticing.noticing(prompt, judged({"a": ["Be kind"], "b": ["Never apologise", "kind"]}, 3))
    seen = outcomes(found)
    assert seen["Be kind."] == seen["Never apologise"] == "noticed"
    assert seen["do not explain"] == "survives"
    assert {item.text: item.cases for item in found.deletions}["Be kind."] == ("a", "b")
    assert (found.cases, found.exit_code) == (2, 1)


def test_a_case_that_fails_anyway_notices_nothing(prompt: Template) -> None:
    found = noticing.noticing(prompt, judged({"a": ["Be kind", "not there"]}))
    assert set(outcomes(found).values()) == {"undecided"}
    assert (found.cases, found.exit_code) == (0, 4)


@pytest.mark.parametrize(
    ("passes", "outcome"),
    [
        ([False], "noticed"),
        ([True], "survives"),
        ([None], "undecided"),
        ([True, False], "survives"),
        ([True, False, False], "noticed"),
        ([None, False, False], "noticed"),
        ([None, None, False], "undecided"),
    ],
)
def test_repeats_count_by_most_of_them(tmp_path: Path, passes: list[bool | None], outcome: str) -> None:
    one = template(written(tmp_path, p__md="Be kind.\n\nMail: {{ m }}"), "p.md")
    found = noticing.noticing(one, lambda _: [{"a": [True] * len(passes)}, {"a": passes}])
    assert outcomes(found) == {"Be kind.": outcome}
    assert found.exit_code == {"noticed": 0, "survives": 1, "undecided": 4}[outcome]


def test_a_missing_answer_of_the_prompt_itself_is_no_survival(tmp_path: Path) -> None:
    one = template(written(tmp_path, p__md="Be kind.\n\nMail: {{ m }}"), "p.md")
    answers: list[Passes] = [{"a": [True], "b": [None]}, {"a": [True], "b": [True]}]
    found = noticing.noticing(one, lambda _: answers)
    assert outcomes(found) == {"Be kind.": "undecided"}


def test_the_document_fits_its_schema(prompt: Template) -> None:
    found = noticing.noticing(prompt, judged({"a": ["Be kind"]}))
    result = noticing.MutantsResult(
        schema_version=1,
        suite="s.yaml",
        prompt=prompt.id,
        content_hash=prompt.content_hash,
        cases=1,
        noticed=1,
        linked=found.linked,
        survives=11,
        undecided=0,
        first=False,
        recorded=True,
        calls=0,
        cached_calls=13,
        usd_spent=None,
        notes=("n",),
        deletions=found.deletions,
    )
    jsonschema.validate(documents.to_json(result), noticing.schema())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_settled_early_comes_out_as_in_the_full_run(prompt: Template, data: st.DataObject) -> None:
    cases = [f"c{number}" for number in range(data.draw(st.integers(1, 40)))]
    hashes = [prompt.content_hash, *(each.template.content_hash for each in mutants(prompt))]
    most = st.sampled_from([[True]] * 12 + [[False], [None], [True, False], [False, False, None]])
    told = {(one, case): data.draw(most) for one in hashes[:4] for case in cases}
    asked: list[tuple[str, str]] = []

    def ask(one: Template, chosen: Sequence[str]) -> Passes:
        asked.extend((one.content_hash, case) for case in chosen)
        return {case: told.get((one.content_hash, case), [True]) for case in chosen}

    about = {case: data.draw(st.sampled_from([(), ("billing",), ("kind", "latin")])) for case in cases}
    early = noticing.first(prompt, ask, cases, about)
    assert len(asked) == len(set(asked))
    whole = noticing.noticing(prompt, lambda each: [ask(one, cases) for one in each], about)
    assert outcomes(early) == outcomes(whole)
    assert (early.cases, early.linked, early.exit_code) == (whole.cases, whole.linked, whole.exit_code)


def test_a_case_about_a_requirement_is_asked_first(prompt: Template) -> None:
    run = judged({"a": ["Never apologise"], "b": ["Never apologise", "kind"], "c": [], "d": []})
    asked: list[str] = []

    def ask(one: Template, chosen: Sequence[str]) -> Passes:
        asked.extend(chosen if one is not prompt else ())
        passes = run([one])[0]
        return {case: passes[case] for case in chosen}

    found = noticing.first(prompt, ask, ["a", "b", "c", "d"], {"b": ["Never  APOLOGISE"], "c": ["latin"]})
    seen = {item.text: (item.cases, item.linked_by) for item in found.deletions}
    assert seen["Never apologise"] == (("b",), 1)
    assert seen["Be kind."] == (("b",), 0)
    assert found.linked == 1
    assert asked.count("a") == len(found.deletions) - 1
