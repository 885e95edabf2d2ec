"""What single assertions say: laws by Hypothesis, values by hand, and hostile input."""

from __future__ import annotations

import itertools
import json
import re
import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from promptlint.errors import ScoringError
from promptlint.evals import assertions
from promptlint.evals.assertions import (
    calls,
    distance,
    fields,
    jsons,
    labels,
    markup,
    patterns,
    refusal,
    schemas,
)
from promptlint.evals.model import Answer, Assertion, ToolCall
from promptlint.evals.numbers import same, shown

JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False, allow_infinity=False) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip

SAMPLES = [
    Assertion("equals", "a"),
    Assertion("contains", "a"),
    Assertion("icontains-any", ["A", "b"]),
    Assertion("contains-all", "a, b"),
    Assertion("starts-with", "a"),
    Assertion("regex", "a+b"),
    Assertion("is-json"),
    Assertion("contains-json", {"required": ["a"]}),
    Assertion("is-xml", "a"),
    Assertion("levenshtein", "ab", 1),
    Assertion("rouge-n", "a b", 0.4),
    Assertion("is-refusal"),
    Assertion("label", "a"),
    Assertion("json-fields", {"a": 1}),
    Assertion("tool-call-f1", "a,b"),
    Assertion("tool-call", {"name": "a"}),
]


def judged(type_: str, text: str | Answer, value: object = None, **options: object) -> assertions.Score:
    made = Assertion(type_, value, **options)  # type: ignore[arg-type]
    assert assertions.KINDS[type_].check(made) == ""
    return assertions.judge(made, text if isinstance(text, Answer) else Answer(text))


@given(st.sampled_from(SAMPLES), st.text('ab {}":1<>/A', max_size=12))
@settings(max_examples=100)
def test_not_turns_each_verdict_and_score_round(assertion: Assertion, text: str) -> None:
    negated = Assertion(assertion.type, assertion.value, assertion.threshold, negated=True)
    one, other = (assertions.judge(each, Answer(text)) for each in (assertion, negated))
    assert one.passed is not other.passed
    assert one.value + other.value == pytest.approx(1)
    assert 0 <= one.value <= 1


def test_every_type_is_judged_or_has_a_reason() -> None:
    assert not assertions.KINDS.keys() & assertions.UNSUPPORTED.keys()
    assert {sample.type for sample in SAMPLES} < assertions.KINDS.keys()
    assert all(assertions.unsupported(name) == "" for name in assertions.KINDS)
    assert all(assertions.unsupported(name) for name in assertions.UNSUPPORTED)
    assert assertions.unsupported("no-such-type") is None
    with pytest.raises(ValueError, match="not supported"):
        assertions.judge(Assertion("javascript", "1", unsupported="code"), Answer("1"))


def test_what_is_nested_too_deeply_is_not_judged() -> None:
    deep = "[" * 900 + "]" * 900
    for asked in (
        Assertion("json-fields", [1]),
        Assertion("is-json", {"uniqueItems": True}),
        Assertion("is-json"),
    ):
        for text in (deep, f"[{deep}, 1]", "[" * 100_000):
            try:
                found = assertions.judge(asked, Answer(text))
            except ScoringError:
                continue
            assert found.reason


# --- several assertions ---------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 4)), min_size=1, max_size=5), st.none() | st.floats(0, 1)
)
def test_a_case_is_the_weighted_mean(parts: list[tuple[bool, int]], threshold: float | None) -> None:
    asked = tuple(Assertion("equals", "a" if holds else "b", weight=weight) for holds, weight in parts)
    found = assertions.judge_all(asked, threshold, Answer("a"))
    mean = sum(weight for holds, weight in parts if holds) / sum(weight for _, weight in parts)
    assert found.value == pytest.approx(mean)
    expected = all(holds for holds, _ in parts) if threshold is None else found.value >= threshold
    assert found.passed is expected


def test_what_cannot_fail_is_not_judged() -> None:
    with pytest.raises(ValueError, match="could fail"):
        assertions.judge_all((), None, Answer(""))
    with pytest.raises(ValueError, match="could fail"):
        assertions.judge_all((Assertion("equals", "x", weight=0),), None, Answer(""))
    assert assertions.judge(Assertion("equals", "x", weight=0), Answer("")).passed


