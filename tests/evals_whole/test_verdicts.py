"""`promptlint eval` from the suite's file to the exit code, against a real server on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.evals_providers.server import Options, Server
from tests.evals_whole.project import cases, project, wrong_each


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def test_a_shorter_prompt_that_answers_alike_is_accepted(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    suite = project(tmp_path, server, cases(120))
    ran = promptlint("eval", str(suite), "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"], found["cases"]) == (0, "accepted", 120)
    assert found["candidate"]["tokens"]["input"] < found["baseline"]["tokens"]["input"]
    assert found["difference"] == 0
    assert found["interval"][0] > -0.05
    assert (found["calls"], found["cached_calls"], len(server.log)) == (240, 0, 240)


def test_a_prompt_that_loses_more_than_the_margin_is_rejected(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    suite = project(tmp_path, server, cases(120, short=wrong_each(4)))
    ran = promptlint("eval", str(suite), "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"]) == (1, "rejected")
    assert found["difference"] == pytest.approx(-0.25)
    assert found["interval"][1] < -0.05
    assert sum(case["change"] == "broke" for case in found["results"]) == 30
    assert found["confusion"][0]["candidate"][0][1] == 30


def test_one_broken_critical_case_rejects_whatever_the_mean(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    tests = cases(200, short=lambda index: "bug" if index == 7 else "billing", critical=[7])
    found = json.loads(promptlint("eval", str(project(tmp_path, server, tests)), "--format", "json").out)
    assert found["verdict"] == "rejected"
    assert "critical" in found["reasons"][0]


def test_a_gain_on_a_broken_baseline_hides_no_loss(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    ran = promptlint("eval", str(project(tmp_path, server, cases(30, short=wrong_each(15)), margin=0.1)))
    assert ran.code == 4
    assert "UNDECIDED" in ran.out
    assert "more cases" in ran.out


def test_too_few_cases_are_refused_before_a_call_and_undecided_anyway(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    suite = str(project(tmp_path, server, cases(12)))
    refused = promptlint("eval", suite, "--format", "json")
    found = json.loads(refused.out)
    assert (refused.code, found["verdict"], len(server.log)) == (4, "undecided", 0)
    assert found["reasons"][0].startswith("nothing was asked")
    ran = promptlint("eval", suite, "--anyway", "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"]) == (4, "undecided")
    assert found["needs_cases"] > 0


def test_a_prompt_against_itself_is_never_accepted_for_the_answers_it_shares(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    suite = project(tmp_path, server, cases(120), candidate="prompts/long.md")
    ran = promptlint("eval", str(suite), "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"], len(server.log)) == (4, "undecided", 120)
    assert "identical requests" in found["reasons"][0]


def test_a_second_run_pays_for_nothing(promptlint: Runner, tmp_path: Path, server: Server) -> None:
    suite = str(project(tmp_path, server, cases(80)))
    first = json.loads(promptlint("eval", suite, "--format", "json").out)
    second = json.loads(promptlint("eval", suite, "--format", "json").out)
    assert (second["calls"], second["cached_calls"], len(server.log)) == (0, 160, 160)
    assert second["verdict"] == first["verdict"]
    promptlint("eval", suite, "--no-cache")
    assert len(server.log) == 320


def test_a_recording_gives_the_same_verdict_offline_and_says_so(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    tests = cases(120, short=wrong_each(4))
    suite = project(tmp_path, server, tests)
    live = json.loads(
        promptlint("eval", str(suite), "--record", "evals/answers.jsonl", "--format", "json").out
    )
    sent = len(server.log)
    replay = project(tmp_path, None, tests, provider={"kind": "replay", "recording": "answers.jsonl"})
    ran = promptlint("eval", str(replay), "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"], found["difference"]) == (1, live["verdict"], live["difference"])
    assert (found["calls"], len(server.log), found["source"]["recorded"]) == (0, sent, True)
    assert found["source"]["recording_path"] == "evals/answers.jsonl"


def test_a_recording_without_an_answer_leaves_it_undecided(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    tests = cases(120)
    promptlint("eval", str(project(tmp_path, server, tests)), "--record", "evals/answers.jsonl")
    file = tmp_path / "evals" / "answers.jsonl"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    replay = project(tmp_path, None, tests, provider={"kind": "replay", "recording": "answers.jsonl"})
    ran = promptlint("eval", str(replay), "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"], len(found["incomplete"])) == (4, "undecided", 1)


def test_errors_of_the_server_are_neither_pass_nor_fail(promptlint: Runner, tmp_path: Path) -> None:
    with Server(Options(plan="400")) as server:
        ran = promptlint("eval", str(project(tmp_path, server, cases(80))), "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"], found["cases"]) == (4, "undecided", 0)
    assert found["baseline"]["pass_rate"] is None
    assert len(found["incomplete"]) == 80


def test_a_suite_of_which_too_much_is_unsupported_is_undecided(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    tests = cases(120)
    for case in tests[:20]:
        case["assert"] = [{"type": "javascript", "value": "output.length > 0"}]  # type: ignore[index]
    suite = str(project(tmp_path, server, tests))
    ran = promptlint("eval", suite, "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"], found["unsupported"], len(server.log)) == (4, "undecided", 20, 0)
    found = json.loads(promptlint("eval", suite, "--anyway", "--format", "json").out)
    assert (found["verdict"], found["cases"], len(server.log)) == ("undecided", 100, 200)


def test_what_costs_more_in_total_is_rejected_though_it_saves_input(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    provider = {
        "kind": "openai",
        "model": "small",
        "base_url": server.base_url,
        "price": {"input": 0.1, "output": 10},
    }
    tests = cases(120, short=lambda index: "billing " + "and so on " * 20)
    for case in tests:
        case["assert"] = [{"type": "contains", "value": "billing"}]  # type: ignore[index]
    suite = project(tmp_path, server, tests, provider=provider)
    long = tmp_path / "prompts" / "long.md"
    long.write_text("Be as brief as can be. " * 100 + long.read_text())
    ran = promptlint("eval", str(suite), "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"]) == (1, "rejected")
    assert "saves input, but costs more in total" in found["reasons"][0]
    assert found["cost"]["interval"][0] > 0


def test_repeats_are_averaged_and_asked_apart(promptlint: Runner, tmp_path: Path, server: Server) -> None:
    found = json.loads(
        promptlint("eval", str(project(tmp_path, server, cases(80), repeats=3)), "--format", "json").out
    )
    assert (len(server.log), found["cases"], found["repeats"]) == (480, 80, 3)
    assert found["method"] == "corrected t"


def test_without_a_candidate_the_prompt_is_measured(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    tests = cases(10, long=wrong_each(5), critical=[1])
    ran = promptlint("eval", str(project(tmp_path, server, tests, candidate=None)), "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"], found["baseline"]["pass_rate"]) == (0, None, 0.8)
    tests = cases(10, long=wrong_each(5), critical=[5])
    assert promptlint("eval", str(project(tmp_path, server, tests, candidate=None))).code == 1


def test_reports_are_written_beside(promptlint: Runner, tmp_path: Path, server: Server) -> None:
    suite = str(project(tmp_path, server, cases(80)))
    ran = promptlint("eval", suite, "--write", "a.html", "--write", "a.xml", "--write", "a.json")
    assert "ACCEPTED" in ran.out
    assert (tmp_path / "a.html").read_text().startswith("<!doctype html>")
    assert "<testsuite" in (tmp_path / "a.xml").read_text()
    assert json.loads((tmp_path / "a.json").read_text())["verdict"] == "accepted"
    assert promptlint("eval", suite, "--write", "a.pdf").code == 2


def test_the_command_line_names_another_candidate_and_margin(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    suite = str(project(tmp_path, server, cases(120), candidate=None, margin=None))
    (tmp_path / "prompts" / "new.md").write_text("Sort it.\n{{ticket}}\nsay:{{long}}\n")
    missing = promptlint("eval", suite, "--candidate", "prompts/new.md")
    assert (missing.code, "margin" in missing.err, server.log) == (2, True, [])
    assert promptlint("eval", suite, "--candidate", "prompts/new.md", "--margin", "0.05").code == 0
    assert promptlint("eval", suite, "--candidate", "prompts/new.md", "--margin", "1").code == 2
    assert promptlint("eval", suite, "--candidate", "../new.md", "--margin", "0.1").code == 2


def test_a_suite_of_promptfoo_is_run_as_it_is(promptlint: Runner, tmp_path: Path, server: Server) -> None:
    (tmp_path / "promptfooconfig.yaml").write_text(
        "prompts: ['Sort {{ticket}} well, please do. say:{{label}}', 'Sort {{ticket}}. say:{{label}}']\n"
        f"providers: [{{id: 'openai:chat:small', config: {{apiBaseUrl: '{server.base_url}'}}}}]\n"
        "tests: file://tests.csv\n"
    )
    rows = [f"number {index},billing,billing" for index in range(120)]
    (tmp_path / "tests.csv").write_text("\n".join(["ticket,label,__expected", *rows]) + "\n")
    ran = promptlint("eval", "promptfooconfig.yaml", "--margin", "0.05", "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"], found["cases"], len(server.log)) == (0, "accepted", 120, 240)


def test_each_prompt_is_sent_with_what_its_own_call_sends(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    (tmp_path / "bot.py").write_text(
        "from openai import OpenAI\n\n\ndef long(ticket, label):\n"
        "    return OpenAI().chat.completions.create(model='gpt-4o', max_tokens=9, messages=[\n"
        "        {'role': 'user', 'content': f'Sort the ticket {ticket}. say:{label}'}])\n\n\n"
        "def short(ticket, label):\n"
        "    return OpenAI().chat.completions.create(model='gpt-4o', max_tokens=7, messages=[\n"
        "        {'role': 'user', 'content': f'Sort {ticket}. say:{label}'}])\n"
    )
    names = {
        each["id"] for each in json.loads(promptlint("prompts", "bot.py", "--format", "json").out)["prompts"]
    }
    long, short = sorted(names)
    tests = [
        {
            "vars": {"ticket": f"number {index}", "label": "bug"},
            "assert": [{"type": "equals", "value": "bug"}],
        }
        for index in range(70)
    ]
    suite = project(tmp_path, server, tests, prompt=long, candidate=short)
    ran = promptlint("eval", str(suite), "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"]) == (0, "accepted")
    assert {entry["body"]["max_tokens"] for entry in server.log} == {7, 9}
    assert {entry["body"]["temperature"] for entry in server.log} == {0}
    assert any("max_tokens" in note for note in found["notes"])
