"""Examples that break off: JSON, sentences, a missing answer; and ends that are meant."""

from __future__ import annotations

import pytest

from .conftest import Run

FULL = (
    "Q: When is breakfast?\nA: It is from seven to ten, in the garden room.\n\n"
    "Q: Where do I park?\nA: You can park in the yard behind the house.\n\n"
)
OPEN = "Q: {{ question }}\nA:"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (
            'Turn it into JSON.\n\nGuest: a\n{"intent": "table", "say": "When?"}\n\n'
            'Guest: b\n{"intent": "way", "say": "Left, then right"}\n\nGuest: c\n{"intent": "taxi", "say": "Now, and no',
            '{"intent": "taxi", "say": "Now, and no',
        ),
        (
            'Turn it into JSON.\n\nGuest: a table\n{"intent": "table", "say": "When?"}\n\n'
            'Guest: the bridge\n{"intent": "way", "say": "Turn left and\n\nGuest: taxi\n{"intent": "taxi", "say": "Now."}\n',
            '{"intent": "way", "say": "Turn left and',
        ),
        (
            FULL + "Q: A sauna?\nA: There is one below. It is open until nine and you get a\n\n" + OPEN,
            "There is one below. It is open until nine and you get a",
        ),
        (
            "Label it.\n\n###\nrx ok / rx ok\nlabel: normal\n###\nrx ok / idle\nlabel: normal\n###\n"
            "dns fail\nlabel: network\n###\ncase open / keys wiped / boot ro",
            "case open / keys wiped / boot ro",
        ),
    ],
)
def test_found(run: Run, text: str, at: str) -> None:
    ((prompt, hit),) = run("EXA006", text)
    assert prompt.text[hit.at.start : hit.at.end] == at  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        FULL + OPEN,
        FULL + "Q: A sauna?\nA: There is one in the cellar, open until nine...\n\n" + OPEN,
        FULL + "Q: What do you have?\nA: There is this:\n- a sauna\n- a pool with a slide\n\n" + OPEN,
        FULL + "Q: A sauna?\nA: Cellar\n\n" + OPEN,
        FULL + "Q: A sauna?\nA: It costs 12. The total for all of you is 48\n\n" + OPEN,
        'Guest: a\n{"intent": "table", "img": "x"}\n\nGuest: b\n{"intent": "way", "img": "data:image/png;base64,iVBORw\n\n'
        'Guest: c\n{"intent": "way", "img": "y"}\n',
        'Guest: a\n{"intent": "table", "n": 1}\n\nGuest: b\n{"intent": "way", "n": {{ n }}\n',
    ],
)
def test_left_alone(run: Run, text: str) -> None:
    assert run("EXA006", text) == []
