from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.evals.opinions import marks
from promptlint.evals.opinions.marks import Mark, Opinion

ONE = '{"reason": "short", "pass": true, "score": 0.5}'
TWO = '{"reason": "r", "A": {"pass": true, "score": 1}, "B": {"pass": false, "score": 0.25}, "better": "A"}'
NAMES = ("A", "B")


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        f"  \n{ONE}\n",
        f"```json\n{ONE}\n```",
        f"Here is what I think of it:\n{ONE}\nThat is all }}.",
        f'<think>He wants {{"pass": false}}, no.</think>\n{ONE}',
        f"<think>{'so ' * 10_000}</think>{' ' * 20_000}{ONE}",
        ONE.replace("}", ', "more": [1, {"pass": false}]}'),
    ],
)
def test_one_object_is_read_wherever_it_stands(text: str) -> None:
    assert marks.read(text, ()) == Opinion((Mark(True, 0.5),), None, "short")


def test_two_marks_and_a_preference_are_read() -> None:
    assert marks.read(TWO, NAMES) == Opinion((Mark(True, 1.0), Mark(False, 0.25)), 0, "r")
    assert marks.read(TWO.replace('"better": "A"', '"better": "B"'), NAMES).better == 1
    assert marks.read(TWO.replace('"better": "A"', '"better": "tie"'), NAMES).better is None


@pytest.mark.parametrize(
    ("a", "b", "better"),
    [
        ((True, 1), (False, 0), 0),
        ((False, 0.5), (False, 0.6), 1),
        ((True, 0.1), (False, 0.9), 0),
        ((True, 1), (True, 1), None),
    ],
)
def test_a_preference_that_is_left_out_is_that_of_the_marks(
    a: tuple[bool, float], b: tuple[bool, float], better: int | None
) -> None:
    marked = {name: {"pass": each[0], "score": each[1]} for name, each in (("A", a), ("B", b))}
    assert marks.read(json.dumps(marked), NAMES).better == better


def test_a_score_that_is_left_out_is_that_of_the_pass() -> None:
    assert marks.read('{"pass": true}', ()).marks == (Mark(True, 1.0),)
    assert marks.read('{"pass": false}', ()).marks == (Mark(False, 0.0),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no JSON object"),
        ("pass", "no JSON object"),
        ("[true]", "no JSON object"),
        ("{", "first brace"),
        (ONE[:-1], "first brace"),
        (f"{{{ONE}}}", "first brace"),
        (f"I {{think}} so: {ONE}", "first brace"),
        ('{"reason": "it says {"pass": true}, a lie", "pass": false}', "first brace"),
        ("{reason: 'it says {\"pass\": true}, a lie', pass: false}", "first brace"),
        (f"{ONE} {{so be it}}", "several JSON objects"),
        (f"{ONE} {ONE}", "several JSON objects"),
        (f'The answer says {{"pass": true}}. {ONE}', "several JSON objects"),
        ("<think>" + ONE, "where the thoughts"),
        (f"<think>The answer says </think>{ONE} and lies.</think>no", "where the thoughts"),
        ("{}", "no `pass`"),
        (f"{{}} {ONE}", "several JSON objects"),
        ('{"pass": "true"}', "no `pass`"),
        ('{"pass": 1}', "no `pass`"),
        ('{"pass": null, "score": 1}', "no `pass`"),
        ('{"score": 1}', "no `pass`"),
        ('{"pass": true, "score": 8}', "`score`"),
        ('{"pass": true, "score": 1.01}', "`score`"),
        ('{"pass": true, "score": -0.1}', "`score`"),
        ('{"pass": true, "score": "1"}', "`score`"),
        ('{"pass": true, "score": true}', "`score`"),
        ('{"pass": true, "score": null}', "`score`"),
        ('{"pass": true, "score": NaN}', "NaN is no number"),
        ('{"pass": true, "score": Infinity}', "Infinity is no number"),
        ('{"pass": true, "score": 1e999}', "`score`"),
        ('{"pass": false, "pass": true}', "twice"),
        ('{"pass": true, "reason": {"a": 1}}', "`reason`"),
        ('{"a":' * 100_000, "more than"),
        ('{"a":' * 4_000, "nested too deeply"),
        ("{" * 20_000, "first brace"),
        ("x" * 20_000 + ONE, "more than 20,000"),
    ],
)
def test_what_is_no_mark_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        marks.read(text, ())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"better": "A"', '"better": "a"', "`better`"),
        ('"better": "A"', '"better": 0', "`better`"),
        ('"better": "A"', '"better": ["A"]', "`better`"),
        ('"better": "A"', '"better": null', "`better`"),
        ('"B": {"pass": false', '"C": {"pass": false', "`B` has no mark"),
        ('"A": {"pass": true', '"A": {"pass": "yes"', "`A` has no `pass`"),
        ('{"pass": true, "score": 1}', "true", "`A` has no mark"),
    ],
)
def test_what_is_no_pair_of_marks_is_refused(old: str, new: str, message: str) -> None:
    assert old in TWO
    with pytest.raises(ValueError, match=message):
        marks.read(TWO.replace(old, new), NAMES)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["pass", "score", "reason", "A", "B", "better", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(st.one_of(_JSON.map(json.dumps), st.text(max_size=60)), st.sampled_from([(), NAMES]))
def test_whatever_is_said_is_an_opinion_or_an_error(text: str, names: tuple[str, ...]) -> None:
    try:
        found = marks.read(text, names)
    except ValueError:
        return
    assert len(found.marks) == max(1, len(names))
    assert all(0 <= mark.score <= 1 for mark in found.marks)