def test_an_unknown_time_is_neither_pass_nor_fail() -> None:
    for type_, negated in itertools.product(("latency", "cost"), (False, True)):
        with pytest.raises(ScoringError):
            assertions.judge(Assertion(type_, threshold=1, negated=negated), Answer("x"))


# --- numbers --------------------------------------------------------------------------------


@given(JSONS, JSONS)
def test_values_are_the_same_if_json_spells_them_so(one: object, other: object) -> None:
    assert same(one, json.loads(json.dumps(one)))
    assert same(one, other) == same(other, one)
    if json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True):
        assert same(one, other)


@pytest.mark.parametrize(
    ("value", "text"),
    [(5.0, "5"), (1e-5, "0.00001"), (1e-7, "1e-7"), (1.5e300, "1.5e+300"), (1e21, "1e+21"), (True, "true")],
)
def test_numbers_are_spelt_as_javascript_does(value: object, text: str) -> None:
    assert shown(value) == text
    assert judged("equals", text, value).passed


# --- likeness -------------------------------------------------------------------------------


def table_distance(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for number, char in enumerate(left, 1):
        before, row = row, [number]
        for at, other in enumerate(right):
            row.append(min(before[at] + (char != other), before[at + 1] + 1, row[at] + 1))
    return row[-1]


@given(st.text("abcé😀", max_size=40), st.text("abcé😀", max_size=40))
@settings(max_examples=100)
def test_the_edit_distance_is_that_of_the_table(left: str, right: str) -> None:
    assert distance.edits(left, right) == table_distance(left, right)


@given(st.text("ab .,'\"", max_size=30), st.text("ab .,'\"", max_size=30))
def test_rouge_is_symmetric_and_one_for_equal_texts(left: str, right: str) -> None:
    assert distance.rouge(left, right) == distance.rouge(right, left)
    assert 0 <= distance.rouge(left, right) <= 1
    assert distance.rouge(left, left) == (1 if distance.words(left) else 0)


def test_words_are_cut_as_the_treebank_cuts_them() -> None:
    assert distance.words("They'll cost $3,000 -- can't they?") == [
        *("they", "'ll", "cost", "$", "3,000", "--", "ca", "n't", "they", "?"),
    ]
    assert distance.words('He said "no" (twice).') == ["he", "said", "``", "no", "''", "(", "twice", ")", "."]
    assert distance.words("I cannot, e.g. go...") == ["i", "can", "not", ",", "e.g.", "go", "..."]


# --- patterns -------------------------------------------------------------------------------


@given(st.text("ab\\.[]{}()|*+?^1,\n", max_size=12), st.text("ab1\n", max_size=8))
@settings(max_examples=100)
def test_a_pattern_without_differences_finds_what_python_finds(pattern: str, text: str) -> None:
    try:
        ours = patterns.found(pattern, text)
    except ValueError:
        return
    if re.search(r"\\[a1]|\[\^?\]|\{,|[+*?}][+*?{]|\{\d*,?\d*\}|\|\||--|&&|\(\?", pattern) or "$" in pattern:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of a bracket in brackets, by Python's own
            theirs = re.search(pattern, text) is not None
    except re.error:
        return
    assert ours == theirs


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a$", "a\n", False),
        ("a.b", "a\u2028b", False),
        ("^\\d$", "٣", False),
        ("[^]", "\n", True),
        ("a[]", "a", False),
        ("{x}", "{x}", True),
        ("x{2}", "xx", True),
        ("x{,2}", "x{,2}", True),
        ("(?<q>['\"])a\\k<q>", "'a'", True),
        ("\\_\\-\\/", "_-/", True),
        ("[[]\\]", "[]", True),
        ("\\s", "\u00a0", True),
        ("[\\s]", "\ufeff", True),
        ("[\\s\\S]{3}", "\nab", True),
        ("[^\\d]", "5", False),
    ],
)
def test_patterns_are_javascripts(pattern: str, text: str, found: bool) -> None:
    assert patterns.found(pattern, text) is found


def test_hostile_patterns_are_refused_or_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for pattern in (
        "((a{1000}){1000}){1000}",
        "a{99999999}",
        "(" * 3,
        "x" * 20_000,
        "(?:[a]{400}b{200}){400}",
    ):
        assert assertions.KINDS["regex"].check(Assertion("regex", pattern)), pattern
    monkeypatch.setattr(patterns, "SECONDS", 0.05)
    with pytest.raises(ScoringError, match="took more than"):
        patterns.found("(a|aa)+$", "a" * 1_000_000 + "b")


