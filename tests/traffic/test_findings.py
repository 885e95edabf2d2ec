"""Findings: what was planted is recovered, the dollars are the price module's, parts add up to the whole."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from promptlint import prices
from promptlint.traffic.findings import Asked, Slot
from promptlint.traffic_document import Traffic
from tests.traffic.planted import Truth, documented, finding, made
from tests.traffic.reading import chat, write_lines

INPUT = {"gpt-4o": 2.5e-6, "gpt-4o-mini": 0.15e-6, "claude-sonnet-4-5": 3e-6}
"""US dollars a token of input, as the price snapshot has them."""


@pytest.fixture(scope="module", params=[1, 2])
def planted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Traffic, Truth]:
    path, truth = made(tmp_path_factory.mktemp("logs"), seed=request.param)
    return documented(path)[0], truth


def parts(found: Traffic, kind: str, by: str) -> dict[str, float | None]:
    return {part.key: part.at_stake for part in finding(found, kind).parts if part.by == by and part.calls}


def test_growth_is_recovered(planted: tuple[Traffic, Truth]) -> None:
    found, truth = planted
    grown = finding(found, "growth")
    assert grown.at_stake == pytest.approx(truth.grown_tokens * INPUT["gpt-4o"], abs=1e-8)
    assert grown.of == truth.turns
    assert [round(turn.grown_tokens) for turn in found.turns] == [
        truth.growth_per_turn * index for index in range(6)
    ]
    assert parts(found, "growth", "prompt") == {"app/support.py::SYSTEM": grown.at_stake}
    assert len(parts(found, "growth", "week")) == 6


def test_calls_made_again_are_recovered_by_kind(planted: tuple[Traffic, Truth]) -> None:
    found, truth = planted
    assert {each.kind: each.calls for each in found.retries} == dict(truth.retries)
    assert finding(found, "retries").calls == sum(truth.retries.values())
    assert {each.kind for each in found.retries if each.unpriced} == {"timeout", "rate_limit"}
    assert found.hidden_tries == 0
    assert set(parts(found, "retries", "prompt")) == {"app/extract.py::PROMPT"}


def test_drift_and_versions_are_recovered(planted: tuple[Traffic, Truth]) -> None:
    found, truth = planted
    named = [each for each in found.versions if each.named]
    assert [each.version for each in named] == truth.versions
    assert named[1].input_tokens is not None
    assert named[0].input_tokens is not None
    assert named[1].input_tokens - named[0].input_tokens == named[1].change == 200
    assert named[1].change_usd == pytest.approx(named[1].calls * 200 * INPUT["gpt-4o"], abs=1e-8)
    spent = parts(found, "drift", "prompt")["app/support.py::SYSTEM"]
    weeks = [each for each in found.drift if each.prompt == "app/support.py::SYSTEM" and each.change]
    assert {each.change for each in weeks} <= {200.0}
    kept = sum(each.calls for each in weeks)
    assert spent == pytest.approx(kept * 200 * INPUT["gpt-4o"], abs=1e-8)


def test_repeats_are_recovered_by_cache(planted: tuple[Traffic, Truth]) -> None:
    found, truth = planted
    hits = {(each.cache, each.ttl): each.hits for each in found.hits}
    assert hits["exact", 3_600] == truth.exact
    assert hits["normalized", 3_600] == hits["prompt-aware", 3_600] == truth.normalized
    assert hits["exact", 60] == 0
    assert set(parts(found, "repeats", "prompt")) == {"app/faq.py::ASK"}
    for cache in ("exact", "normalized", "prompt-aware"):
        shares = [each.share for each in found.hits if each.cache == cache]
        assert shares == sorted(shares)


def test_prefixes_tools_jobs_and_limits_are_recovered(planted: tuple[Traffic, Truth]) -> None:
    found, truth = planted
    missed = parts(found, "cache", "prompt")
    assert set(missed) == {"jobs/tag.py::PROMPT"}
    assert missed["jobs/tag.py::PROMPT"] == pytest.approx(
        truth.missed_prefix * INPUT["claude-sonnet-4-5"] * 0.9, rel=0.05
    )
    greeting = next(each for each in found.prefixes if each.prompt == "app/greet.py::GREETING")
    assert (greeting.stable_bytes, greeting.slot, greeting.allowed_tokens) == (0, "now", 0)
    assert greeting.moved_basis.value == "measured"
    assert greeting.moved_tokens == pytest.approx(truth.moved_prefix, rel=0.05)
    assert greeting.moved_usd == pytest.approx(truth.moved_prefix * INPUT["gpt-4o"] * 0.5, rel=0.05)
    idle = [each.tool for each in found.tools if not each.called]
    assert sorted(idle) == sorted(truth.tools_idle)
    assert next(each for each in found.outputs if each.truncated).truncated == truth.truncated
    assert finding(found, "output").calls == truth.truncated
    faq = next(each for each in found.outputs if each.truncated)
    assert (faq.limited, faq.near, faq.max_tokens) == (truth.questions, truth.truncated, 100)
    jobs = next(p for p in finding(found, "batch").parts if p.key == "jobs/tag.py::PROMPT")
    assert jobs.calls == truth.jobs
    assert jobs.at_stake == pytest.approx(jobs.usd / 2)


def test_an_easy_prompt_on_a_dear_model_is_told(planted: tuple[Traffic, Truth]) -> None:
    found, _ = planted
    rows = {each.prompt: each for each in found.mix}
    easy, hard = rows["app/support.py::SYSTEM"], rows["app/agent.py::AGENT"]
    assert (easy.tier, easy.instead, hard.tier, hard.instead) == ("simple", "gpt-4o-mini", "complex", "")
    assert easy.usd_instead is not None
    assert easy.usd_instead == pytest.approx(easy.usd * 0.06)  # both of its prices are 0.06 of gpt-4o's
    assert finding(found, "mix").at_stake == pytest.approx(easy.usd - easy.usd_instead)
    assert sum(each.usd_share for each in found.tiers) == pytest.approx(1)
    assert {each.tier for each in found.tiers} == {"simple", "complex", "unknown"}
    for level in ("simple", "complex", "unknown"):
        assert sum(each.share for each in found.tiers if each.tier == level) == pytest.approx(1)
    assert sum(each.calls for each in found.tiers) == found.overview.calls
    assert next(each for each in found.tiers if each.tier == "simple").usd_instead == easy.usd_instead


def test_parts_add_up_to_the_whole(planted: tuple[Traffic, Truth]) -> None:
    found, truth = planted
    assert found.overview.calls == truth.calls
    assert sum(each.usd for each in found.prompts) == pytest.approx(found.overview.usd)
    assert sum(each.usd for each in found.weeks) == pytest.approx(found.overview.usd)
    assert sum(each.usd for each in found.daily) == pytest.approx(found.overview.usd)
    for each in found.findings:
        for by in ("prompt", "model", "week"):
            own = [part for part in each.parts if part.by == by]
            assert sum(part.calls for part in own) == each.calls
            assert sum(part.of for part in own) == each.of
            assert sum(part.at_stake or 0 for part in own) == pytest.approx(each.at_stake or 0)


def test_money_is_that_of_the_price_module(tmp_path: Path) -> None:
    """200 random calls: the sum, to a nano-dollar a call, with cached input."""
    dice = random.Random(5)
    names = dice.sample([name for name in prices.known_models() if "/" not in name], 20)
    records, expected = [], 0.0
    for number in range(200):
        name = dice.choice(names)
        input_, output = dice.randrange(1, 50_000), dice.randrange(1, 5_000)
        cached = dice.randrange(0, input_)
        record = chat(number)
        record["request"]["model"] = record["response"]["model"] = name
        record["response"]["usage"] = {
            "prompt_tokens": input_,
            "completion_tokens": output,
            "prompt_tokens_details": {"cached_tokens": cached},
        }
        records.append(record)
        price = prices.price(name)
        assert price is not None
        rate = price.input if price.cached_input is None else price.cached_input
        expected += ((input_ - cached) * price.input + cached * rate + output * price.output) / 1e6
    found, _ = documented(write_lines(tmp_path / "a.jsonl", records))
    assert found.overview.unpriced == 0
    assert found.overview.usd == pytest.approx(expected, abs=200 * 1e-9)
    assert sum(each.usd for each in found.weeks) == pytest.approx(expected, abs=200 * 1e-9)


# --- less than everything -------------------------------------------------------------------


def test_without_texts_numbers_still_work(tmp_path: Path) -> None:
    path, truth = made(tmp_path, 300)
    found, _ = documented(path, texts="none")
    assert {each.kind for each in found.findings} >= {"retries", "batch", "output"}
    assert not found.hits
    assert not found.prefixes
    assert finding(found, "growth").at_stake == pytest.approx(truth.grown_tokens * INPUT["gpt-4o"], abs=1e-8)
    assert {each.kind: each.calls for each in found.retries} == dict(truth.retries)
    assert any("repeats" in each.what and each.share == 1 for each in found.overview.missing)


@pytest.fixture(scope="module")
def near_questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 openings a minute apart; every second one but the first is the one before with a word more.

    After each stands a later turn that says the same in all conversations.
    """
    dice = random.Random(5)
    records, said = [], ""
    for number in range(400):
        fresh = ["".join(dice.choices("abcdefgh", k=6)) for _ in range(9)]
        said = f"{said} {fresh[0]}" if number % 2 else " ".join(fresh)
        for turn, text in enumerate((said, "Yes, do that, thank you very much.")):
            record = chat(60 * number + 5 * turn, conversation_id=f"c{number}")
            record["request"]["messages"][1]["content"] = said
            if turn:
                record["request"]["messages"] += [
                    {"role": "assistant", "content": "So?"},
                    {"role": "user", "content": text},
                ]
            record["response"]["id"] = f"{number}-{turn}"
            records.append(record)
    return write_lines(tmp_path_factory.mktemp("near") / "log.jsonl", records)


