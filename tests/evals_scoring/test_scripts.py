from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pytest

from promptlint.evals.assertions.opinions import fault, script
from promptlint.evals.model import Answer, Assertion, Case, ToolCall
from promptlint.evals.opinions import processes
from promptlint.evals.opinions.processes import Job, Ran
from promptlint.evals.scoring import Judged, Panel, scored


def inline(code: str, **changes: object) -> Assertion:
    value = {"source": script(code), "function": "check"}
    return Assertion("python", value, **changes)  # type: ignore[arg-type]


def judged(*asked: Assertion, text: str = "Hello, World", case: Case | None = None) -> list[Judged]:
    """What each assertion, alone in its case, says of one answer."""
    cases = [
        Case(f"c{number}", {"name": "World"} if case is None else case.vars, (each,))
        for number, each in enumerate(asked)
    ]
    answers = {each.id: ((Answer(text, (ToolCall("find", {"order": 7}),)),),) for each in cases}
    scores = scored(cases, answers, Panel(python=True))
    return [scores.of[each.id][0][0] for each in cases]


def jobs(*codes: str, output: str = "x") -> list[Job]:
    return [Job(script(code), "check", output, "{}") for code in codes]


@pytest.mark.parametrize(
    ("code", "threshold", "score", "passed"),
    [
        ("output[7:] == context['vars']['name']", None, 1.0, True),
        ("'bye' in output", None, 0.0, False),
        ("len(output) / 24", None, 0.5, True),
        ("len(output) / 24", 0.6, 0.5, False),
        ("0", None, 0.0, False),
        ("0.0", 0.0, 0.0, True),
        ("math.sqrt(0.25)", 0.5, 0.5, True),
        ("{'pass': True, 'score': 0.4, 'reason': 'so so'}", None, 0.4, True),
        ("{'pass': True, 'score': 0.4}", 0.5, 0.4, False),
        ("{'pass': True, 'score': 0.5}", 0.5, 0.5, True),
        ("{'pass': True, 'score': 0}", None, 0.0, True),
        ("{'pass_': False}", None, 0.0, False),
        ("context['calls'][0]['arguments']['order'] == 7", None, 1.0, True),
        (
            "if 'Hello' in output:\n    return {'pass': True, 'reason': 'greets'}\nreturn False",
            None,
            1.0,
            True,
        ),
        ("x = [\n  1]\nfor each in x:\n\treturn bool(each)", None, 1.0, True),
    ],
)
def test_code_says_what_is_right(code: str, threshold: float | None, score: float, passed: bool) -> None:
    found, turned = judged(inline(code, threshold=threshold), inline(code, threshold=threshold, negated=True))
    assert (found.score, found.passed, found.failure) == (score, passed, None)
    assert (turned.score, turned.passed) == (1 - score, not passed)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("json.loads(output)", "JSONDecodeError"),
        ("None", "it returned a NoneType"),
        ("'true'", "expected a score from 0 to 1"),
        ("[True]", "it returned a list"),
        ("7", "expected a score from 0 to 1"),
        ("-0.1", "expected a score from 0 to 1"),
        ("float('nan')", "not JSON compliant"),
        ("{'score': 1}", "it returned a NoneType"),
        ("{'pass': 'yes'}", "no `pass`"),
        ("{'pass': True, 'score': 2}", "expected a score"),
        ("exit(0)", "SystemExit"),
        ("import os\nos._exit(0)", "it ended its process with 0"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "it ended its process with -9"),
        ("import no_such_module\nreturn True", "ModuleNotFoundError"),
        ("lambda: 1", "it returned a function"),
    ],
)
def test_code_that_fails_is_neither_a_pass_nor_a_fail(code: str, message: str) -> None:
    found, after = judged(inline(code), inline("True"))
    assert (found.score, found.passed) == (None, None)
    assert message in str(found.failure)
    assert after.passed is True


def test_code_that_hangs_is_ended_and_the_rest_goes_on() -> None:
    found = processes.run(
        jobs("True", "while True: pass\nreturn 1", "import time\ntime.sleep(60)", "False"), seconds=1.0
    )
    assert [each.value for each in found] == [True, None, None, False]
    assert [each.failure for each in found] == ["", *["it took more than 1 s"] * 2, ""]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_code_that_takes_all_memory_is_ended() -> None:
    (found, after) = processes.run(jobs("len(bytearray(3_000_000_000))", "True"))
    assert "MemoryError" in found.failure
    assert after == Ran(True)