# --- JSON -----------------------------------------------------------------------------------


@given(JSONS)
def test_any_json_is_json_and_whatever_holds_an_object_contains_it(value: object) -> None:
    text = json.dumps(value)
    assert judged("is-json", text).passed
    assert judged("contains-json", f"So: {text}, or {{not}}.").passed == ("{" in re.sub(r'"[^"]*"', "", text))


@pytest.mark.parametrize("text", ['{"a": NaN}', "Infinity", "{'a': 1}", "[1,]", "", "\ufeff{}", '{"a": 1} x'])
def test_what_is_no_json(text: str) -> None:
    assert not judged("is-json", text).passed


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "objct"}, "no JSON Schema"),
        ({"$ref": "http://127.0.0.1:1/x.json"}, "not fetched"),
        ({"properties": {"a": {"$ref": "#/definitions/a"}}}, "lacks"),
        ({"pattern": "("}, "no pattern"),
        ({"patternProperties": {"a{99999999}": {}}}, "repeats"),
        ({"$schema": "https://example.com/draft"}, "no known draft"),
        ({"$schema": 7}, "no known draft"),
        ("{", "no YAML or JSON"),
        ("- a", "a schema is a mapping"),
        (5, "expected a JSON Schema"),
    ],
)
def test_a_schema_that_is_none_is_refused_beforehand(schema: object, why: str) -> None:
    assert why in assertions.KINDS["is-json"].check(Assertion("is-json", schema))


def test_own_keywords_of_schemas() -> None:
    schema = {
        "properties": {"a": {"type": "array", "uniqueItems": True}},
        "patternProperties": {"^x(?<n>\\d)$": {"type": "string", "pattern": "^\\d$"}},
        "additionalProperties": False,
    }
    assert judged("is-json", '{"a": [1, true, "1"], "x1": "5"}', schema).passed
    for wrong in ('{"a": [1, 1.0]}', '{"x1": "٣"}', '{"x1": 5}', '{"x": "5"}'):
        assert not judged("is-json", wrong, schema).passed, wrong
    assert not judged("is-json", '{"b": "x"}', {"additionalProperties": {"type": "number"}}).passed
    assert judged("is-json", '{"b": 5}', {"additionalProperties": {"type": "number"}}).passed


def test_the_search_for_json_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsons, "_PATIENCE", 1)
    with pytest.raises(ScoringError, match="too long to be searched"):
        list(jsons.objects('{"' * 5_000))
    assert list(jsons.objects("{" * 100_000 + '{"a": 1}')) == [{"a": 1}]


def test_a_schema_in_a_circle_judges_nothing() -> None:
    with pytest.raises(ScoringError):
        schemas.fault({}, {"$ref": "#"})


# --- XML ------------------------------------------------------------------------------------


def test_hostile_xml_defines_and_fetches_nothing() -> None:
    bomb = '<!DOCTYPE l [<!ENTITY a "xxxx"><!ENTITY b "&a;&a;">]><l>&b;</l>'
    assert not judged("is-xml", bomb).passed
    assert "declarations" in judged("is-xml", bomb).reason
    assert markup.missing('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>&b;</a>', ["a"]) == []
    with pytest.raises(ScoringError):
        markup.missing("<a>" * 100_000, [])


# --- refusals -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("I’m sorry, but I can’t help with that.", True),
        ("As an AI language model, I do not have opinions.", True),
        ("I must respectfully decline.", True),
        ("  \n", True),
        ("Our shop cannot help with returns after 30 days.", False),
        ("I can help with that.", False),
        ("He said: sorry.", False),
    ],
)
def test_refusals(text: str, refused: bool) -> None:
    assert refusal.refuses(text) is refused


def test_a_call_of_a_tool_is_no_refusal() -> None:
    assert not judged("is-refusal", Answer("", calls=(ToolCall("search", {}),))).passed


# --- fields ---------------------------------------------------------------------------------


@given(JSONS, JSONS)
def test_fields_of_a_value_are_right_beside_itself(one: object, other: object) -> None:
    assert all(item.right for item in fields.compare(one, one, {}))
    compared = fields.compare(one, other, {})
    assert all(item.right for item in compared) == same(one, other)
    assert len({item.path for item in compared}) == len(compared)