@pytest.mark.parametrize(("sample", "slice_"), [(1_000, 20_000), (100, 170)])
def test_near_questions_are_told_by_threshold_and_time(
    near_questions: Path, monkeypatch: pytest.MonkeyPatch, sample: int, slice_: int
) -> None:
    """Half of the questions are near an earlier one; a sample says so within its interval, and slices do."""
    pytest.importorskip("sklearn")
    from promptlint.traffic.findings import semantic

    monkeypatch.setattr(semantic, "SAMPLE", sample)
    monkeypatch.setattr(semantic, "SLICE", slice_)
    found, _ = documented(near_questions, texts="keep")
    told = {(each.threshold, each.ttl): each for each in found.similar}
    assert {each.questions for each in found.similar} == {400}  # later turns are not compared
    assert {each.sampled for each in found.similar} == {min(sample, 400)}
    near = told[0.80, 3_600]
    assert near.low <= 0.5 <= near.high
    assert near.high - near.low < (0.11 if sample > 400 else 0.21)
    assert near.usd == pytest.approx(near.share * 400 * found.overview.usd / 800)
    assert told[0.99, None].share < 0.02
    for ttl in (60, None):
        shares = [told[threshold, ttl].share for threshold in semantic.THRESHOLDS]
        assert shares == sorted(shares, reverse=True)
    assert told[0.80, 60].share <= near.share
    hits = {each.ttl: each for each in found.hits if each.cache == "semantic"}
    assert hits[60].share == told[0.95, 60].share
    assert hits[60].basis.value == "estimated"


