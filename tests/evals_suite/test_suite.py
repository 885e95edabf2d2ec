"""Suites of all formats: what is read, and that what cannot be is said with file and line."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptlint.errors import SuiteError
from promptlint.evals import assertions, cases
from promptlint.evals.model import Answer, Suite
from promptlint.evals.suite import load, match_vars

CONTRACT = """\
prompt: prompts/tickets.md              # path, or path::id
candidate: prompts/tickets.short.md     # optional; with it, the gate runs
provider: {kind: openai, base_url: "http://127.0.0.1:8080/v1", model: small, temperature: 0}
margin: 0.03                            # needs at least 400 cases; the loader says so
alpha: 0.05
repeats: 1
max_cost: 2.00
tests:                                  # promptfoo's shape
  - vars: {ticket: "My card was charged twice"}
    assert: [{type: equals, value: billing}]
    metadata: {critical: true, cluster: refunds}
"""


def written(folder: Path, text: str | bytes, name: str = "suite.yaml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def loaded(folder: Path, text: str | bytes, name: str = "suite.yaml") -> Suite:
    return load(written(folder, text, name))


def test_the_contract_is_read(tmp_path: Path) -> None:
    suite = loaded(tmp_path, CONTRACT)
    assert suite.prompt is not None
    assert suite.candidate is not None
    assert (suite.prompt.id, suite.candidate.id) == ("prompts/tickets.md", "prompts/tickets.short.md")
    assert (suite.margin, suite.alpha, suite.repeats, suite.max_cost) == (0.03, 0.05, 1, 2.0)
    assert suite.provider is not None
    assert (suite.provider.kind, suite.provider.model) == ("openai", "small")
    assert suite.provider.base_url == "http://127.0.0.1:8080/v1"
    assert suite.provider.parameters == {"temperature": 0}
    (case,) = suite.cases
    assert (case.id, case.critical, case.cluster, case.line) == ("#1", True, "refunds", 9)
    assert case.vars == {"ticket": "My card was charged twice"}
    assert assertions.judge_case(case, Answer("billing")).passed
    assert re.match(r"a margin of 0.03 needs at least \d+ cases", suite.notes[0])


CASE = "prompt: p.md\ntests:\n  - "

BAD: list[tuple[str, int, str]] = [
    ("", 1, "no cases"),
    ("prompt: p.md\ntests: []\n", 1, "no cases"),
    ("prompt: p.md\n", 1, "`tests` is missing"),
    ("prompt: p.md\nmargn: 0.1\ntests: []\n", 2, "unknown key `margn`; did you mean `margin`?"),
    ("prompt: p.md\nmargn:\n  - 1\ntests: []\n", 2, "unknown key `margn`"),
    (f"{CASE}{{expected: .nan}}\n", 3, "not finite"),
    ("prompt: p.md\nmargin: 0\ntests: []\n", 2, "between 0 and 1"),
    ("prompt: p.md\nmargin: 1\ntests: []\n", 2, "between 0 and 1"),
    ("prompt: p.md\nmargin: .nan\ntests: []\n", 2, "not finite"),
    ("prompt: p.md\nmargin: x\ntests: []\n", 2, "expected a number, found a text"),
    ("prompt: p.md\nalpha: 0.5\ntests: []\n", 2, "between 0 and 0.5"),
    ("prompt: p.md\nrepeats: 1.5\ntests: []\n", 2, "a whole number"),
    ("prompt: p.md\nmax_cost: -1\ntests: []\n", 2, "not negative"),
    ("prompt: p.md\ncandidate: q.md\ntests: []\n", 1, "`margin` is missing"),
    ("prompt: p.md\nprompt: q.md\ntests: []\n", 2, "stands twice"),
    ("prompt: [p.md\n", 2, "no YAML"),
    ("a: 1\n---\nb: 2\n", 3, "a second document"),
    ("prompt: p.md\ntests: tests.py\n", 2, "made by code"),
    ("prompt: p.md\ntests: {path: file://t.py}\n", 2, "made by code"),
    ("prompt: p.md\ntests: ../../etc/passwd\n", 2, "outside"),
    ("prompt: p.md\ntests: '../*.csv'\n", 2, "may not lead out"),
    ("prompt: p.md\nassertionTemplates: {a: {$ref: '#/assertionTemplates/a'}}\n"
     "tests: [{assert: [{$ref: '#/assertionTemplates/a'}]}]\n", 2, "nested too deeply"),
    ("prompt: p.md\nprovider: {kind: openai, model: m, base_url: 'http://h/v1?key=x'}\ntests: []\n", 2, "query"),
    ("prompt: p.md\ntests: https://example.com/t.csv\n", 2, "nothing is fetched"),
    ("prompt: p.md\ntests: 't*.csv'\n", 2, "matches no file"),
    (f"{CASE}{{id: a}}\n  - {{id: a}}\n", 4, "the id 'a' is that of the case in line 3"),
    (f"{CASE}{{vrs: {{}}}}\n", 3, "unknown key `vrs` in `tests[0]`; did you mean `vars`?"),
    (f"{CASE}{{vars: {{a: }}}}\n", 3, "a var has no value"),
    (f"{CASE}{{vars: {{true: 1}}}}\n", 3, "is no text; put it in quotes"),
    (f"{CASE}{{vars: {{a: .inf}}}}\n", 3, "not finite"),
    (f"{CASE}{{vars: {{a: !run x}}}}\n", 3, "is not obeyed"),
    (f"{CASE}{{vars: {{a: file://../x}}}}\n", 3, "outside"),
    (f"{CASE}{{assert: [{{type: equls}}]}}\n", 3, "did you mean equals?"),
    (f"{CASE}{{assert: [{{type: not-equls}}]}}\n", 3, "'not-equls' is no type of assertion; did you mean equals?"),
    (f"{CASE}{{assert: [{{value: x}}]}}\n", 3, "`type` is missing"),
    (f"{CASE}{{assert: {{type: equals}}}}\n", 3, "expected a list"),
    (f"{CASE}{{assert: [{{type: contains}}]}}\n", 3, "contains: expected a text or a number"),
    (f"{CASE}{{assert: [{{type: regex, value: '('}}]}}\n", 3, "regex: no pattern"),
    (f"{CASE}{{assert: [{{type: latency}}]}}\n", 3, "`threshold` is missing"),
    (f"{CASE}{{assert: [{{type: latency, threshold: .inf}}]}}\n", 3, "not finite"),
    (f"{CASE}{{assert: [{{type: equals, value: x, weight: -1}}]}}\n", 3, "not negative"),
    (f"{CASE}{{assert: [{{type: equals, value: x, treshold: 1}}]}}\n", 3, "did you mean `threshold`?"),
    (f"{CASE}{{assert: [{{type: equals, value: '{{{{x}}}}'}}]}}\n", 3, "names no var"),
    (f"{CASE}{{assert: [{{$ref: '#/assertionTemplates/x'}}]}}\n", 3, "names no template"),
    (f"{CASE}{{assert: [{{type: json-fields, value: {{a: 1}}, config: {{tol: 1}}}}]}}\n", 3, "unknown key `tol`"),
    (f"{CASE}{{messages: [{{role: usr, content: x}}]}}\n", 3, "did you mean user?"),
    (f"{CASE}{{critical: 1, assert: []}}\n", 3, "expected true or false"),
    ("prompt: p.md\nprovider: {kind: opnai}\ntests: []\n", 2, "did you mean openai?"),
    ("prompt: p.md\nprovider: {kind: openai}\ntests: []\n", 2, "`model` is missing"),
    ("prompt: p.md\nprovider: {kind: replay, recording: r.jsonl}\ntests: []\n", 2, "is no file"),
    ("prompt: p.md\nprovider: {kind: openai, model: m, base_url: 'file:///x'}\ntests: []\n", 2, "begins with http"),
    ("prompt: p.md\nprovider: {kind: openai, model: m, base_url: 'http://u:p@h'}\ntests: []\n", 2, "keys come from"),
    ("prompt: p.md\nprovider: {kind: openai, model: m, api_key: x}\ntests: []\n", 2, "unknown key `api_key`"),
    ("prompt: p.md\nprovider: {kind: openai, model: m, temperature: 3}\ntests: []\n", 2, "from 0 to 2"),
    ("prompts: [a]\nproviders: [echo]\ntets: []\n", 3, "unknown key `tets`"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "message"), BAD)
def test_what_cannot_be_is_said_with_file_and_line(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SuiteError) as error:
        load(path)
    assert message in str(error.value)
    assert str(error.value).startswith(f"{path}:{line}: "), error.value


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for name, data, message in (
        ("a.yaml", b"prompt: p.md\ntests:\n  - \xff\n", "a.yaml:3: not UTF-8: byte 0xFF"),
        ("b.xlsx", b"", "expected a file of"),
        ("c.csv", b'a,__expected\n"x,y\n', "c.csv:2: no CSV"),
        ("d.csv", b"a,__expected\nx\n", "d.csv:2: 1 cells, the header has 2"),
        ("e.csv", b"a,__expektd\nx,y\n", "e.csv:1: the column '__expektd'"),
        ("f.csv", b"a,a\nx,y\n", "f.csv:1: the column 'a' stands twice"),
        ("g.csv", b"a,__threshold\nx,much\n", "g.csv:2: the column '__threshold': 'much' is no number"),
        ("h.jsonl", b'{"vars": {}}\n\n{"vars": NaN}\n', "h.jsonl:3: no JSON"),
        ("i.jsonl", b'{"vars": {"a": 1, "a": 2}}\n', "i.jsonl:1: the key `a` stands twice"),
        ("l.json", b"[" + b"0," * 200_001 + b"0]", "l.json:1: more than 200,000 values; tests in JSONL"),
        ("m.yaml", b"a: &a [x]\nb: " + b"[" * 200, "m.yaml:2: nested more than 100 levels deep"),
        (
            "j.json",
            b'[\n{"vars": {"a": [[[1]]]}},\n7]',
            "j.json:3: `[1]`: expected a mapping, found a number",
        ),
        (
            "k.csv",
            b'a,__expected\n\nx,contains-any: "q\n',
            "k.csv:3: contains-any: a quoted item does not end",
        ),
    ):
        with pytest.raises(SuiteError, match=re.escape(message)):
            load(written(tmp_path, data, name))
    with pytest.raises(SuiteError, match="cannot be read"):
        load(tmp_path / "none.yaml")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    secret = written(tmp_path, "a\n", "secret.txt")
    folder = tmp_path / "evals"
    folder.mkdir()
    (folder / "data.txt").symlink_to(secret)
    path = written(folder, "prompt: p\ntests: [{vars: {a: file://data.txt}, assert: [{type: is-json}]}]\n")
    with pytest.raises(SuiteError, match="outside"):
        load(path)
    assert load(path, tmp_path).cases[0].vars == {"a": "a"}


def test_every_format_says_the_same(tmp_path: Path) -> None:
    tests = [
        {"vars": {"ticket": "a, \"b\"\nc"}, "assert": [{"type": "contains", "value": "x"}], "metadata": {"cluster": "k"}},
        {"vars": {"ticket": "é"}, "assert": [{"type": "equals", "value": "y"}], "metadata": {"cluster": "k"}},
    ]  # fmt: skip
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["ticket", "__expected", "__metadata:cluster"])
    writer.writerows([['a, "b"\nc', "contains: x", "k"], ["é", "y", "k"]])
    files = {
        "t.json": json.dumps(tests),
        "t.jsonl": "\r\n".join(json.dumps(test) for test in tests),
        "t.yaml": json.dumps(tests, indent=1, ensure_ascii=False),
        "t.csv": "\ufeff" + table.getvalue(),
    }
    found = []
    for name, text in files.items():
        cases = loaded(tmp_path, text, name).cases
        within = loaded(tmp_path, f"prompt: p.md\ntests: file://{name}\n").cases
        assert [case.vars for case in cases] == [case.vars for case in within]
        found.append(
            [
                (case.id, case.vars, case.cluster, case.assertions[0].value, case.assertions[0].type)
                for case in cases
            ]
        )
    assert found[0] == found[1] == found[2] == found[3]
    assert found[0][0][1] == tests[0]["vars"]


def test_what_is_not_run_is_never_a_pass(tmp_path: Path) -> None:
    suite = loaded(
        tmp_path,
        """\