def test_processes_that_end_again_and_again_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_MOST_DEATHS", 3)
    dies = "import os\nos._exit(3)"
    found = processes.run(jobs(dies, "True", dies, dies, "True", dies))
    ended, given_up = "it ended its process with 3", "it was given up after 3 processes that ended"
    assert [each.failure for each in found] == [ended, "", ended, ended, given_up, given_up]


def test_one_process_has_many_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import os\nreturn {'pass': True, 'reason': str(os.getpid())}"
    found = processes.run([Job(script(code), "check", str(number), "{}") for number in range(300)])
    assert len({str(each.value) for each in found}) == 1
    monkeypatch.setattr(processes, "_BATCH", 100)
    found = processes.run([Job(script(code), "check", str(number), "{}") for number in range(300)])
    assert len({str(each.value) for each in found}) == 3
    monkeypatch.setattr(processes, "_BATCH_SIZE", 1_000)
    found = processes.run(
        [Job(script(code), "check", "x" * size, "{}") for size in (995, 1, 1, 5_000, 1, 999)]
    )
    assert [len(list(same)) for _, same in itertools.groupby(str(each.value) for each in found)] == [
        2,
        1,
        1,
        1,
        1,
    ]


def test_nothing_of_our_environment_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "helper.py").write_text("x = 1")
    code = (
        "import os, sys\nreturn {'pass': True, 'reason': repr((sorted(os.environ), os.getcwd(), sys.path))}"
    )
    (found, helper) = processes.run(jobs(code, "import helper\nreturn True"))
    said = str(found.value)
    assert "KEY" not in said
    assert "PYTHONPATH" not in said
    assert str(tmp_path) not in said
    assert "No module named 'helper'" in helper.failure


def test_the_folder_that_code_runs_in_is_gone_afterwards() -> None:
    code = "import os\nopen('left', 'w').close()\nreturn {'pass': True, 'reason': os.getcwd()}"
    (found,) = processes.run(jobs(code))
    assert isinstance(found.value, dict)
    assert not Path(found.value["reason"]).exists()


def test_what_code_prints_is_not_taken_for_a_result() -> None:
    code = "import os\nprint('{\"value\": true}')\nos.write(1, b'{\"value\": true}\\n' * 9)\nos.write(2, b'Timeout (')\nreturn False"
    assert processes.run(jobs(code, "True")) == [Ran(False), Ran(True)]


def test_answers_are_data_whatever_they_hold() -> None:
    text = "'''\"\"\"\\\n'); import os; os._exit(1)  # \u2028\ud800\x00"
    found = processes.run(
        [Job(script("len(output) == int(context['n'])"), "check", text, f'{{"n": {len(text)}}}')]
    )
    assert found == [Ran(True)]


def test_the_same_question_is_asked_once() -> None:
    asked = inline("import random\nreturn random.random()")
    case = Case("one", {}, (asked,))
    scores = scored([case], {"one": ((Answer("x"),), (Answer("x"),))}, Panel(python=True))
    assert scores.of["one"][0][0].score == scores.of["one"][1][0].score


def test_without_leave_no_code_is_run() -> None:
    case = Case("one", {}, (inline("True"),))
    ((found,),) = scored([case], {"one": ((Answer("x"),),)}, Panel()).of["one"]
    assert found.passed is None
    assert "nobody was asked" in str(found.failure)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def get_assert(output, context): return True", ""),
        ("from x import get_assert", ""),
        ("get_assert = print", ""),
        ("def other(output, context): return True", "no function `get_assert`"),
        ("def get_assert(:", "no Python"),
        ("x = \0", "no Python"),
        ("(" * 5000, "no Python"),
        ("-" * 100_000 + "1", "no Python"),
    ],
)
def test_code_is_looked_at_before_anything_is_paid_for(source: str, message: str) -> None:
    found = fault(source, "get_assert")
    assert message in found
    assert bool(found) == bool(message)