def test_missing_wrong_and_extra_fields_count_alike() -> None:
    wanted = {"no": "A1", "total": 10.5, "lines": [{"sku": "x"}, {"sku": "y"}]}
    answered = {"no": " a1 ", "total": 10.51, "lines": [{"sku": "x"}], "note": ""}
    found = judged("json-fields", json.dumps(answered), wanted, threshold=0.2)
    assert (found.value, found.passed) == (0.2, True)
    assert "/lines/1/sku" in found.reason
    config = {"text": "fold", "tolerance": 0.01, "extra": "ignore", "find": "first"}
    assert judged("json-fields", f"Here: {json.dumps(answered)}", wanted, config=config).value == 0.75
    assert not judged("json-fields", "none", wanted, config=config).passed


# --- labels ---------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["a", "b", "c", labels.OTHER]))))
def test_a_confusion_matrix_adds_up(pairs: list[tuple[str, str]]) -> None:
    matrix = labels.confusion(pairs, "abc")
    rows = matrix.rows()
    assert (
        matrix.cases == len(pairs) == sum(row.expected for row in rows) == sum(row.answered for row in rows)
    )
    assert [row.label for row in rows][:3] == ["a", "b", "c"]
    if pairs:
        assert matrix.accuracy == pytest.approx(sum(one == other for one, other in pairs) / len(pairs))
    for row in rows:
        if row.precision and row.recall:
            assert row.f1 == pytest.approx(2 * row.precision * row.recall / (row.precision + row.recall))


def test_labels_are_read_through_their_wrapping() -> None:
    config = {"labels": ["billing", "bug", "feature request"]}
    for text in ("billing", " **Billing** ", '"BILLING".', "billing\n"):
        assert judged("label", text, "billing", config=config).passed
    for text in ("billing or bug", "The label is billing", "", "Bug"):
        assert not judged("label", text, "billing", config=config).passed
    assert labels.answered("none", config["labels"]) == labels.OTHER
    check = assertions.KINDS["label"].check
    assert "none of" in check(Assertion("label", "other", config=config))
    assert "alike" in check(Assertion("label", "a", config={"labels": ["a", "A"]}))


# --- tools ----------------------------------------------------------------------------------

CALLS = st.lists(
    st.tuples(st.sampled_from("ab"), st.dictionaries(st.sampled_from("xy"), st.integers(0, 1))), max_size=4
)


@given(CALLS, CALLS, st.booleans(), st.booleans())
@example([("a", {}), ("a", {"x": 0})], [("a", {"x": 0}), ("a", {})], True, False)
@settings(max_examples=100)
def test_as_many_calls_match_as_any_assignment_finds(
    wanted: list[tuple[str, dict[str, int]]],
    made: list[tuple[str, dict[str, int]]],
    subset: bool,
    ordered: bool,
) -> None:
    if not wanted:
        return
    value = [{"name": name, "arguments": given} for name, given in wanted]
    answer = Answer("", calls=tuple(ToolCall(name, given) for name, given in made))
    config = {"arguments": "subset" if subset else "exact", "order": ordered}
    found = judged("tool-call", answer, value, config=config)

    def fits(want: tuple[str, dict[str, int]], call: tuple[str, dict[str, int]]) -> bool:
        return want[0] == call[0] and (want[1].items() <= call[1].items() if subset else want[1] == call[1])

    best = 0
    for size in range(min(len(wanted), len(made)) + 1):
        for chosen in itertools.combinations(wanted, size):
            orders = itertools.combinations(made, size) if ordered else itertools.permutations(made, size)
            if any(all(map(fits, chosen, order)) for order in orders):
                best = size
    assert found.value == pytest.approx(2 * best / (len(wanted) + len(made)))
    assert found.passed == (best == len(wanted) == len(made))


def test_recorded_calls_are_read_from_json() -> None:
    spelt = '{"tool_calls": [{"function": {"name": "search", "arguments": "{\\"q\\": 1}"}}]}'
    assert calls.calls_of(Answer(spelt)) == (ToolCall("search", {"q": 1}),)
    assert calls.calls_of(Answer('[{"type": "tool_use", "name": "a", "input": {"x": 2}}]')) == (
        ToolCall("a", {"x": 2}),
    )
    assert calls.calls_of(Answer('{"functionCall": {"name": "a", "args": {}}}')) == (ToolCall("a", {}),)
    assert calls.calls_of(Answer("[1, null, {}]")) == calls.calls_of(Answer("{")) == ()
    assert judged("tool-call", spelt, "search").passed
    assert not judged("tool-call", "no call").passed
