"""What leaves our hands: training data without leaks, contradictions or personal data; settings as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.facts import case_of, facts, finding, usage_of
from promptlint import documents
from promptlint.evaluation import Answered, CaseResult, EvalResult
from promptlint.model import Basis
from promptlint.plan.export import formats, personal
from promptlint.plan.export import settings as exported
from promptlint.plan.export.example import Example
from promptlint.plan.export.split import grouped, normal, split
from promptlint.plan.export.training import of_eval, of_prompts, training
from promptlint.plan.stack import stack
from promptlint.run import Request, run

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"


def examples(*texts: str, answer: str = "yes") -> list[Example]:
    return [Example("", text, f"{answer} {index}", f"s {index}") for index, text in enumerate(texts)]


# --- the split ------------------------------------------------------------------------------

LONG = "My order {} has not arrived although the shop said that it would be here on Monday at the latest, and I wait"


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("Where is my parcel?", "where is my  PARCEL", True),
        ("Where is my parcel?", "Where is my package?", True),
        (LONG.format(17), LONG.format(99), True),
        (LONG.format("of shoes"), LONG.format("of tents"), True),
        ("Where is my parcel?", "The zip of the tent is broken", False),
        (LONG.format(1), "I wait on Monday", False),
    ],
)
def test_what_stays_together(one: str, other: str, together: bool) -> None:
    assert (len(grouped(examples(one, other))) == 1) is together


def test_a_cluster_stays_together() -> None:
    found = [
        replace(each, cluster="customer 7")
        for each in examples("Where is it?", "My invoice shows another name")
    ]
    assert len(grouped(found)) == 1


words = st.lists(
    st.sampled_from(
        ["order", "tent", "parcel", "where", "broken", "late", "17", "refund", "zip", "my", "is", "the"]
    ),
    max_size=30,
)


@settings(deadline=None)
@given(st.lists(st.tuples(words.map(" ".join), st.sampled_from(["", "", "a", "b"])), max_size=40))
def test_nothing_leaks(given_: list[tuple[str, str]]) -> None:
    found = [Example("", text, "x", f"s{index}", cluster) for index, (text, cluster) in enumerate(given_)]
    parted = split(found)
    assert sorted(map(repr, (*parted.train, *parted.validation))) == sorted(map(repr, found))
    assert not {normal(each.given) for each in parted.train if each.given} & {
        normal(each.given) for each in parted.validation if each.given
    }
    assert not {each.cluster for each in parted.train} & {each.cluster for each in parted.validation} - {""}
    assert bool(parted.validation) is (parted.groups > 1)
    assert parted == split(found)


def test_a_split_takes_a_fifth_of_the_groups() -> None:
    names = [f"{word} {other} {third}" for word in "abcde" for other in "vwxyz" for third in "1234"]
    texts = [f"question about {hash_of(name)}" for name in names]
    parted = split(examples(*texts))
    assert 0.1 < len(parted.validation) / len(texts) < 0.35


def hash_of(text: str) -> str:
    import hashlib

    return " ".join(hashlib.sha256(text.encode()).hexdigest()[at : at + 8] for at in range(0, 64, 8))


# --- personal data --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("write to anna.meier@gmail.com", ("e-mail address",)),
        ("write to help@example.com or a@b.example", ()),
        ("call +49 170 1234567 now", ("phone number",)),
        ("call (415) 555-2671", ("phone number",)),
        ("card 4111 1111 1111 1111", ("card number",)),
        ("order 4111 1111 1111 1112", ()),
        ("0000 0000 0000 0000", ()),
        ("GB82 WEST 1234 5698 7654 32", ("bank account",)),
        ("GB82 WEST 1234 5698 7654 33", ()),
        ("SSN 078-05-1120", ("social security number",)),
        ("from 8.8.8.8", ("IP address",)),
        ("from 192.168.0.1 to 10.0.0.7, version 1.2.03.4", ()),
        ("The tent weighs 2,300 g; part no 100-2000-30", ()),
        ("", ()),
    ],
)
def test_personal_data_is_told_by_its_shape(text: str, wanted: tuple[str, ...]) -> None:
    assert personal.kinds(text) == wanted


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_looked_at(text: str) -> None:
    assert personal.kinds(text) == personal.kinds(text)


def test_a_long_text_takes_no_long_time() -> None:
    for char in ("1", "a@", "1 ", "DE12", "(", "1.", "-"):
        personal.kinds(char * (100_000 // len(char)))


# --- what is exported -----------------------------------------------------------------------


def test_what_is_left_out_and_why() -> None:
    found = [
        Example("", "", "x", "empty"),
        Example("", "x", " ", "silent"),
        Example("", "y" * 200_000, "x", "long"),
        Example("", "mail me at a.b@gmail.com", "ok", "private"),
        Example("", "one", "a", "first"),
        Example("", "one", "A!", "again"),
        Example("", "two", "a", "contrary 1"),
        Example("", "two", "b", "contrary 2"),
        Example("", "\ud800", "b", "broken"),
        Example("", "something else entirely", "c", "good"),
    ]
    made = training(found)
    assert {each.source: each.reason for each in made.left} == {
        "empty": "nothing is given",
        "silent": "nothing is answered",
        "long": "longer than 65,536 tokens, or nearly",
        "private": "personal data: e-mail address",
        "again": "its input is there already",
        "contrary 1": "its input is answered in two ways",
        "contrary 2": "its input is answered in two ways",
        "broken": "no Unicode",
    }
    assert {each.source for each in (*made.split.train, *made.split.validation)} == {"first", "good"}
    assert made.objections == (
        "1 examples to train on: providers want 10",
        "2 examples in all: the strategy wants 500 good ones",
    )
    kept = training(found, with_personal=True).split
    assert "private" in {each.source for each in (*kept.train, *kept.validation)}


ONE = Example("Sort mail.", "Where is it?\n", "delivery – Ω", "s")


def test_formats_of_providers() -> None:
    assert json.loads(formats.lines([ONE], "openai")) == {
        "messages": [
            {"role": "system", "content": "Sort mail."},
            {"role": "user", "content": "Where is it?\n"},
            {"role": "assistant", "content": "delivery – Ω"},
        ]
    }
    assert json.loads(formats.lines([ONE], "anthropic")) == {
        "system": "Sort mail.",
        "messages": [
            {"role": "user", "content": "Where is it?\n"},
            {"role": "assistant", "content": "delivery – Ω"},
        ],
    }
    assert json.loads(formats.lines([ONE], "google")) == {
        "systemInstruction": {"role": "system", "parts": [{"text": "Sort mail."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "Where is it?\n"}]},
            {"role": "model", "parts": [{"text": "delivery – Ω"}]},
        ],
    }


@given(st.lists(st.builds(Example, st.text(), st.text(), st.text(), st.text()), max_size=5))
def test_a_line_an_example(found: list[Example]) -> None:
    for provider in formats.FORMATS:
        text = formats.lines(found, provider)
        assert text.count("\n") == len(found)
        assert [json.loads(line) for line in text.split("\n")[:-1]] == [
            formats.FORMATS[provider](each) for each in found
        ]


PROMPT = """\
You sort mail of a shop into delivery, billing and product. Answer with the one word.