prompts: ["{{a}}", file://made.py]
providers: [{id: "openai:chat:gpt-4o-mini", config: {temperature: 0.5, apiKey: secret, max_tokens: 9}}, echo]
extensions: [file://hook.js:run]
defaultTest: {options: {rubricPrompt: x}}
tests:
  - {vars: {a: 1}, assert: [{type: javascript, value: "true"}]}
  - {vars: {a: 1}, assert: [{type: equals, value: file://value.js}]}
  - {vars: {a: 1}, assert: [{type: equals, value: x, transform: "output.trim()"}]}
  - {vars: {a: 1}, assert: [{type: equals, value: "{{ a | upper }}"}]}
  - {vars: {a: 1}, assert: [{type: "trajectory:tool-used", value: x}, {type: equals, value: x}]}
  - {vars: {a: 1}, assert: [{type: assert-set, assert: [{type: llm-rubric, value: good}]}]}
  - {vars: {a: 1}}
  - {vars: {a: 1}, assert: [{type: equals, value: x, weight: 0}]}
  - {vars: {a: 1}, assert: [{type: equals, value: x}], options: {transform: x}}
  - {vars: {a: 1}, assert: [{type: equals, value: x}], provider: other}
  - {vars: {a: "{{b}}", b: 1}, assert: [{type: equals, value: x}]}
  - {vars: {a: file://a.py}, assert: [{type: equals, value: x}]}
  - {vars: {a: 1}, assert: [{type: llm-rubric, value: good, weight: 0}, {type: equals, value: x}]}
""",
        "promptfooconfig.yaml",
    )
    assert [bool(case.unsupported) for case in suite.cases] == [True] * 12 + [False]
    assert suite.supported == suite.cases[-1:]
    assert suite.cases[0].unsupported == ("javascript: it runs code of the suite",)
    assert suite.provider is not None
    assert (suite.provider.model, suite.provider.parameters) == (
        "gpt-4o-mini",
        {"temperature": 0.5, "max_tokens": 9},
    )
    assert "secret" not in repr(suite)
    notes = "\n".join(suite.notes)
    for part in ("`extensions`", "made.py", "of 2 providers", "`apiKey`"):
        assert part in notes
    for case in suite.cases[:12]:
        with pytest.raises(ValueError, match=r"#\d+ is not supported"):
            assertions.judge_case(case, Answer("x"))
    assert assertions.judge_case(suite.cases[12], Answer("x")).passed


def test_promptfoos_inheritance(tmp_path: Path) -> None:
    written(tmp_path, "hello\n", "hello.txt")
    suite = loaded(
        tmp_path,
        """\
prompts: [file://a.md, "Say {{word}}", third.txt]
targets: anthropic:messages:claude-x
evaluateOptions: {repeat: 3, maxConcurrency: 2}
x-note: ours
assertionTemplates: {short: {type: regex, value: "^.{1,8}$"}}
defaultTest: {vars: {tail: "!", word: w}, threshold: 0.5, metadata: {critical: true, cluster: all}}
tests:
  - {vars: {word: file://hello.txt}, assert: [{$ref: "#/assertionTemplates/short"}], metadata: {critical: false}}
  - {vars: {word: [a, b], n: [1, 2]}, assert: [{type: contains, value: "{{word}}{{tail}}"}], cluster: 7}
""",
    )
    assert suite.prompt is not None
    assert suite.candidate is not None
    assert (suite.prompt.id, suite.candidate.text) == ("a.md", "Say {{word}}")
    assert suite.provider is not None
    assert (suite.provider.kind, suite.provider.model, suite.repeats) == ("anthropic", "claude-x", 3)
    assert [case.id for case in suite.cases] == ["#1", "#2.1", "#2.2"]
    assert [case.vars["word"] for case in suite.cases] == ["hello", "a", "b"]
    assert [case.critical for case in suite.cases] == [False, True, True]
    assert [case.cluster for case in suite.cases] == ["all", "7", "7"]
    assert suite.cases[2].assertions[0].value == "b!"
    assert {case.threshold for case in suite.cases} == {0.5}
    assert (suite.cases[0].uses, suite.cases[1].uses) == (set(), {"word", "tail"})
    assert any("3 prompts" in note for note in suite.notes)


CORE = {
    "yes": "yes",
    "No": "No",
    "True": True,
    "010": 10,
    "0o10": 8,
    "0x1F": 31,
    "0b11": "0b11",
    "1_000": "1_000",
    "1:30": "1:30",
    ".5": 0.5,
    "1e3": 1000,
    "+.5": 0.5,
    "08": 8,
    "2024-01-01": "2024-01-01",
    "0.1_1": "0.1_1",
    "1.2.3": "1.2.3",
    "'010'": "010",
    '"yes"': "yes",
    "|\n      010": "010\n",
    "!!str 010": "010",
    "!!str &x 010": "010",
    "&x 010": 10,
}
"""Spelling and value by YAML 1.2; js-yaml 5.4.1 says the same of all that stand without quotes."""


@pytest.mark.parametrize("spelt", CORE)
def test_plain_values_are_those_of_yaml_1_2(tmp_path: Path, spelt: str) -> None:
    suite = loaded(
        tmp_path, f"prompt: p.md\ntests:\n  - vars:\n     a: {spelt}\n     {spelt.strip('|!')[:9]!r}: x\n"
    )
    found = suite.cases[0].vars["a"]
    assert (found, type(found) is bool) == (CORE[spelt], type(CORE[spelt]) is bool)


def test_files_beside_the_suite(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    for name, text in {
        "one.txt": " first\n",
        "two.txt": "second",
        "data.json": '{"k": [1, 2.5]}',
        "vars.yaml": "a: x\nb: y\n",
        "default.yaml": "assert: [{type: is-json}]\n",
        "schema.json": '{"required": ["k"]}',
        "cases/1.jsonl": '{"vars": {"n": 1}}',
        "cases/2.csv": "n,__expected\n2,is-json: {required: [k]}\n",
    }.items():
        written(tmp_path, text, name)
    suite = loaded(
        tmp_path,
        """\
prompts: [a.md]
defaultTest: file://default.yaml
outputs: passed over
tests:
  - {vars: {t: "file://*.txt", d: file://data.json}, assert: [{type: is-json, value: file://schema.json}]}
  - {vars: file://vars.yaml}
  - {vars: {image: file://cat.png}}
  - file://cases/*
""",
    )
    assert [case.id for case in suite.cases] == ["#1.1", "#1.2", "#2", "#3", "#4", "#5"]
    assert suite.cases[1].vars == {"t": "second", "d": '{"k": [1, 2.5]}'}
    assert suite.cases[2].vars == {"a": "x", "b": "y"}
    assert suite.cases[3].unsupported == ("the var `image` is a file that is no text",)
    assert [(case.path, case.line) for case in suite.cases[4:]] == [("cases/1.jsonl", 1), ("cases/2.csv", 2)]
    assert all(assertions.judge_case(case, Answer('{"k": 1}')).passed for case in suite.supported)
    assert [assertions.judge_case(case, Answer("{}")).passed for case in suite.supported] == [
        *(False, False, True, True, False),
    ]
    assert suite.notes == ("the key `outputs` is not known and passed over",)


def test_two_prompts_are_compared(tmp_path: Path) -> None:
    suite = loaded(tmp_path, "prompts: {a.txt: first, b.txt: second}\ntests: [{expected: x}]\n")
    assert suite.candidate is not None
    assert (suite.candidate.id, suite.margin, suite.notes) == ("b.txt", None, ())


def test_lists_of_vars_do_not_multiply_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "MAX_CASES", 6)
    lists = "{vars: {a: [x, y], b: [x, y, z]}, expected: '{{c[1]}}'}"
    text = f"defaultTest: {{vars: {{c: [1, 2]}}}}\nprompt: p.md\ntests:\n  - {lists}\n"
    assert {case.assertions[0].value for case in loaded(tmp_path, text).cases} == {"2"}
    with pytest.raises(SuiteError, match=r":5: .*more than 6 cases"):
        loaded(tmp_path, f"{text}  - {{expected: x}}\n")
    with pytest.raises(SuiteError, match=r":4: .*the lists of vars make more than 6 cases"):
        loaded(tmp_path, text.replace("[x, y]", "[w, x, y]"))


def test_the_test_itself_has_the_last_word(tmp_path: Path) -> None:
    suite = loaded(
        tmp_path,
        """\
prompts: [a.md]
defaultTest: {vars: {v: default}, threshold: 0.1, description: general, options: {disableVarExpansion: true}}
scenarios:
  - config: [{vars: {v: config, w: config}, threshold: 0.2}]
    tests:
      - {vars: {v: test, l: [a, b]}, threshold: 0.3, expected: x, options: {disableVarExpansion: false}}
      - {vars: {l: [a, b]}, expected: x}
""",
    )
    first, other, second = suite.cases
    assert (first.threshold, first.description) == (0.3, "general")
    assert (first.vars, other.vars["l"]) == ({"v": "test", "w": "config", "l": "a"}, "b")
    assert (second.vars, second.threshold) == ({"v": "config", "w": "config", "l": ["a", "b"]}, 0.2)


def test_a_schema_without_its_library_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    schema = "{assert: [{type: is-json, value: {type: object}}]}"
    first, second = loaded(tmp_path, f"{CASE}{schema}\n  - {{assert: [{{type: is-json}}]}}\n").cases
    assert "needs jsonschema" in first.unsupported[0]
    assert assertions.judge_case(second, Answer("1")).passed


def test_turns_before_the_answer(tmp_path: Path) -> None:
    suite = loaded(
        tmp_path,
        """\
prompt: p.md
tests:
  - vars: {city: Bonn}
    messages:
      - {role: user, content: "Weather in {{city}}?"}
      - {role: assistant, content: , tool_calls: [{id: c1, function: {name: weather, arguments: "{}"}}]}
      - {role: tool, tool_call_id: c1, content: rain}
    assert: [{type: tool-call, value: {name: umbrella, arguments: {city: Bonn}}}]
""",
    )
    first, second, third = suite.cases[0].messages
    assert (first.role, first.content) == ("user", "Weather in Bonn?")
    assert second.calls[0]["id"] == third.call_id == "c1"
    assert suite.cases[0].uses == {"city"}


def test_what_is_expected_is_what_the_answer_equals(tmp_path: Path) -> None:
    text = f"{CASE}{{vars: {{a: x}}, expected: '{{{{a}}}}y'}}\n  - {{vars: {{a: x}}, expected: {{n: 1}}}}\n"
    first, second = loaded(tmp_path, text).cases
    assert assertions.judge_case(first, Answer("xy")).passed
    assert assertions.judge_case(second, Answer('{"n": 1.0}')).passed
    assert not assertions.judge_case(second, Answer('{"n": true}')).passed


def test_vars_and_slots_must_match(tmp_path: Path) -> None:
    text = (
        CASE
        + "{vars: {a: 1, wanted: x}, assert: [{type: equals, value: '{{wanted}}'}]}\n  - {id: two, vars: {a: 1}}\n"
    )
    suite = loaded(tmp_path, text)
    match_vars(suite, "p.md", ["a"])
    match_vars(suite, "p.md", [], ["a", "b"])
    with pytest.raises(SuiteError, match=r"suite.yaml:3: case #1: p.md asks for `b`, which the case lacks"):
        match_vars(suite, "p.md", ["a", "b"])
    with pytest.raises(SuiteError, match=r"suite.yaml:3: case #1: p.md does not ask for `a`"):
        match_vars(suite, "p.md", [])


WORDS = [
    "prompt",
    "tests",
    "vars",
    "assert",
    "type",
    "equals",
    "is-json",
    "value",
    "{{a}}",
    "#1",
    "*x",
    "&x",
    "!t",
]


@given(
    st.lists(st.tuples(st.integers(0, len(CONTRACT)), st.integers(0, 12), st.sampled_from([*WORDS, *"[]{}:,-\n'\"|>?%@\t\0é"])), max_size=6),
    st.sampled_from(["suite.yaml", "suite.json", "suite.jsonl", "suite.csv"]),
)  # fmt: skip
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_damaged_suite_is_read_or_refused_with_its_place(
    tmp_path: Path, edits: list[tuple[int, int, str]], name: str
) -> None:
    text = CONTRACT
    if name != "suite.yaml":
        text = json.dumps(
            {"prompt": "p", "tests": [{"vars": {"a": "x"}, "assert": [{"type": "equals", "value": "{{a}}"}]}]}
        )
    for at, length, new in edits:
        text = text[:at] + new + text[at + length :]
    path = written(tmp_path, text, name)
    said = refused(path)
    assert said is None or re.match(rf"{re.escape(str(path))}:\d+: ", said), said


def refused(path: Path) -> str | None:
    """What is said against a suite; None if it is read."""
    try:
        assert load(path).cases
    except SuiteError as error:
        return str(error)
    return None


def test_the_suite_of_the_docs_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "suites.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    suite = loaded(tmp_path, text)
    assert [case.id for case in suite.cases] == ["double-charge", "#2"]
    assert suite.supported == suite.cases
    types = set(
        re.findall(r"`([a-z][a-z0-9:-]+)`", page.partition("## Assertions")[2].partition("\n\n`not-`")[0])
    )
    assert assertions.KINDS.keys() - types <= {"icontains-any", "icontains-all"}
