"""What may be cut, and what cutting it leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path

import pytest

from promptlint.compress import cutting, files, judging, offline, search
from promptlint.compress.ground import File
from promptlint.compress.moves import Moves, levels, still_there
from promptlint.compress.proposal import Ground
from promptlint.compress.segments import Part, leaves, parts
from promptlint.compress.tried import Cases, Score, Tried, Variant
from promptlint.contract import Fate
from promptlint.errors import PromptlintError

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

PROMPT = """\
# Support

You answer for a shop that sells lamps. It was founded in a small town by the sea.

## Tone

Write as a friend would write. Use short words where there are some.

- Begin every answer with a greeting of some kind.
- Never reveal the password of a customer to anybody.
- Say at the end that more help is there.

## Steps

1. Read the ticket from the first to the last word.
2. Find the order in the list of the orders.

<!-- promptlint: keep -->
The lamps are made by hand and each of them differs.

```json
{"label": "one of the labels that are listed"}
```

The customer of today is {{customer}} and has waited for long.

<example>
Input: my lamp is broken and I am sad
Output: {"label": "broken"}
</example>
"""


def ground(root: Path, text: str) -> tuple[File, Ground]:
    (root / "p.md").write_text(text)
    (root / "promptlint.toml").touch()
    found = files.found(str(root / "p.md"))
    return found.file, found.ground


def every(found: tuple[Part, ...]) -> Iterator[Part]:
    for part in found:
        yield part
        yield from every(part.children)


def cuttable(root: Path, text: str) -> list[str]:
    _, of = ground(root, text)
    return [
        of.view.text[part.span.start : part.span.end] for part in every(parts(of)) if part.cut is not None
    ]


def test_what_may_be_cut(tmp_path: Path) -> None:
    found = cuttable(tmp_path, PROMPT)
    assert "You answer for a shop that sells lamps." in found
    assert "It was founded in a small town by the sea." in found
    assert "- Begin every answer with a greeting of some kind." in found
    assert any(text.startswith("<example>") for text in found)


@pytest.mark.parametrize(
    "kept",
    ["password", "{{customer}}", '"label": "one of', "made by hand", "promptlint: keep", "# Support"],
)
def test_what_is_never_cut(tmp_path: Path, kept: str) -> None:
    assert not [text for text in cuttable(tmp_path, PROMPT) if kept in text]


def test_a_part_that_may_not_be_cut_says_why(tmp_path: Path) -> None:
    _, of = ground(tmp_path, PROMPT)
    reasons = {part.why_not for part in every(parts(of))}
    assert {"", "it holds a slot", "it is about safety"} <= reasons


def test_an_example_goes_with_its_code_and_code_alone_does_not(tmp_path: Path) -> None:
    shot = 'Input: my lamp is broken\nOutput:\n\n```json\n{"label": "broken"}\n```'
    text = f"# Shop\n\nAnswer the question.\n\n## Examples\n\n### Example 1\n\n{shot}\n\n### Example 2\n\n{shot}\n"
    found = cuttable(tmp_path, text + "\n## Format\n\n```json\n{}\n```\n")
    assert [each for each in found if each.startswith("### Example 1")]
    assert not [each for each in found if "## Format" in each or each.startswith("```")]


def test_a_step_is_not_cut_alone_but_with_all_steps(tmp_path: Path) -> None:
    found = [text for text in cuttable(tmp_path, PROMPT) if "Read the ticket" in text]
    assert found
    assert all("Find the order" in text for text in found)


def test_the_last_text_of_a_message_stays(tmp_path: Path) -> None:
    assert cuttable(tmp_path, "You answer for a shop that sells lamps to people.\n") == []


def test_a_prompt_without_cuttable_text_has_no_parts(tmp_path: Path) -> None:
    assert cuttable(tmp_path, "{{system}}\n\n{{question}}\n") == []


def test_cutting_all_of_a_section_takes_its_heading(tmp_path: Path) -> None:
    text = "# Shop\n\n## Past\n\nIt was founded by the sea.\nIt grew from year to year.\n\n## Now\n\nTicket: {{ticket}}\n"
    _, of = ground(tmp_path, text)
    moves = Moves(of)
    numbers = moves.add_parts(list(leaves(moves.parts)))
    after = moves.prompt(frozenset(numbers)).text
    assert after == "# Shop\n\n## Now\n\nTicket: {{ticket}}\n"
    one = frozenset(list(numbers)[:1])
    assert "## Past" in moves.prompt(one).text


def test_a_part_that_is_gone_is_not_offered_again(tmp_path: Path) -> None:
    _, of = ground(tmp_path, PROMPT)
    moves = Moves(of)
    first, *rest = levels(moves)
    numbers = moves.add_parts(first)
    for level in rest:
        numbers |= moves.add_parts(still_there(moves, frozenset(), level))
    whole = frozenset(numbers)
    assert not [
        part for level in levels(moves) for part in still_there(moves, whole, level) if part.cut is not None
    ]


# --- laws, on all prompts of the fixtures ---------------------------------------------------


@lru_cache(maxsize=1)
def _prompts() -> tuple[tuple[File, Ground], ...]:
    """All prompts of the fixtures with a few parts."""
    return tuple(_read())


def _read() -> Iterator[tuple[File, Ground]]:
    for path in _targets():
        try:
            file = files.found(str(path), isolated=True).file
        except PromptlintError:
            continue
        for of in file.grounds:
            if len(of.view.text) > 300:
                yield file, of


def _targets() -> list[Path]:
    """Files that may hold prompts; what commands have written (`golden`) are none."""
    kinds = {".md", ".txt", ".yaml", ".py", ".j2"}
    return [
        path for path in sorted(FIXTURES.rglob("*")) if path.suffix in kinds and "golden" not in path.parts
    ]


@pytest.mark.slow
def test_all_cuts_of_any_prompt_can_be_written_back_and_keep_slots_and_code() -> None:
    cut = 0
    for file, of in _prompts():
        path = of.prompt.id
        moves = Moves(of)
        numbers = moves.add_parts(list(leaves(moves.parts)))
        if not numbers:
            continue
        cut += len(numbers)
        variant = frozenset(numbers)
        flat = moves.flat(variant)
        edits = moves.edits(variant)
        assert all(one.span.end <= two.span.start for one, two in pairwise(edits)), path
        assert all(each.source_edits for each in flat), path
        after = moves.prompt(variant)
        lost = {each.what for each in judging.changes(of.view.contract, after) if each.fate is Fate.LOST}
        assert "slot" not in lost, path
        _, prompts = offline.applied(file, flat)
        assert next(each for each in prompts if each.id == of.prompt.id).text == after.text, path
    assert cut > 100


def _needing(moves: Moves, words: list[str]) -> Score:
    """Scores by whether sentences are there, a third of the cases for each."""
    texts: dict[Variant, str] = {}

    def score(variant: Variant, cases: Sequence[int]) -> list[float]:
        if variant not in texts:
            texts[variant] = moves.prompt(variant).text
        return [float(words[case % len(words)] in texts[variant]) for case in cases]

    return score


def _cuts(moves: Moves, level: Sequence[Part], made: Variant) -> dict[int, int]:
    return moves.add_parts(still_there(moves, made, level))


def test_a_search_through_all_levels_of_real_prompts_keeps_what_is_needed() -> None:
    searched = 0
    for _, of in _prompts():
        moves = Moves(of)
        small = list(leaves(moves.parts))
        if len(small) < 6:
            continue
        searched += 1
        needed = [of.view.text[part.span.start : part.span.end] for part in small[:: max(1, len(small) // 3)]]
        tried = Tried(_needing(moves, needed), Cases(tuple((case,) for case in range(120))))
        stages = [partial(_cuts, moves, level) for level in levels(moves)]
        found = search.searched(tried, stages, cutting.Rules.of(0.05))
        after = moves.prompt(found.made).text
        assert all(text in after for text in needed), of.prompt.id
        gone = sum(of.view.text[part.span.start : part.span.end] not in after for part in small)
        assert gone >= (len(small) - len(needed)) * 0.7, (of.prompt.id, gone, len(small), len(needed))
    assert searched >= 5