## Examples

Input: where is my parcel?
Output: delivery

Input: the invoice has the wrong name
Output: billing

Input: does the stove run on white gas?
Output: product
"""


def test_few_shot_examples_become_training_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "system_prompt.md").write_text(PROMPT, encoding="utf-8")
    request = Request(paths=(tmp_path,), use_cache=False)
    found = list(of_prompts(run(request), request))
    assert [(each.given, each.answer) for each in found] == [
        ("where is my parcel?", "delivery"),
        ("the invoice has the wrong name", "billing"),
        ("does the stove run on white gas?", "product"),
    ]
    system = {each.system for each in found}
    assert system == {
        "You sort mail of a shop into delivery, billing and product. Answer with the one word.\n\n## Examples"
    }
    (tmp_path / "system_prompt.md").write_text(PROMPT.replace("a shop", "{{ shop }}"), encoding="utf-8")
    assert {each.system for each in of_prompts(run(request), request)} == {""}


def answered(text: str, passed: bool | None) -> Answered:
    return Answered(0, text, (), 1.0, passed, "", (), None, False, 1, None, None)


def eval_of(verdict: str | None) -> EvalResult:
    """A result of which only what the export reads is set."""
    known: dict[str, object] = dict.fromkeys(EvalResult.__dataclass_fields__)
    cases = tuple(
        CaseResult(name, "s.yaml", 1, "", vars_, cluster, False, "same", False, (), (base,), (cand,))
        for name, vars_, cluster, base, cand in (
            ("good", '{"text": "hi"}', "c", answered("old", True), answered("new", True)),
            ("two", '{"a": "x", "b": 1}', None, answered("old", True), answered("new", True)),
            ("failed", '{"text": "no"}', None, answered("old", True), answered("new", False)),
            ("unjudged", '{"text": "no"}', None, answered("old", None), answered("new", None)),
        )
    )
    known |= {"suite": "evals/s.yaml", "verdict": verdict, "results": cases, "candidate": object()}
    return EvalResult(**known)  # type: ignore[arg-type]


def test_cases_that_an_eval_passed_become_training_data() -> None:
    assert list(of_eval(eval_of("accepted"))) == [
        Example("", "hi", "new", "evals/s.yaml case good", "c"),
        Example("", '{"a": "x", "b": 1}', "new", "evals/s.yaml case two"),
    ]
    rejected = list(of_eval(eval_of("rejected")))
    assert [each.answer for each in rejected] == ["old", "old", "old"]


# --- settings -------------------------------------------------------------------------------


def test_the_batch_plan() -> None:
    case, shared = case_of(facts(version="ab" * 32), usage_of(latency="day", calls_per_month=1_000_000))
    other, _ = case_of(facts("app/chat.py::SYSTEM"))
    found = exported.batch_plan(stack([case, other], shared))
    (row,) = found.prompts
    assert row.endpoint == "/v1/chat/completions"
    assert (row.share, row.calls_per_month, row.discount) == (1.0, 1_000_000, 0.5)
    assert row.saving_usd_month > 0
    assert [(each.prompt, each.step) for each in found.not_batched] == [("app/chat.py::SYSTEM", "batch")]
    described(found, "batch-plan")


def test_the_cache_settings() -> None:
    case, shared = case_of(
        facts(version="ab" * 32, tokens=5000, model="claude-sonnet-4-6", uncounted=("conversation history",)),
        usage_of(repeats__semantic=0, repeats__prompt_aware=0, prefix_hits=0.9, calls_per_month=1_000_000),
        (finding("CAC004"),),
    )
    found = exported.cache_settings(stack([case], shared))
    (row,) = found.prompts
    assert row.namespace == "app/bot.py::SYSTEM@abababababab"
    assert row.levels == ("exact",)
    assert row.similarity_threshold is None
    assert row.first_turn_only is True
    assert row.prefix_marked is True
    assert row.basis is Basis.ASSUMED
    assert {each.step for each in found.not_cached} == {"semantic-cache", "prompt-aware-cache"}
    described(found, "cache-settings")


def described(found: object, name: str) -> None:
    """The document is what its schema says."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(documents.to_json(found))))