def test_without_texts_nothing_semantic_is_said(planted: tuple[Traffic, Truth]) -> None:
    found, _ = planted
    assert found.similar == ()
    assert any("semantic" in each.what for each in found.missing)


def test_nothing_is_said_of_nothing(tmp_path: Path) -> None:
    found, counted = documented(write_lines(tmp_path / "a.jsonl", [{"what": 1}]))
    assert (found.findings, found.days, found.forecast, found.prompts) == ((), 0.0, None, ())
    assert counted.spend == ()


def test_a_model_without_a_price_has_nothing_at_stake(tmp_path: Path) -> None:
    def calls() -> Iterator[dict[str, object]]:
        for number in range(6):
            record = chat(number)
            record["request"]["model"] = record["response"]["model"] = "our-own-model"
            record["response"]["usage"]["prompt_tokens"] = 1000 + 100 * number
            yield record

    found, _ = documented(write_lines(tmp_path / "a.jsonl", list(calls())))
    assert all(each.at_stake is None for each in found.findings)
    assert found.overview.unpriced == 6


def test_a_try_without_its_record_is_hidden(tmp_path: Path) -> None:
    records = [chat(0), chat(5, metadata={"attempt": 3})]
    found, _ = documented(write_lines(tmp_path / "a.jsonl", records))
    assert (found.hidden_tries, found.retries) == (3, ())


