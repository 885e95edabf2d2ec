from __future__ import annotations

import json
from pathlib import Path

import pytest

from promptlint.errors import SuiteError, UsageError
from promptlint.evals.model import Answer, Provider, Suite
from promptlint.evals.scoring import Panel, scored
from promptlint.evals.suite import load

HEAD = "prompt: p.md\nprovider: {kind: openai, model: m}\n"
JUDGE = "judge: {kind: openai, model: gpt-4o-mini, temperature: 0}\n"
EMBEDDER = "embedder: {kind: openai, model: text-embedding-3-small}\n"


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)


def suite(tmp_path: Path, text: str, name: str = "suite.yaml", python: bool = False) -> Suite:
    path = tmp_path / name
    path.write_text(text)
    return load(path, allow_python=python)


def own(tmp_path: Path, test: str, head: str = JUDGE + EMBEDDER, python: bool = False) -> tuple[str, ...]:
    """Why the one test of a suite is unsupported."""
    found = suite(tmp_path, f"{HEAD}{head}tests:\n  - {{vars: {{a: x}}, {test}}}\n", python=python)
    return found.cases[0].unsupported


@pytest.mark.parametrize(
    ("assertion", "head", "reason"),
    [
        ("{type: llm-rubric, value: is polite}", "", "names no `judge`"),
        ("{type: llm-rubric, value: is polite}", EMBEDDER, "names no `judge`"),
        ("{type: llm-rubric, value: is polite}", JUDGE, ""),
        ("{type: not-llm-rubric, value: is rude, threshold: 0.5}", JUDGE, ""),
        ("{type: llm-rubric, value: {must: be polite}}", JUDGE, ""),
        ("{type: similar, value: x}", JUDGE, "names no `embedder`"),
        ("{type: similar, value: [x, y], threshold: 0.8}", EMBEDDER, ""),
        ("{type: not-similar, value: x}", EMBEDDER, ""),
        ("{type: 'similar:cosine', value: x}", EMBEDDER, ""),
        ("{type: 'similar:euclidean', value: x, threshold: 3}", EMBEDDER, ""),
        ("{type: python, value: 'True'}", JUDGE + EMBEDDER, "--allow-python"),
        ("{type: llm-rubric, value: x, provider: 'openai:gpt-4o-mini'}", JUDGE, ""),
        ("{type: llm-rubric, value: x, provider: 'openai:chat:gpt-4o-mini'}", JUDGE, ""),
        (
            "{type: llm-rubric, value: x, provider: {id: 'openai:gpt-4o-mini', config: {temperature: 0}}}",
            JUDGE,
            "",
        ),
        (
            "{type: llm-rubric, value: x, provider: {id: 'openai:gpt-4o-mini', config: {temperature: 1}}}",
            JUDGE,
            "not whom",
        ),
        ("{type: llm-rubric, value: x, provider: 'openai:gpt-5'}", JUDGE, "it asks 'openai:gpt-5', not whom"),
        ("{type: llm-rubric, value: x, provider: 'google:gemini'}", JUDGE, "which is not run here"),
        ("{type: llm-rubric, value: x, provider: 'file://grader.py'}", JUDGE, "which is not run here"),
        ("{type: llm-rubric, value: x, provider: 'openai:embedding:e'}", JUDGE, "which is not run here"),
        ("{type: llm-rubric, value: x, rubricPrompt: mine}", JUDGE, "instructions of its own"),
        ("{type: llm-rubric, value: file://rubric.js}", JUDGE, "made by code"),
        ("{type: similar, value: x, provider: 'openai:embedding:text-embedding-3-small'}", EMBEDDER, ""),
        ("{type: similar, value: x, provider: 'openai:embedding:other'}", EMBEDDER, "not whom"),
        ("{type: similar, value: x, provider: 'openai:gpt-5'}", EMBEDDER, ""),
        ("{type: g-eval, value: x}", JUDGE + EMBEDDER, "it asks a model"),
    ],
)
def test_an_opinion_is_supported_where_somebody_can_be_asked(
    tmp_path: Path, assertion: str, head: str, reason: str
) -> None:
    found = own(tmp_path, f"assert: [{assertion}]", head)
    assert bool(found) == bool(reason)
    assert reason in "".join(found)
    inside = own(tmp_path, f"assert: [{{type: assert-set, assert: [{assertion}]}}]", head)
    assert bool(inside) == bool(reason)


