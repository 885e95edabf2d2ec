"""Without a suite: the budget is reached honestly, the contract kept, and every format written back proven."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import contract, run
from promptlint.compress import ground as grounds
from promptlint.compress import offline
from promptlint.compress.ground import File
from promptlint.compress.offline import Shortened, Stop, Target
from promptlint.compress.proposal import Tier
from promptlint.extract import extract, kind_of
from promptlint.model import SegmentKind, Source, SourceKind

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "shop" / "prompts" / "support_assistant.md"
WORDY = (
    "You are a support assistant for a shop. In order to help, be quick.\n\n"
    "Never promise a refund. Quote prices in euros. Do not promise a refund.\n"
)


def read(text: str, name: str) -> File:
    space = run.workspace(run.Request(isolated=True))
    found = grounds.settings(space.settings(Path(name), name))
    return grounds.read(Source(name, text, kind_of(name) or SourceKind.TEXT, named=True), found)


def shorten(text: str, name: str = "a.prompt.md", target: Target | None = None) -> Shortened:
    file = read(text, name)
    return offline.shorten(file, file.grounds[0], target or Target())


def test_the_fixture_keeps_its_contract_and_stops_honestly() -> None:
    done = shorten(FIXTURE.read_text(encoding="utf-8"), target=Target(budget=900))
    assert done.stop is Stop.SHORT
    reached = done.after.tokens.high
    assert offline.sentence(done) == f"reached {reached:,} of the asked 900; what is left needs an eval suite"
    assert reached < done.before.tokens.high - 200
    assert not done.lost
    assert not done.refused
    for fixed in (
        "$4.90",
        "$14.90",
        "30 days",
        "24 months",
        "120 words",
        "{{ ticket }}",
        "$500",
        "P.O. boxes",
    ):
        assert fixed in done.text


def test_a_budget_takes_the_surest_edits_and_no_more() -> None:
    all_of_it = shorten(WORDY)
    before = all_of_it.before.tokens.high
    some = shorten(WORDY, target=Target(budget=before - 1))
    assert some.stop is Stop.DONE
    assert len(some.chosen) == 1
    assert some.chosen[0].tier is Tier.SAFE
    assert some.after.tokens.high <= before - 1
    assert shorten(WORDY, target=Target(budget=before)).chosen == ()
    assert shorten(WORDY, target=Target(ratio=1.0)).chosen == ()


def test_the_smaller_of_budget_and_ratio_is_asked() -> None:
    assert Target(budget=500, ratio=0.1).tokens(1000) == 100
    assert Target(budget=50, ratio=0.1).tokens(1000) == 50
    assert Target().tokens(1000) is None


def python(text: str) -> str:
    return f'import os\n\nSYSTEM_PROMPT = """{text}"""\n\nprint(os)\n'


def chat(text: str) -> str:
    return json.dumps({"messages": [{"role": "system", "content": text}], "n": [1, "kept"]}, indent=1)


def block(text: str) -> str:
    lines = "\n".join(f"      {line}".rstrip() for line in text.rstrip("\n").split("\n"))
    return f"# kept\nmessages:\n  - role: system\n    content: |\n{lines}\nmodel: kept\n"


@pytest.mark.parametrize(
    ("name", "spell"),
    [
        ("a.prompt.md", str),
        ("a.prompt.txt", str),
        ("a.j2", str),
        ("a.py", python),
        ("a.json", chat),
        ("a.yaml", block),
    ],
)
def test_every_format_is_written_back_in_its_own_way(name: str, spell: object) -> None:
    assert callable(spell)
    text = str(spell(WORDY))
    done = shorten(text, name)
    assert "Do not promise" not in done.source.text
    assert "Never promise a refund." in done.source.text
    assert "To help, be quick." in done.source.text
    (again,) = extract(done.source).prompts
    assert again.text == done.text
    kept = text.replace("In order to help", "To help").replace(" Do not promise a refund.", "")
    assert done.source.text == kept


SENTENCES = st.sampled_from(
    [
        "Never promise a refund.",
        "Do not promise a refund.",
        "Make sure to answer in at most 40 words.",
        "Answers should be no longer than 40 words.",
        "Answer in at most 50 words.",
        "Always be polite to {{ name }}.",
        "If the customer is angry, stay calm.",
        "You must quote prices in euros.",
        "Quote all prices in euros.",
        "Return `total` as a number.",
        "See https://example.com/rules for the rules.",
        "In order to help, read the ticket.",
        "Please do not guess.",
        "- Never promise a refund.",
        "- Quote prices in euros.\n- Be brief.",
        "## **Rules**",
        '```json\n{\n  "a": 1\n}\n```',
    ]
)


@given(
    st.lists(SENTENCES, min_size=1, max_size=14),
    st.lists(st.sampled_from([" ", "\n", "\n\n"]), min_size=14, max_size=14),
)
def test_nothing_of_the_contract_goes_without_a_survivor(said: list[str], gaps: list[str]) -> None:
    text = "You are a support assistant.\n\n" + "".join(map("".join, zip(said, gaps, strict=False))) + "\n"
    file = read(text, "a.prompt.md")
    if not file.grounds:
        return
    ground = file.grounds[0]
    done = offline.shorten(file, ground, Target())
    assert not done.lost
    assert done.after.tokens.high <= done.before.tokens.high
    before, after = ground.view.contract, contract_of(done)
    assert after.slots == before.slots
    assert set(after.urls) == set(before.urls)
    assert set(after.fields) == set(before.fields)
    assert set(after.code) == set(before.code)
    assert set(re.findall(r"\d+", done.source.text)) == set(re.findall(r"\d+", text))


def contract_of(done: Shortened) -> contract.Contract:
    from promptlint import outline

    (prompt,) = extract(done.source).prompts
    return contract.contract(prompt, outline.outline(prompt))


def test_slots_and_statements_of_a_template_are_spelt_as_before() -> None:
    text = (
        "You are a support assistant. In order to help, read {{ ticket }}.\n"
        "{% if vip %}Never promise a refund to {{ name }}.{% else %}Never promise a refund.{% endif %}\n"
        "Do not promise a refund.\n"
    )
    done = shorten(text, "a.prompt.j2")
    (again,) = extract(done.source).prompts
    assert [each.text for each in again.segments if each.kind is SegmentKind.SLOT] == [
        "{{ ticket }}",
        "{{ name }}",
    ]
    assert "{% if vip %}" in done.source.text
    assert "{% else %}Never promise a refund.{% endif %}" in done.source.text
    assert "Do not promise a refund." in done.source.text  # its twin is said in one arm only


def test_a_prompt_with_nothing_to_cut_stays() -> None:
    text = "Translate {{ text }} into French.\n"
    done = shorten(text)
    assert done.source.text == text
    assert done.chosen == ()
    assert done.before.tokens == done.after.tokens