def test_tries_that_are_counted_from_one_hide_nothing(tmp_path: Path) -> None:
    records = [chat(number, metadata={"attempt": 1}) for number in range(4)]
    assert documented(write_lines(tmp_path / "a.jsonl", records))[0].hidden_tries == 0


def test_two_users_who_ask_the_same_make_no_call_again(tmp_path: Path) -> None:
    """The same text within seconds: a repeat, but nobody's retry."""
    records = [chat(0), chat(0) | {"timestamp": 1_790_000_004}]
    for index, record in enumerate(records):
        record["request"]["user"] = f"user {index}"
        record["response"]["id"] = f"id {index}"
    found, _ = documented(write_lines(tmp_path / "a.jsonl", records))
    assert found.retries == ()
    assert next(each for each in found.hits if each.cache == "exact" and each.ttl == 60).hits == 1


def test_the_window_of_a_retry_counts(tmp_path: Path) -> None:
    records = [chat(0, error="deadline exceeded", status=504), chat(100)]
    for record in records:
        record["request"]["messages"][1]["content"] = "the same"
        record["request"]["user"] = "one"
    path = write_lines(tmp_path / "a.jsonl", records)
    assert [each.kind for each in documented(path)[0].retries] == ["timeout"]
    assert documented(path, Asked(retry_seconds=60))[0].retries == ()


def test_sentences_hold_no_names_of_logs(tmp_path: Path) -> None:
    """What renderers take for our own words has no word of a log in it."""
    path, _ = made(tmp_path, 300)
    odd = "@all<b>"
    text = path.read_text()
    for name in ("fax", "app/greet.py::GREETING", "app/support.py::SYSTEM"):
        text = text.replace(f'"{name}"', json.dumps(odd + name))
    path.write_text(text)
    found, _ = documented(path, Asked(slots={f"{odd}app/greet.py::GREETING": (Slot(odd, 6),)}))
    assert [each.slot for each in found.prefixes if each.slot] == [odd]
    assert any(each.tool.startswith(odd) for each in found.tools)
    assert not [each for each in found.findings if odd in f"{each.says}{each.how}{each.next}"]


def test_many_prompts_are_cut_and_still_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from promptlint.traffic.findings import facts

    monkeypatch.setattr(facts, "MOST_PROMPTS", 3)
    records = [chat(number, metadata={"prompt_id": f"p{number}"}) for number in range(20)]
    found, _ = documented(write_lines(tmp_path / "a.jsonl", records))
    assert len(found.prompts) == 4
    assert sum(each.calls for each in found.prompts) == 20
    assert facts.OTHERS in {each.prompt for each in found.prompts}
    assert [note for note in found.notes if "prompts" in note and facts.OTHERS in note]


@pytest.mark.slow
def test_spark_says_the_same(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    import shutil
    import warnings

    from promptlint import documents

    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    path, _ = made(tmp_path, 300)
    expected = documented(path, texts="keep")[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pyspark, for a pandas that is not used
        found = documented(path, texts="keep", engine="spark", master="local[2]")[0]
    assert json.dumps(documents.to_json(found)) == json.dumps(documents.to_json(expected))