@pytest.mark.parametrize(
    ("assertion", "message"),
    [
        ("{type: llm-rubric}", "expected what the answer must be like"),
        ("{type: llm-rubric, value: ''}", "expected what the answer must be like"),
        ("{type: llm-rubric, value: 7}", "expected what the answer must be like"),
        ("{type: llm-rubric, value: x, threshold: 2}", "expected a number from 0 to 1"),
        ("{type: llm-rubric, value: '{{nobody}}'}", "names no var"),
        ("{type: similar}", "expected a text"),
        ("{type: similar, value: []}", "expected a text"),
        ("{type: similar, value: ['', x]}", "expected a text"),
        ("{type: similar, value: x, threshold: 75}", "expected a number from 0 to 1"),
        ("{type: python}", "expected code"),
        ("{type: python, value: 'output ='}", "no Python"),
        ("{type: python, value: file://none.py}", "is no file"),
        ("{type: python, value: file://../none.py}", "lies outside"),
        ("{type: python, value: file://check.py:other}", "no function `other`"),
        ("{type: python, value: 'True', threshold: 2}", "expected a number from 0 to 1"),
    ],
)
def test_a_wrong_value_names_file_and_line_before_anything_is_paid_for(
    tmp_path: Path, assertion: str, message: str
) -> None:
    (tmp_path / "check.py").write_text("def get_assert(output, context):\n    return True\n")
    with pytest.raises(SuiteError, match=rf"suite\.yaml:6: .*{message}"):
        own(tmp_path, f"assert: [{assertion}]", python=True)


def test_slots_of_a_rubric_are_filled(tmp_path: Path) -> None:
    text = f"{HEAD}{JUDGE}tests: [{{vars: {{a: Ann}}, assert: [{{type: llm-rubric, value: 'greets {{{{a}}}}'}}]}}]\n"
    assert suite(tmp_path, text).cases[0].assertions[0].value == "greets Ann"


# --- promptfoo's files ----------------------------------------------------------------------


def foo(tmp_path: Path, default: object, *tests: object) -> Suite:
    data = {"prompts": ["{{a}}"], "defaultTest": default, "tests": list(tests)}
    return suite(tmp_path, json.dumps(data), "promptfooconfig.json")


RUBRIC = {"type": "llm-rubric", "value": "is polite"}
SIMILAR = {"type": "similar", "value": "hello"}


def test_a_configuration_of_promptfoo_names_its_judge(tmp_path: Path) -> None:
    default = {"options": {"provider": "openai:gpt-4o-mini"}}
    found = foo(tmp_path, default, {"vars": {"a": "x"}, "assert": [RUBRIC]})
    assert found.judge is not None
    assert (found.judge.kind, found.judge.model) == ("openai", "gpt-4o-mini")
    assert found.embedder is None
    assert found.supported == found.cases


def test_a_judge_may_be_named_by_an_assertion_with_its_settings(tmp_path: Path) -> None:
    named = {"id": "anthropic:messages:claude-sonnet-4-5", "config": {"temperature": 0, "max_tokens": 500}}
    found = foo(tmp_path, {}, {"vars": {"a": "x"}, "assert": [{**RUBRIC, "provider": named}]})
    assert found.judge == Provider(
        "anthropic", "claude-sonnet-4-5", parameters={"temperature": 0.0, "max_tokens": 500}, line=1
    )
    assert found.supported == found.cases


def test_a_judge_may_be_named_by_a_key_of_its_own(tmp_path: Path) -> None:
    named = {"openai:chat:gpt-4o": {"config": {"apiBaseUrl": "http://127.0.0.1:1/v1/", "max_tokens": 9}}}
    found = foo(tmp_path, {"options": {"provider": named}}, {"vars": {"a": "x"}, "assert": [RUBRIC]})
    assert found.judge == Provider(
        "openai", "gpt-4o", "http://127.0.0.1:1/v1", parameters={"max_tokens": 9}, line=1
    )
    for odd in ({"openai:gpt-4o": {}, "openai:gpt-5": {}}, {"config": {}, "label": "x"}):
        with pytest.raises(SuiteError, match="needs `id`"):
            foo(
                tmp_path,
                {"options": {"provider": odd}},
                {"vars": {"a": "x"}, "assert": [RUBRIC]},
            )


def test_a_judge_may_be_named_inside_a_set(tmp_path: Path) -> None:
    inside = {
        "type": "assert-set",
        "assert": [{**RUBRIC, "provider": "openai:gpt-4o"}, {"type": "contains", "value": "x"}],
    }
    found = foo(tmp_path, {}, {"vars": {"a": "x"}, "assert": [{"type": "assert-set", "assert": [inside]}]})
    assert found.judge is not None
    assert found.judge.model == "gpt-4o"
    assert found.supported == found.cases


