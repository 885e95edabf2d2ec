"""Commands with a suite against a server on loopback: what is accepted is written, nothing else is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from promptlint.compress import estimate, search
from tests.compress import planted
from tests.evals_providers import server as servers
from tests.evals_providers.server import Options, Server

ROOT = Path(__file__).resolve().parents[2]
NEEDED = [("amber",), ("teal",)]
FEW = planted.COLOURS[:3] + planted.COLOURS[-3:]
WORDY = (
    "It is important to note that you stay calm. In the event that a customer asks, say what is there.",
    "Due to the fact that the shop is small, be brief. At this point in time there is no sale.",
    "Read all of the ticket in order to help.",
)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        yield found


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[servers.Asked], str | None]], None]:
    """Let a function say what is answered; None: the last message, as ever."""
    usual = servers.answer

    def given(say: Callable[[servers.Asked], str | None]) -> None:
        def answer(asked: servers.Asked, finish: str) -> dict[str, Any]:
            found = usual(asked, finish)
            text = say(asked)
            if text is not None:
                found["choices"][0]["message"]["content"] = text
            return found

        monkeypatch.setattr(servers, "answer", answer)

    return given


def small(root: Path, server: Server, *more: str, count: int = 160, **given: object) -> Path:
    """A project with a prompt of six colours, of which two are needed; its suite."""
    text = planted.prompt(FEW).replace("Ticket:", "".join(f"{each}\n\n" for each in more) + "Ticket:")
    return planted.project(root, server, NEEDED, count=count, text=text, **given)


# --- compress -------------------------------------------------------------------------------


def test_apply_writes_what_was_accepted(promptlint, tmp_path: Path, server: Server) -> None:
    small(tmp_path, server)
    before = (tmp_path / "shop.md").read_text()
    ran = promptlint(
        "compress", "shop.md", "--suite", "evals/shop.json", "--format", "json", "--max-cost", "5"
    )
    assert ran.code == 0
    assert (tmp_path / "shop.md").read_text() == before
    ran = promptlint("compress", "shop.md", "--suite", "evals/shop.json", "--format", "json", "--apply")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert found["verdict"] == "accepted"
    assert found["candidate"] is None
    assert found["scores"]["interval"][0] <= found["scores"]["difference"] == 0
    assert found["calls"] == 0  # all is known from the first run
    after = (tmp_path / "shop.md").read_text()
    assert after == found["text"]
    assert [colour for colour in FEW if colour in after] == ["amber", "teal"]
    assert "parts to try on" in ran.err
    assert "wrote shop.md" in ran.err


def test_what_stood_for_a_restated_rule_may_be_cut_with_it(
    promptlint, tmp_path: Path, server: Server
) -> None:
    small(tmp_path, server, "Never promise a refund.", "Do not promise a refund.")
    alone = json.loads(promptlint("compress", "shop.md", "--format", "json").out)
    assert [each["why"] for each in alone["dropped"]] == ["restated in line 15"]
    ran = promptlint("compress", "shop.md", "--suite", "evals/shop.json", "--format", "json")
    found = json.loads(ran.out)
    assert "promise" not in found["text"]
    assert {each["why"] for each in found["dropped"]} == {"no measurable effect on 80 cases"}


def test_the_text_and_the_page_of_a_measured_run(promptlint, tmp_path: Path, server: Server) -> None:
    small(tmp_path, server)
    (tmp_path / "promptlint.toml").write_text(PRICED)
    ran = promptlint("compress", "shop.md", "--suite", "evals/shop.json", "--html", "page.html")
    assert ran.code == 0
    for said in (
        "ACCEPTED: shop.md",
        "a month for the input",
        "an answer (measured)",
        "no measurable effect on 80 cases",
        "tokens against quality:",
        "contract: ",
    ):
        assert said in ran.out, said
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("<circle") >= 2
    assert "no measurable effect on 80 cases" in page


PRICED = '[[prompts]]\nmatch = "shop.md"\nmodel = "gpt-4o"\ncalls_per_month = 100000\n'


@pytest.mark.parametrize(("needed", "count"), [([(colour,) for colour in FEW], 160), (NEEDED, 40)])
def test_where_nothing_is_proven_nothing_is_written(
    promptlint, tmp_path: Path, server: Server, needed: list[tuple[str, ...]], count: int
) -> None:
    planted.project(tmp_path, server, needed, count=count, text=planted.prompt(FEW))
    before = (tmp_path / "shop.md").read_bytes()
    ran = promptlint("compress", "shop.md", "--suite", "evals/shop.json", "--apply")
    assert ran.code == 4
    assert ran.out.startswith("UNDECIDED")
    assert "nothing to write" in ran.err
    assert (tmp_path / "shop.md").read_bytes() == before


def test_calls_that_did_not_suffice_are_told(promptlint, tmp_path: Path, server: Server) -> None:
    small(tmp_path, server)
    suite = ("--suite", "evals/shop.json", "--max-calls", "90", "--format", "json")
    found = json.loads(promptlint("compress", "shop.md", *suite).out)
    (why,) = [each["why"] for each in found["left"] if "was tried" in each["why"]]
    assert "the budget of 90 calls" in why
    most = why.partition("--max-calls ")[2].split()[0]
    again = json.loads(promptlint("compress", "shop.md", *suite[:3], most, *suite[4:]).out)
    assert again["verdict"] == "accepted"
    assert not [each for each in again["left"] if "was tried" in each["why"]]


def test_the_dollars_are_of_the_suites_own_price(promptlint, tmp_path: Path, server: Server) -> None:
    path = small(tmp_path, server)
    suite = json.loads(path.read_text())
    suite["provider"]["price"] = {"input": 1000.0, "output": 1000.0}
    path.write_text(json.dumps(suite))
    found = json.loads(
        promptlint("compress", "shop.md", "--suite", "evals/shop.json", "--format", "json").out
    )
    assert found["before"]["usd_per_1000"][1] == pytest.approx(
        1000.0 * found["before"]["tokens"] / 1000, rel=0.5
    )


def test_what_only_the_proof_misses_is_rejected(promptlint, tmp_path: Path, server: Server) -> None:
    path = small(tmp_path, server)
    found = json.loads(path.read_text())
    for number, test in enumerate(found["tests"]):
        test["id"] = f"case {number}"
    names = [(test["id"], None) for test in found["tests"]]
    proof = search.split(names, estimate.least(0.05, 0.05)).proof
    for number, test in enumerate(found["tests"]):
        needed = FEW if number in proof else ["Ticket"]
        test["assert"] = [{"type": "contains-all", "value": list(needed)}]
    path.write_text(json.dumps(found))
    before = (tmp_path / "shop.md").read_text()
    ran = promptlint("compress", "shop.md", "--suite", "evals/shop.json", "--apply", "--format", "json")
    done = json.loads(ran.out)
    assert (ran.code, done["verdict"]) == (1, "rejected")
    assert done["text"] == before  # what was rejected is no more than a candidate
    assert (done["edits"], done["dropped"]) == ([], [])
    assert done["after"] == done["before"]
    assert done["candidate"]["text"] != before
    assert done["candidate"]["after"]["tokens"] < done["before"]["tokens"]
    assert done["scores"]["difference"] < 0
    assert "as it is" in [point["name"] for point in done["pareto"]]
    shown = promptlint("compress", "shop.md", "--suite", "evals/shop.json").out
    assert "nothing to change" in shown
    assert "dropped:" not in shown
    assert "not written: a candidate of" in shown
    assert "difference -" in shown
    assert (tmp_path / "shop.md").read_text() == before
    assert "nothing to write" in ran.err


def test_a_prompt_without_text_that_may_go_is_undecided(promptlint, tmp_path: Path, server: Server) -> None:
    planted.project(tmp_path, server, [("Ticket",)], count=160, text="Ticket: {{ticket}}\n")
    ran = promptlint("compress", "shop.md", "--suite", "evals/shop.json", "--format", "json")
    assert ran.code == 4
    assert "nothing was cut" in json.loads(ran.out)["message"]


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (lambda text: text.replace("{{shop}}", "{{store}}"), "slots changed"),
        (lambda text: f"{text} {text}".replace("{{shop}} {{shop}}", "{{shop}}"), "slots changed"),
        (lambda text: 'It holds {"wool": {{shop}} `wool`.', "numbers, quotations, code or JSON changed"),
        (lambda text: text + " It is a very large shelf, indeed.", "not shorter"),
    ],
)
def test_a_rewriter_that_spoils_the_text_is_refused_and_told(
    promptlint, tmp_path: Path, server: Server, answers: Any, says: Callable[[str], str], why: str
) -> None:
    def say(asked: servers.Asked) -> str | None:
        if asked.body["model"] != "writer":
            return None
        return says(asked.last.removeprefix("<text>\n").removesuffix("\n</text>"))

    answers(say)
    held = "The amber shelf of {{shop}} holds as much as `wool` says it does, and never more than that."
    text = f"# The shop\n\n{held}\n\nTicket: {{{{ticket}}}}\n"
    path = planted.project(tmp_path, server, [("amber",), ("wool",)], count=160, text=text)
    path.write_text(path.read_text().replace('"vars": {', '"vars": {"shop": "ours", '))
    ran = promptlint(
        *("compress", "shop.md", "--suite", "evals/shop.json", "--rewriter", "writer", "--format", "json")
    )
    assert ran.code == 4
    found = json.loads(ran.out)
    assert f"0 of 1 rewrites keep the contract; refused: 1 {why}" in found["reasons"]
    assert found["text"] == text
    assert "(1 of them of the rewriter)" in ran.err


# --- what the call sends --------------------------------------------------------------------

FORM = (
    "---\nmodel: gpt-4o\n---\nRead the ticket and judge it.\n\nRespond with a JSON object in this form, and with nothing before the "
    "first brace and nothing after the last one, whatever the ticket says:\n\n"
    '```json\n{\n    "mood": "happy",\n    "urgent": true\n}\n```\n\nTicket: {{ticket}}\n'
)


def formed(root: Path, server: Server, **given: object) -> Path:
    path = planted.project(root, server, [("happy",)], count=160, text=FORM, **given)
    found = json.loads(path.read_text())
    for test in found["tests"]:
        test["assert"] = [{"type": "is-json"}]
    path.write_text(json.dumps(found))
    return path


def form(asked: servers.Asked) -> str | None:
    knows = "JSON object" in asked.last or "response_format" in asked.body
    return '{"mood": "happy", "urgent": true}' if knows else "It is a happy one."


def test_a_schema_is_sent_with_the_prompt_that_relies_on_it(
    promptlint, tmp_path: Path, server: Server, answers: Any
) -> None:
    answers(form)
    formed(tmp_path, server)
    arguments = ("compress", "shop.md", "--suite", "evals/shop.json", "--format", "json", "--apply")
    ran = promptlint(*arguments)
    (left,) = [each for each in json.loads(ran.out)["left"] if each["pass_name"] == "structured-output"]
    assert "--schema FILE" in left["why"]
    assert "JSON object" in (tmp_path / "shop.md").read_text()
    assert not any("response_format" in entry["body"] for entry in server.log)
    ran = promptlint(*arguments, "--schema", "schema.json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert "JSON object" not in (tmp_path / "shop.md").read_text()
    schema = json.loads((tmp_path / "schema.json").read_text())
    assert schema == json.loads(found["response_schema"])
    assert schema["required"] == ["mood", "urgent"]
    sent = [entry["body"] for entry in server.log if "response_format" in entry["body"]]
    assert all(body["response_format"]["json_schema"]["schema"] == schema for body in sent)
    assert all("JSON object" not in body["messages"][-1]["content"] for body in sent)
    assert len(sent) >= 80
    assert found["after"]["tokens"] < found["before"]["tokens"]
    assert any("`response_format`" in reason for reason in found["reasons"])


def test_a_server_that_takes_no_schema_loses_that_edit_alone(
    promptlint, tmp_path: Path, server: Server, answers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(form)
    usual = servers.plan_of
    monkeypatch.setattr(
        servers,
        "plan_of",
        lambda asked, plan: ["400"] if "response_format" in asked.body else usual(asked, plan),
    )
    formed(tmp_path, server)
    ran = promptlint(
        *("compress", "shop.md", "--suite", "evals/shop.json", "--format", "json", "--schema", "schema.json")
    )
    found = json.loads(ran.out)
    assert any(reason.startswith("the provider takes no schema: ") for reason in found["reasons"])
    assert "JSON object" in found["text"]
    assert not (tmp_path / "schema.json").exists()


CHAT = (
    "You are a support assistant. Answer the last message of the customer.\n\n"
    "{% for turn in history %}\n{{ turn }}\n{% endfor %}\n\nTicket: {{ ticket }}\n"
)


@pytest.mark.parametrize("turns", [14, 4])
def test_a_history_is_bounded_where_the_cases_have_one(
    promptlint, tmp_path: Path, server: Server, turns: int
) -> None:
    path = planted.project(tmp_path, server, [("Ticket",)], count=160)
    (tmp_path / "shop.md").unlink()
    (tmp_path / "shop.j2").write_text(CHAT)
    found = json.loads(path.read_text().replace("shop.md", "shop.j2"))
    for test in found["tests"]:
        test["options"] = {"disableVarExpansion": True}
        test["vars"]["history"] = [f"{number} said to {test['vars']['ticket']}" for number in range(turns)]
    path.write_text(json.dumps(found))
    ran = promptlint(*("compress", "shop.j2", "--suite", "evals/shop.json", "--format", "json", "--apply"))
    done = json.loads(ran.out)
    text = (tmp_path / "shop.j2").read_text()
    if turns > 10:
        assert ran.code == 0
        assert "{% for turn in history[-10:] %}" in text
        (bound,) = [each for each in done["edits"] if each["pass_name"] == "context-bounds"]
        assert bound["tokens_saved"] > 4
        assert "160 of 160 cases are longer" in bound["why"]
    else:
        assert "in history %}" in text
        (left,) = [each for each in done["left"] if each["pass_name"] == "context-bounds"]
        assert left["why"] == "no case of the suite is longer than that"


# --- fix ------------------------------------------------------------------------------------


def test_fixes_are_written_only_if_the_suite_accepts_them(promptlint, tmp_path: Path, server: Server) -> None:
    small(tmp_path, server, *WORDY)
    before = (tmp_path / "shop.md").read_text()
    for extra in ("--diff", "--check"):
        assert promptlint("fix", "--suite", "evals/shop.json", "--unsafe", extra).code == 0
        assert (tmp_path / "shop.md").read_text() == before
    ran = promptlint("fix", "shop.md", "--suite", "evals/shop.json", "--unsafe", "--format", "json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert found["verdict"] == "accepted"
    assert found["text"] == (tmp_path / "shop.md").read_text() != before
    assert all(colour in found["text"] for colour in FEW)
    assert {each["pass_name"][:3] for each in found["edits"]} == {"TOK"}
    proven = {entry["body"]["messages"][-1]["content"].rpartition("Ticket: ")[2] for entry in server.log}
    assert len(proven) == 160  # there is no search: all cases prove
    ran = promptlint("fix", "--suite", "evals/shop.json", "--unsafe")
    assert ran.code == 0
    assert "nothing to fix: no model was asked" in ran.err


def test_fixes_that_the_cases_miss_are_rejected_and_not_written(
    promptlint, tmp_path: Path, server: Server
) -> None:
    text = planted.prompt(FEW).replace("Ticket:", "\n\n".join((*WORDY, "Ticket:")))
    planted.project(tmp_path, server, [("important to note",)], count=160, text=text)
    ran = promptlint("fix", "--suite", "evals/shop.json", "--unsafe")
    assert ran.code == 1
    assert ran.out.startswith("REJECTED")
    assert "nothing to write" in ran.err
    assert (tmp_path / "shop.md").read_text() == text


def test_where_all_fixes_fail_the_surest_of_them_are_proven(
    promptlint, tmp_path: Path, server: Server
) -> None:
    text = planted.prompt(FEW).replace("Ticket:", "\n\n".join((*WORDY, "Ticket:")))
    planted.project(tmp_path, server, [("order to",)], count=160, text=text)
    ran = promptlint("fix", "--suite", "evals/shop.json", "--unsafe", "--format", "json")
    found = json.loads(ran.out)
    after = (tmp_path / "shop.md").read_text()
    assert ran.code == 0
    assert "in order to help" in after
    assert after == found["text"] != text
    assert any("finalists were proven (Holm)" in reason for reason in found["reasons"])
    assert any("the suite does not agree" in each["why"] for each in found["left"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a.md", "b.md", "--suite", "evals/shop.json"), "one PATH[::ID]"),
        (("--base", "HEAD", "--suite", "evals/shop.json"), "one PATH[::ID]"),
        (("other.md", "--suite", "evals/shop.json"), "the suite is for another prompt"),
        (("--suite", "missing.yaml"), "cannot be read"),
        (("shop.md", "--max-cost", "1"), "need a --suite"),
        (("shop.md", "--format", "json"), "need a --suite"),
    ],
)
def test_what_cannot_be_gated_is_told_and_nothing_is_asked(
    promptlint, tmp_path: Path, server: Server, arguments: tuple[str, ...], said: str
) -> None:
    small(tmp_path, server)
    (tmp_path / "other.md").write_text("In order to help, be quick. Ticket: {{ticket}}\n")
    ran = promptlint("fix", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert server.log == []


# --- interrupted ----------------------------------------------------------------------------


def came(server: Server, count: int) -> None:
    """Wait for so many requests, on a busy machine, too."""
    for _ in range(12):
        with suppress(AssertionError):
            return server.wait(count)
    raise AssertionError(f"{len(server.log)} requests came")


def ended(running: subprocess.Popen[str], kind: signal.Signals) -> str:
    """Signal a run until it ends; what it said. Python loses a signal that comes while a finalizer runs."""
    for _ in range(5):
        running.send_signal(kind)
        with suppress(subprocess.TimeoutExpired):
            return running.communicate(timeout=10)[1]
    return running.communicate(timeout=60)[1]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
@pytest.mark.parametrize("kind", ["SIGINT", pytest.param("SIGKILL", marks=pytest.mark.slow)])
def test_a_run_that_is_ended_goes_on_where_it_was(
    promptlint, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    small(tmp_path, server)
    before = (tmp_path / "shop.md").read_text()

    def plan(_asked: servers.Asked, _plan: str) -> list[str]:
        if len(server.log) >= 100:  # too slow to come to an end before the signal comes
            server._book.options = Options(latency_ms=1500)
        return ["ok"]

    command = [sys.executable, "-m", "promptlint", "compress", "shop.md", "--suite", "evals/shop.json"]
    with (
        monkeypatch.context() as patched,
        subprocess.Popen(
            [*command, "--apply"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as running,
    ):
        patched.setattr(servers, "plan_of", plan)
        came(server, 104)
        said = ended(running, getattr(signal, kind))
    server._book.options = Options()
    if kind == "SIGINT":
        assert running.returncode == 130
        assert "the same command again asks only for what is missing" in said
    assert (tmp_path / "shop.md").read_text() == before
    ran = promptlint("compress", "shop.md", "--suite", "evals/shop.json", "--apply")
    assert ran.code == 0
    sent = Counter(entry["sha256"] for entry in server.log)
    concurrency = 8
    assert sum(sent.values()) - len(sent) <= (concurrency if kind == "SIGKILL" else 0)
    assert [colour for colour in FEW if colour in (tmp_path / "shop.md").read_text()] == ["amber", "teal"]


def test_a_provider_that_dies_half_way_is_told_and_the_rest_is_asked_later(
    promptlint, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(tmp_path, server)
    arguments = ("compress", "shop.md", "--suite", "evals/shop.json", "--apply")

    def plan(_asked: servers.Asked, _plan: str) -> list[str]:
        return ["401"] if len(server.log) >= 100 else ["ok"]

    with monkeypatch.context() as patched:
        patched.setattr(servers, "plan_of", plan)
        ran = promptlint(*arguments)
    assert ran.code == 4
    assert "401" in ran.out
    assert "the same command again asks only for what is missing" in ran.err
    assert "nothing to write" in ran.err
    assert promptlint(*arguments).code == 0
    answered = Counter(entry["sha256"] for entry in server.log if entry["action"] == "ok")
    assert max(answered.values()) == 1
