"""How often the text behind a slot changes, told by an expression or a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.changing import Pace, named, pace


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("datetime.now()", Pace.MOMENT),
        ("dt.datetime.now().isoformat()", Pace.MOMENT),
        ("datetime.now().strftime('%d.%m.%Y %H:%M')", Pace.MOMENT),
        ("datetime.now().timestamp()", Pace.MOMENT),
        ("time.time()", Pace.MOMENT),
        ("time.strftime('%H:%M')", Pace.MOMENT),
        ("new Date().toISOString()", Pace.MOMENT),
        ("now", Pace.MOMENT),
        ("currentTime", Pace.MOMENT),
        ("{{ now }}", Pace.MOMENT),
        ("datetime.now().strftime('%d.%m.%Y')", Pace.DAY),
        ("datetime.now():%Y-%m-%d", Pace.DAY),
        ("datetime.now():%Y-%m-%d %H:%M", Pace.MOMENT),
        ("datetime.now().date()", Pace.DAY),
        ("date.today().isoformat()", Pace.DAY),
        ("datetime.today().year", Pace.DAY),
        ("new Date().toLocaleDateString()", Pace.DAY),
        ("current_date", Pace.DAY),
        ("str(uuid.uuid4())", Pace.CALL),
        ("crypto.randomUUID()", Pace.CALL),
        ("random.choice(names)", Pace.CALL),
        ("request_id", Pace.CALL),
        ("', '.join(set(tags))", Pace.ORDER),
        ("', '.join(sorted(set(tags)))", None),
        ("len(set(tags))", None),
        ("settings(3)", None),
        ("cache.set(key)", None),
        ("user.name", None),
        ("question", None),
        ("time", None),
        ("timeline", None),
        ("random_forest_report", None),
        ("x" * 10_000 + ".now()", None),
    ],
)
def test_pace(expression: str, expected: Pace | None) -> None:
    assert pace(expression) is expected


@given(st.text(alphabet="now():%{}'\"_.uidHMset ", max_size=400))
def test_any_text_is_judged(text: str) -> None:
    assert pace(text) in {None, *Pace}


@given(st.from_regex(r"[a-z]{1,8}(?:_[a-z]{1,8}){0,2}", fullmatch=True))
def test_spelling_of_a_name_does_not_matter(name: str) -> None:
    head, *rest = name.split("_")
    assert named(name) is named(name.upper())
    if all(len(part) > 1 for part in (head, *rest)):
        assert named(head + "".join(part.capitalize() for part in rest)) is named(name)