def test_a_grader_may_be_split_by_purpose(tmp_path: Path) -> None:
    named = {"text": "openai:chat:gpt-4o", "embedding": "openai:embedding:text-embedding-3-large"}
    default = {"options": {"provider": named}}
    found = foo(tmp_path, default, {"vars": {"a": "x"}, "assert": [RUBRIC, SIMILAR]})
    assert found.judge is not None
    assert found.embedder is not None
    assert (found.judge.model, found.embedder.model) == ("gpt-4o", "text-embedding-3-large")
    assert found.supported == found.cases


def test_a_suite_has_one_judge_and_cases_that_name_another_are_unsupported(tmp_path: Path) -> None:
    default = {"options": {"provider": "openai:gpt-4o-mini"}, "assert": [RUBRIC]}
    found = foo(
        tmp_path,
        default,
        {"vars": {"a": "x"}},
        {"vars": {"a": "y"}, "options": {"provider": "openai:gpt-5"}},
        {"vars": {"a": "z"}, "options": {"provider": "vertex:gemini-2.5-pro"}},
        {"vars": {"a": "w"}, "options": {"rubricPrompt": "my own words"}},
        {"vars": {"a": "v"}, "assert": [SIMILAR]},
    )
    assert found.judge is not None
    assert found.judge.model == "gpt-4o-mini"
    assert [bool(case.unsupported) for case in found.cases] == [False, True, True, True, True]
    assert [case.unsupported[0].partition(": ")[2][:18] for case in found.cases[1:4]] == [
        "it asks 'openai:gp",
        "it asks 'vertex:ge",
        "it has instruction",
    ]


def test_without_a_judge_that_is_named_nobody_is_asked(tmp_path: Path) -> None:
    found = foo(tmp_path, {}, {"vars": {"a": "x"}, "assert": [RUBRIC]})
    assert found.judge is None
    assert "names no `judge`" in found.cases[0].unsupported[0]


# --- code -----------------------------------------------------------------------------------


def test_code_of_a_suite_is_run_with_leave(tmp_path: Path) -> None:
    (tmp_path / "check.py").write_text(
        "import re\n\n\ndef get_assert(output, context):\n    return context['vars']['a'] in output\n\n\n"
        "def short(output, context):\n"
        "    return {'pass': len(output) < context['config']['most'], 'reason': 'length'}\n"
    )
    text = (
        HEAD
        + "tests:\n"
        + "  - vars: {a: x}\n"
        + "    assert:\n"
        + "      - {type: python, value: file://check.py}\n"
        + "      - {type: python, value: 'file://check.py:short', config: {most: 3}}\n"
        + "      - {type: not-python, value: 'output.startswith(\"{\")'}\n"
    )
    found = suite(tmp_path, text, python=True)
    (tmp_path / "check.py").write_text(
        "def get_assert(output, context): return True\n"
    )  # what was read is run
    answers = {"#1": ((Answer("ax"), Answer("axxx"), Answer("{a")),)}
    scores = scored(found.cases, answers, Panel(python=True)).of["#1"][0]
    assert [[check.passed for check in judged.checks] for judged in scores] == [
        [True, True, True],
        [True, False, True],
        [False, True, False],
    ]


def test_what_a_var_holds_does_not_become_code(tmp_path: Path) -> None:
    found = own(tmp_path, "assert: [{type: python, value: \"'{{a}}' in output\"}]", python=True)
    assert "`{{a}}` is more of a template" in found[0]
    assert own(tmp_path, "assert: [{type: python, value: \"f'{{{output}}}' == '{x}'\"}]", python=True) == ()


def test_code_from_a_table_is_not_run_without_leave(tmp_path: Path) -> None:
    text = "a,__expected,__expected2\nx,python: len(output) == 1,not-contains: y\n"
    assert "--allow-python" in suite(tmp_path, text, "cases.csv").cases[0].unsupported[0]
    found = suite(tmp_path, text, "cases.csv", python=True)
    scores = scored(found.cases, {"#1": ((Answer("x"), Answer("xx")),)}, Panel(python=True))
    assert [judged.passed for judged in scores.of["#1"][0]] == [True, False]


def test_code_is_refused_for_a_fork_even_with_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"pull_request": {"head": {"repo": {"id": 2}}, "base": {"repo": {"id": 1}}}}')
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    assert own(tmp_path, "assert: [{type: equals, value: x}]") == ()
    with pytest.raises(UsageError, match="another repository"):
        own(tmp_path, "assert: [{type: equals, value: x}]", python=True)
