"""`eval power`, `eval aa` and `eval bless` against a real server on loopback."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from promptlint.evals import anchors

PROMPT = "Name the queue.\n\nTicket: {{ticket}}\n"
SHORT = "Queue? {{ticket}}\n"
CASES = 120


class Model(ThreadingHTTPServer):
    """Answers `queue N` to ticket N. `BAD` in a prompt: wrong in one of five; `NOISY`: in its repeats."""

    daemon_threads = False
    answered = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Model

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = " ".join(message["content"] for message in asked["messages"])
        number = int(re.findall(r"ticket (\d+)", said)[-1])
        self.server.answered += 1
        wrong = ("BAD" in said and number % 5 == 0) or ("NOISY" in said and self.server.answered % 9 == 0)
        answer = {
            "model": "small-2026",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": "?" if wrong else f"queue {number}"},
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": len(said), "completion_tokens": 3, "total_tokens": len(said) + 3},
        }
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def model() -> Iterator[Model]:
    with Model(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def project(model: Model, cases: int = CASES, extra: str = "") -> Path:
    Path("prompts").mkdir()
    Path("prompts/t.md").write_text(PROMPT)
    Path("prompts/short.md").write_text(SHORT)
    Path("evals").mkdir()
    lines = [
        "prompt: prompts/t.md",
        "candidate: prompts/short.md",
        f'provider: {{kind: openai, base_url: "http://127.0.0.1:{model.server_port}/v1", model: small, '
        "temperature: 0}",
        "margin: 0.05",
        *([extra] if extra else []),
        "tests:",
    ]
    for number in range(cases):
        lines += [
            f'  - vars: {{ticket: "ticket {number}"}}',
            f'    assert: [{{type: equals, value: "queue {number}"}}]',
        ]
    path = Path("evals/t.yaml")
    path.write_text("\n".join(lines) + "\n")
    return path


def anchor() -> anchors.Blessed:
    found = anchors.read(Path("evals/t.anchor.json"))
    assert found is not None
    return found.blessed


# --- bless ----------------------------------------------------------------------------------------


def test_an_anchor_is_blessed_defended_and_replaced(promptlint, model) -> None:
    suite = str(project(model))
    done = promptlint("eval", "bless", suite)
    assert (done.code, done.err.count("Traceback")) == (0, 0)
    assert "pass rate (measured): 100.0 %" in done.out
    assert "budget: 5.00 of 5.00 points left" in done.out
    first = anchor()
    assert (first.models, first.cases, first.score, first.provider) == (("small-2026",), CASES, 1.0, "openai")

    assert promptlint("eval", "bless", suite).out == "prompts/t.md is the anchor already\n"
    assert model.answered == CASES

    Path("prompts/t.md").write_text("BAD " + PROMPT)
    worse = promptlint("eval", "bless", suite)
    assert worse.code == 1
    assert worse.out.startswith("refused: the gate says rejected: worse by more than the margin of 5 points")
    assert anchor() == first
    assert model.answered == 2 * CASES  # the anchor's answers were known

    Path("prompts/t.md").write_text("NOW " + PROMPT)
    assert promptlint("eval", "bless", suite, "--dry-run").code == 0
    assert anchor() == first
    later = promptlint("eval", "bless", suite)
    assert (later.code, len(anchor().history)) == (0, 2)
    assert anchor().content_hash != first.content_hash
    assert anchor().history[1].difference == 0
    assert model.answered == 3 * CASES


def test_a_reset_replaces_what_the_gate_defends_and_keeps_the_reason(promptlint, model) -> None:
    suite = str(project(model))
    promptlint("eval", "bless", suite)
    Path("prompts/t.md").write_text("BAD " + PROMPT)
    assert promptlint("eval", "bless", suite, "--reset-budget", " ").code == 2
    assert model.answered == CASES  # the reason is looked at before anything is sent
    done = promptlint("eval", "bless", suite, "--reset-budget", "new labels")
    assert (done.code, anchor().history[-1].reset, anchor().pass_rate) == (0, "new labels", 0.8)
    assert anchor().history[-1].difference == pytest.approx(-0.2)


def test_the_candidate_is_blessed_if_that_is_said(promptlint, model) -> None:
    suite = str(project(model))
    promptlint("eval", "bless", suite)
    assert promptlint("eval", "bless", suite, "--candidate").code == 0
    assert anchor().prompt == "prompts/short.md"


def test_the_anchor_is_the_baseline_though_the_file_has_moved_on(promptlint, model) -> None:
    suite = str(project(model))
    promptlint("eval", "bless", suite)
    Path("prompts/t.md").write_text("BAD BAD " + PROMPT)
    Path("prompts/short.md").write_text("BAD " + SHORT)
    done = promptlint("eval", suite, "--format", "json")
    found = json.loads(done.out)
    assert (done.code, found["verdict"], found["baseline"]["anchor"]) == (1, "rejected", True)
    assert found["baseline"]["pass_rate"] == 1.0
    assert any("does not have the blessed text" in note for note in found["budget"]["notes"])


def test_a_forged_anchor_is_refused_before_anything_is_sent(promptlint, model) -> None:
    suite = str(project(model))
    promptlint("eval", "bless", suite)
    path = Path("evals/t.anchor.json")
    path.write_text(path.read_text().replace("Name the queue.", "Name no queue."))
    for command in (("eval", "bless", suite), ("eval", suite)):
        done = promptlint(*command)
        assert done.code == 2
        assert "content hash differs" in done.err
    assert model.answered == CASES


def test_a_suite_that_names_no_candidate_has_none_to_bless(promptlint, model) -> None:
    path = project(model)
    path.write_text(path.read_text().replace("candidate: prompts/short.md\n", ""))
    done = promptlint("eval", "bless", str(path), "--candidate")
    assert (done.code, model.answered) == (2, 0)
    assert "names no `candidate`" in done.err


# --- aa -------------------------------------------------------------------------------------------


def test_a_steady_model_is_accepted_against_itself_on_answers_of_its_own(promptlint, model) -> None:
    suite = str(project(model))
    done = promptlint("eval", "aa", suite, "--format", "json")
    found = json.loads(done.out)
    assert (done.code, found["verdict"], found["flips"], found["identical_requests"]) == (0, "accepted", 0, 0)
    assert (found["same_texts"], found["calls"], model.answered) == (CASES, 2 * CASES, 2 * CASES)
    assert "deterministic" in found["reading"][0]
    again = json.loads(promptlint("eval", "aa", suite, "--format", "json").out)
    assert (again["calls"], again["cached_calls"], model.answered) == (0, 2 * CASES, 2 * CASES)


def test_noise_is_measured_and_planned_with(promptlint, model) -> None:
    suite = str(project(model, extra="repeats: 2"))
    Path("prompts/t.md").write_text("NOISY " + PROMPT)
    done = promptlint("eval", "aa", suite)
    assert model.answered == 4 * CASES
    assert re.search(r"flips \(measured\): [\d.]+ % of the cases, \d+ lower and \d+ higher", done.out)
    assert re.search(r"90 % interval [-+]\d+\.\d+ to [-+]\d+\.\d+", done.out)
    assert "cases for 80 %" in done.out
    assert done.code in (0, 1, 4)  # chance may reject, too: one run in twenty


# --- power ----------------------------------------------------------------------------------------


def test_power_needs_no_model(promptlint, model) -> None:
    suite = str(project(model, cases=60))
    done = promptlint("eval", "power", suite)
    assert (done.code, model.answered) == (0, 0)
    assert done.out.startswith("margin 5 points, alpha 0.05, 60 cases\n")
    assert "flips (assumed)" in done.out
    found = json.loads(promptlint("eval", "power", suite, "--flips", "0.05", "--format", "json").out)
    assert [(row["flips"], row["needs_cases"], row["power_is"]) for row in found["rows"]] == [
        (0.05, 159, "exact")
    ]


def test_power_knows_the_flips_of_the_last_promotion(promptlint, model) -> None:
    suite = str(project(model))
    promptlint("eval", "bless", suite)
    promptlint("eval", "bless", suite, "--candidate")
    assert "flips (measured)" in promptlint("eval", "power", suite).out


@pytest.mark.parametrize(
    ("given", "code", "word"),
    [
        (["--margin", "0.03"], 0, "1,382"),
        (["--margin", "0.03", "--cases", "400", "--clusters", "50"], 0, "400 cases in 50 clusters"),
        (["--margin", "0.03", "--cases", "400", "--repeats", "3"], 0, "3 answers each"),
        (["--margin", "0.03", "--cases", "20"], 1, "hopeless"),
        ([], 2, "no margin"),
        (["--margin", "1"], 2, "margin"),
        (["--margin", "0.1", "--cases", "5", "--clusters", "6"], 2, "5 cases only"),
        (["--margin", "0.1", "--flips", "nan"], 2, "flips"),
        (["--margin", "nan"], 2, "margin"),
        (["--margin", "0.1", "--alpha", "nan"], 2, "alpha"),
        (["no-such-suite.yaml"], 2, "no-such-suite.yaml"),
    ],
)
def test_power_by_options(promptlint, given: list[str], code: int, word: str) -> None:
    done = promptlint("eval", "power", *given)
    assert done.code == code
    assert word in done.out + done.err


def test_a_hopeless_suite_is_refused_before_the_first_paid_call(promptlint, model) -> None:
    suite = str(project(model, cases=20))
    done = promptlint("eval", suite)
    assert (done.code, model.answered) == (4, 0)
    assert "20 cases cannot show that no loss reaches 5 points" in " ".join(done.out.split())
    assert promptlint("eval", suite, "--anyway").code == 4
    assert model.answered == 40


def test_a_hopeless_suite_blesses_its_first_anchor_only(promptlint, model) -> None:
    suite = str(project(model, cases=20))
    assert promptlint("eval", "bless", suite).code == 0
    done = promptlint("eval", "bless", suite, "--candidate")
    assert (done.code, model.answered) == (4, 20)
    assert done.out.startswith("refused: the gate says undecided: nothing was asked: 20 cases cannot show")
