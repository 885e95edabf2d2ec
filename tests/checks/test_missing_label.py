"""Labels without an example: found where nearly all others have one."""

from __future__ import annotations

import pytest

from .conftest import Run

SETS = (
    "Indexes:\n- code: source files\n- docs: design documents\n- tickets: bugs\n- people: who owns what\n\n"
)
SHOTS = "".join(
    f'Question: q {n}\n{{"why": "because {n}", "index": "{n}"}}\n\n' for n in ("code", "docs", "tickets")
)
ARROWS = '"a lamp" -> lamp\n"a box" -> cable\n"the light" -> lamp\n'


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (SETS + SHOTS + "{{ q }}", "people"),
        ("Queues: lamp, cable, tree\n\n" + ARROWS, "tree"),
        ("Answer with lamp, cable or tree.\n\n" + ARROWS, "tree"),
    ],
)
def test_found(run: Run, text: str, at: str) -> None:
    ((prompt, hit),) = run("EXA008", text)
    assert prompt.text[hit.at.start : hit.at.end] == at  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "Queues: lamp, cable\n\n" + ARROWS,
        "Queues: lamp, cable, other\n\n" + ARROWS,
        "Queues: lamp, cable, tree, bin, bench, paint\n\n" + ARROWS,
        "Queues such as lamp, cable, tree\n\n" + ARROWS,
        "Queues: lamp, cable, the trees\n\n" + ARROWS + '"a branch" -> trees\n',
        SETS + "{{ q }}",
        SETS.replace("people", "5").replace("code", "4") + SHOTS,
    ],
)
def test_left_alone(run: Run, text: str) -> None:
    assert run("EXA008", text) == []
