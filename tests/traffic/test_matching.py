"""Logged calls find their prompt: by id, by whole text, by the texts around slots however much they hold."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from promptlint.run import Request
from promptlint.traffic import repository
from promptlint.traffic.matching import Fingerprint, Matcher, folded
from promptlint.traffic.overview import overview
from promptlint.traffic.repository import Repository
from tests.traffic.reading import SETTINGS, chat, engine, rows, write_lines

PROMPTS = {
    "app/prompts/sort.md": "You sort mail of a shop.\n\nAnswer with one of: spam, order, other.\n",
    "app/prompts/answer.jinja": "You answer customers of {{ shop }}.\n\nUse only this:\n{{ documents }}\n\nBe brief.\n",
    "app/prompts/answer_old.jinja": "You answer customers of {{ shop }}.\n\nUse only this:\n{{ documents }}\n",
    "app/bot.py": (
        "import openai\n\n\ndef ask(name, text):\n    return openai.OpenAI().chat.completions.create(\n"
        "        model='gpt-4o',\n        messages=[{'role': 'system', 'content': f'You are the assistant of {name}. '\n"
        "            'Never promise a refund.'}, {'role': 'user', 'content': text}],\n    )\n"
    ),
    "app/prompts/tone.jinja": "{{ greeting }}, rate the tone of this letter from 1 to 5:\n{{ letter }}\n",
}


def project(folder: Path) -> Repository:
    """A repository with these prompts."""
    for name, text in PROMPTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return repository.read(Request(paths=(folder,), isolated=True))


def test_heavy_slots_are_no_hindrance(tmp_path: Path) -> None:
    found = project(tmp_path)
    ids = {path: next(id_ for id_ in found.slots if path in id_) for path in PROMPTS}
    chosen = random.Random(3)
    letters = "Use only this: you answer Be brief. {{ x }} <b> Zürich 12\n\n"

    def slot(size: int) -> str:
        return "".join(chosen.choices(letters, k=chosen.randrange(1, size)))

    texts = {
        "app/prompts/sort.md": lambda: PROMPTS["app/prompts/sort.md"].replace("\n\n", "\n \n"),
        "app/prompts/answer.jinja": lambda: (
            f"You answer customers of {slot(40)}.\n\nUse only this:\n{slot(9000)}\n\nBe brief."
        ),
        "app/prompts/answer_old.jinja": lambda: (
            f"You answer customers of {slot(40)}.\n\nUse only this:\n{slot(9000)}\n\nend"
        ),
        "app/bot.py": lambda: f"You are the assistant of {slot(3000)}. Never promise a refund.",
        "app/prompts/tone.jinja": lambda: (
            f"{slot(30)}, rate the tone of this letter from 1 to 5:\n{slot(9000)}"
        ),
    }
    told = right = 0
    for path, text in texts.items():
        for _ in range(40):
            made = found.matcher.by_text(text(), "")
            told += made is not None
            right += made is not None and made[0] == ids[path]
    assert (told, right) == (200, 200)
    for _ in range(200):
        assert found.matcher.by_text(slot(2000), "") is None


def test_metadata_first_then_text(tmp_path: Path) -> None:
    found = project(tmp_path)
    sort, bot = (next(id_ for id_ in found.slots if name in id_) for name in ("sort.md", "bot.py"))
    settings = replace(SETTINGS, matcher=found.matcher)
    by_id, by_name, unknown, by_text, by_user, other = [chat(number) for number in range(6)]
    for record, name in ((by_id, sort), (by_name, "sort"), (unknown, "sort-v7")):
        record["request"]["metadata"] = {"prompt_id": name}
    by_text["request"]["messages"][0]["content"] = "You are the assistant of us. Never promise a refund."
    by_user["request"]["messages"] = [{"role": "user", "content": PROMPTS["app/prompts/sort.md"]}]
    made = rows(by_id, by_name, unknown, by_text, by_user, other, settings=settings)
    assert [(row.get("prompt_id"), row.get("match")) for row in made] == [
        (sort, "metadata"),
        (sort, "metadata"),
        ("sort-v7", None),
        (bot, "fingerprint"),
        (sort, "system"),
        (None, None),
    ]
    hashes = made[2]["system"].split()  # of words, to say which prompts the repository lacks
    assert len(hashes) == 3
    assert not {"Sort", "the", "mail."} & set(hashes)


@given(
    st.lists(
        st.text("ab ", min_size=3, max_size=6).map(folded).filter(lambda text: len(text) > 2), min_size=1
    ),
    st.data(),
)
def test_what_a_template_made_fits_it(texts: list[str], data: st.DataObject) -> None:
    slots = [data.draw(st.text("ab c", max_size=8)) for _ in texts[1:]]
    made = texts[0] + "".join(f" {slot} {text}" for slot, text in zip(slots, texts[1:], strict=True))
    assert Fingerprint("p", tuple(texts), (False, False)).fits(folded(made))


def test_texts_are_found_in_order_only() -> None:
    made = Fingerprint("p", ("one two", "three four"), (True, True))
    assert made.fits("x one two y three four z")
    assert not made.fits("three four one two")
    assert not Fingerprint("p", ("one two",), (False, False)).fits("one two three")


def test_more_may_stand_behind_a_long_prompt(tmp_path: Path) -> None:
    rules = "You answer questions of a shop about orders, returns and parcels, in the words of the customer. "
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "long.md").write_text(f"{rules}Be brief.\n")
    (folder / "longer.md").write_text(f"{rules}Be brief. Never promise a refund.\n")
    (folder / "short.md").write_text("You answer questions of a shop.\n")
    found = repository.read(Request(paths=(tmp_path,), isolated=True)).matcher

    def told(text: str) -> str:
        made = found.by_text(text, "")
        return made[0].rsplit("/", 1)[-1] if made else ""

    assert told(f"{rules}Be brief.\n\nDocuments:\n1. Parcels are white.") == "long.md"
    assert told(f"{rules}Be brief. Never promise a refund. Today is Monday.") == "longer.md"
    assert told("You answer questions of a shop. Today is Monday.") == ""
    assert told(f"Hello. {rules}Be brief.") == ""


def test_an_empty_repository_tells_nothing() -> None:
    empty = Matcher({}, {}, {}, ())
    assert empty.by_text("anything at all", "") is None
    assert empty.by_id("x") is None


def test_what_the_repository_lacks_is_said(tmp_path: Path) -> None:
    chosen = random.Random(4)
    records = []
    for number in range(60):
        record = chat(number)
        name = "".join(chosen.choices("abcdefgh", k=9))
        system = f"Translate for {name} into French and keep every number as it is."
        if number < 20:
            system = "Sum up the meeting of today in three points, each of one line."
        if number == 59:
            system = f"Something of {name} alone, never said again"
        record["request"]["messages"][0]["content"] = system
        records.append(record)
    path = write_lines(tmp_path / "log.jsonl", records)
    with engine(path) as found:
        read = overview(found)
    assert [(each.begins, each.calls, each.first) for each in read.unmatched] == [
        ("", 39, "log.jsonl:21"),
        ("", 20, "log.jsonl:1"),
        ("", 1, "log.jsonl:60"),
    ]
    assert {each.models for each in read.unmatched} == {("gpt-4o",)}
    assert (read.unmatched[1].characters, read.matched, read.compared) == (62, 0, 1)
    with engine(path, settings=replace(SETTINGS, texts="keep")) as found:
        kept, hidden = overview(found, words=True), overview(found)
    assert [(each.begins, each.calls) for each in kept.unmatched] == [
        ("Translate for … into French and keep every number as it is.", 39),
        ("Sum up the meeting of today in three points, each of one line.", 20),
        ("", 1),
    ]
    assert [each.begins for each in hidden.unmatched] == ["", "", ""]
