"""Two examples with one input: found if their outputs can be compared and differ."""

from __future__ import annotations

import pytest

from .conftest import Run

TWO = '- "gg wp everyone" -> ok\n- "you worm" -> insult\n'


@pytest.mark.parametrize(
    "text",
    [
        "Label it.\n\n" + TWO + '- "gg wp everyone" -> insult\n',
        "Label it.\n\n" + TWO + '- "GG WP, everyone!" -> insult\n',
        'Q: lyon\n{"n": 1}\n\nQ: ghent\n{"n": 2}\n\nQ: lyon\n{"n": 2}\n',
        "Sort.\n\nQ: a b c\nA: Long words about it.\nCLASS: x\n\nQ: d e f\nA: More words.\nCLASS: y\n\n"
        "Q: a b c\nA: Words of another kind.\nCLASS: y\n",
        "Judge.\n\nQ: stop the logs\nA: Done.\nrefused\n\nQ: stop the logs\nA: Done.\ncomplied\n",
        "## Examples\n\n| Text | Place | Output |\n|---|---|---|\n| one two | warm | x |\n| one two | warm | y |\n",
    ],
)
def test_found(run: Run, text: str) -> None:
    ((_, hit),) = run("EXA007", text)
    assert len(hit.related) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Label it.\n\n" + TWO,
        "Label it.\n\n" + TWO + '- "gg wp everyone" -> OK\n',
        'Q: lyon\n{"n": 1, "m": 2}\n\nQ: ghent\n{"n": 2}\n\nQ: lyon\n{"m": 2, "n": 1}\n',
        "Good:\nInput: a b c\nOutput: yes\n\nBad:\nInput: a b c\nOutput: no\n",
        "User: hello\nAssistant: hi\nUser: hello\nAssistant: hi again\n",
        "Write a headline.\n\nInput: Late again.\nOutput: Ferry late again, and nobody is surprised by it\n\n"
        "Input: Late again.\nOutput: Another morning, another wait, says the line\n",
        "Label it.\n\n{% if a %}\nInput: one two\nOutput: x\n{% else %}\nInput: one two\nOutput: y\n{% endif %}\n",
        "Judge.\n\nQ: stop the logs\nA: No.\nrefused\n\nQ: stop the logs\nA: Done.\ncomplied\n",
        "## Examples\n\n| Text | Place | Output |\n|---|---|---|\n| one two | warm | x |\n| one two | cold | y |\n",
        '## Examples\n\n[{"question": "who won", "answer": "A", "context": "A won."},\n'
        '{"question": "who won", "answer": "B", "context": "B won."}]\n',
    ],
)
def test_left_alone(run: Run, text: str) -> None:
    assert run("EXA007", text) == []
