"""What is written for other commands: plan reads the usage file, eval import the requests, no text unmasked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.errors import UsageError
from promptlint.evals.importing import Wanted, imported
from promptlint.plan import measured as plan_measured
from promptlint.plan import usage as plan_usage
from promptlint.plan.assumptions import USAGE
from promptlint.traffic import requests, usage
from promptlint.traffic.findings import document
from promptlint.traffic.overview import overview
from promptlint.traffic.usage import Measured
from tests.traffic.planted import ASKED, made
from tests.traffic.reading import SETTINGS, chat, engine, write_lines


def figures(path: Path) -> dict[str, Measured]:
    """What is measured of each prompt of a log."""
    with engine(path) as found:
        return usage.measured(document(found, SETTINGS, ASKED, overview(found))[1])


def test_plan_reads_what_was_measured(tmp_path: Path) -> None:
    path, truth = made(tmp_path)
    found = figures(path)
    file = tmp_path / "promptlint-usage.yaml"
    file.write_text(plan_measured.text({id_: (each.model, each.figures) for id_, each in found.items()}))
    read = plan_usage.read(file, file.name)
    assert [entry.match for entry in read.entries] == sorted(found)
    assert {key for each in found.values() for key in each.figures} <= set(USAGE)

    def mid(key: str, prompt: str) -> float:
        stated = read.number(key, prompt)
        assert stated is not None
        return stated.value.mid

    assert mid("turns", "app/support.py::SYSTEM") == truth.turns / truth.conversations
    tries = 100 + sum(truth.retries.values())
    for kind in ("timeout", "parse", "validation"):
        assert mid(f"retries.{kind}", "app/extract.py::PROMPT") == pytest.approx(
            truth.retries[kind] / tries, abs=1e-9
        )
    assert mid("repeats.exact", "app/faq.py::ASK") == pytest.approx(truth.exact / truth.questions, abs=1e-9)
    assert mid("batch_share", "jobs/tag.py::PROMPT") == 1
    assert mid("calls_per_month", "jobs/tag.py::PROMPT") == pytest.approx(100 / 42 * 30.44, rel=0.02)
    word = read.word("model", "jobs/tag.py::PROMPT")
    assert word is not None
    assert word.value == "claude-sonnet-4-5-20250929"


@given(st.text(min_size=1, max_size=30), st.floats(0, 1))
def test_any_id_is_written_so_that_it_is_read(
    tmp_path_factory: pytest.TempPathFactory, id_: str, share: float
) -> None:
    text = plan_measured.text({id_: ("no such model", {"prefix_hits": (0.0, share, 1.0, "measured")})})
    path = tmp_path_factory.getbasetemp() / "usage.yaml"
    path.write_text(text, encoding="utf-8", newline="\n")
    entries = plan_usage.read(path, "usage.yaml").entries
    if "*" in id_ or "?" in id_:
        assert entries == ()
    else:
        assert [entry.match for entry in entries] == [id_]
        assert entries[0].numbers["prefix_hits"].value.mid == pytest.approx(share, abs=1e-8)


def test_logs_of_less_than_a_day_say_nothing_of_a_month(tmp_path: Path) -> None:
    records = [chat(number, metadata={"prompt_id": "p"}) for number in range(5)]
    found = figures(write_lines(tmp_path / "a.jsonl", records))
    assert not {"calls_per_month", "growth_per_week", "users"} & set(found["p"].figures)


def test_requests_are_masked_and_become_cases(tmp_path: Path) -> None:
    path, truth = made(tmp_path, 300)
    with path.open("a") as file:
        mail = chat(0, metadata={"prompt_id": "p"})
        mail["request"]["messages"][1]["content"] = (
            "Write to jane.doe@example.com, key sk-proj-" + "aZx91mQ0bT" * 5
        )
        mail["request"]["user"] = "jane.doe@example.com"
        file.write(json.dumps(mail) + "\n")
    target = tmp_path / "requests.jsonl"
    with engine(path, settings=replace(SETTINGS, texts="keep")) as found:
        count = requests.write(found, target)
    text = target.read_text()
    assert count == truth.calls + 1 == len(text.splitlines())
    assert "jane.doe" not in text
    assert "aZx91mQ0bT" not in text
    assert "example.com" not in text
    rows = [json.loads(line) for line in text.splitlines()]
    failed = sum(not row["passed"] for row in rows)
    assert failed == truth.truncated + sum(truth.retries.values())
    assert {"messages", "model", "passed"} <= set(rows[0])
    assert sum("conversation" in row for row in rows) == truth.turns + 1
    cases = imported(target, Wanted(expect=True))
    assert len(cases.cases) + sum(count for count, _ in cases.left.values()) == len(rows)
    assert set(cases.left) <= {"asked before"}


def test_without_texts_there_are_no_requests(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", [chat()])
    with engine(path) as found, pytest.raises(UsageError, match="no request has a text"):
        requests.write(found, tmp_path / "requests.jsonl")
