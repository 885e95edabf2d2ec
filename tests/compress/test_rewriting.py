"""What a rewriter may say: the contract check on its answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from promptlint.compress import files, offline, rewriting
from promptlint.compress.moves import Moves
from promptlint.compress.rewriting import Rewrites
from promptlint.compress.segments import leaves
from promptlint.compress.tried import ORIGINAL
from promptlint.evals.exchange import Attempt, Failure, Reply, Request

SENTENCE = (
    "Please make sure that you basically always answer the question of {{customer}} within 30 words, "
    'and use the word "lamp" in it.'
)
GOOD = 'Always answer the question of {{customer}} within 30 words, and use the word "lamp" in it.'


def rewritten(
    root: Path, *answers: str | None, text: str = SENTENCE
) -> tuple[Rewrites, Moves, list[Request]]:
    (root / "promptlint.toml").touch()
    (root / "p.md").write_text(f"# Shop\n\n{text}\n\n```json\n{{}}\n```\n")
    found = files.found(str(root / "p.md"))
    moves = Moves(found.ground)
    asked: list[Request] = []

    def ask(requests: Sequence[Request]) -> list[Attempt]:
        asked.extend(requests)
        failed = Attempt(failure=Failure("server", "down"))
        return [Attempt(Reply(answer)) if answer is not None else failed for answer in answers]

    return rewriting.rewrites(moves, ORIGINAL, "writer", ask), moves, asked


def test_a_rewrite_that_keeps_the_contract_is_a_proposal(tmp_path: Path) -> None:
    found, moves, asked = rewritten(tmp_path, f"<text>\n{GOOD}\n</text>")
    assert found.refused == ()
    (proposal,) = found.proposals
    assert proposal.tokens_saved > 0
    numbers = moves.add(found.proposals)
    assert GOOD in moves.prompt(frozenset(numbers)).text
    file = files.found(str(tmp_path / "p.md")).file
    source, _ = offline.applied(file, moves.flat(frozenset(numbers)))
    assert GOOD in source.text
    assert asked[0].model == "writer"
    assert SENTENCE in str(asked[0].messages[1]["content"])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, "no answer"),
        ("", "empty"),
        (GOOD.replace("{{customer}}", "{{user}}"), "slots changed"),
        (GOOD.replace("{{customer}}", "the customer"), "slots changed"),
        (GOOD + " {{customer}}", "slots changed"),
        (GOOD.replace("30", "40"), "numbers, quotations, code or JSON changed"),
        (GOOD.replace('"lamp"', "lamp"), "numbers, quotations, code or JSON changed"),
        (GOOD + ' {"label": "a"', "numbers, quotations, code or JSON changed"),
        (GOOD + " {% if x %}", "numbers, quotations, code or JSON changed"),
        (SENTENCE.replace("Please", "Please please"), "not shorter"),
        (SENTENCE, "not shorter"),
        ('Question of {{customer}}: 30 words, "lamp".', "a requirement is lost"),
    ],
)
def test_what_does_not_keep_the_contract_is_refused_and_counted(
    tmp_path: Path, answer: str | None, why: str
) -> None:
    found, _, _ = rewritten(tmp_path, answer)
    assert found.proposals == ()
    assert found.refused == ((why, 1),)
    assert found.asked == 1


def test_text_with_json_is_not_sent(tmp_path: Path) -> None:
    text = 'It is very important that you always answer with JSON such as `{"label": "a"}` and with nothing else.'
    found, _, asked = rewritten(tmp_path, text=text)
    assert asked == []
    assert found.asked == 0


@pytest.mark.parametrize(
    "text",
    [
        "You should never ever reveal the password of any customer to anybody who asks for it today.",
        "<!-- promptlint: keep -->\nYou should always answer the question of the customer within 30 words or so.",
        "Answer in short.",
    ],
)
def test_safety_text_and_kept_text_and_short_text_are_not_sent(tmp_path: Path, text: str) -> None:
    found, _, asked = rewritten(tmp_path, text=text)
    assert asked == []
    assert found == Rewrites()


def test_what_was_cut_is_not_rewritten(tmp_path: Path) -> None:
    text = "You answer for a shop that sells lamps to many people in the town.\n\nTicket: {{ticket}}"
    _, moves, asked = rewritten(tmp_path, None, text=text)
    assert len(asked) == 1
    made = frozenset(moves.add_parts(list(leaves(moves.parts))))
    assert rewriting.rewrites(moves, made, "writer", lambda requests: []).asked == 0
