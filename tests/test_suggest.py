"""Suggestions are whole lines inside the diff, proven alone and together; accepted, they are what `fix` does."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptlint import fix, lint, run, suggest
from promptlint.errors import ProofError
from promptlint.model import Safety, Source, SourceKind
from promptlint.suggest import Suggested
from promptlint.suggest.lines import Text

SCRIPT = Path(__file__).parent.parent / "scripts" / "update_fixtures.py"
_spec = importlib.util.spec_from_file_location("update_fixtures", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
update_fixtures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(update_fixtures)

WORDY = "You sort mail.\n\nIn order to help, be quick.\n\nThanks.\n\nIn order to win, be kind.\n"
OFTEN = "its lines are not in the diff"


@cache
def own_settings() -> lint.Settings:
    space = run.workspace(run.Request(paths=(Path(__file__).parent,), isolated=True))
    return space.settings(space.root / "x.prompt.md", "x.prompt.md")


def source(text: str, path: str = "x.prompt.md", kind: SourceKind = SourceKind.MARKDOWN) -> Source:
    return Source(path, text, kind, named=True)


def of(text: str, *hunks: tuple[int, int], **more: object) -> Suggested:
    return suggest.of_source(source(text, **more), own_settings(), hunks)  # type: ignore[arg-type]


def everything(text: str) -> tuple[int, int]:
    return 1, text.count("\n") + 1


def test_a_fix_is_its_whole_lines_and_no_more() -> None:
    found = of(WORDY, (1, 4))
    (one,) = found.suggestions
    assert (one.first, one.last, one.lines) == (3, 3, ("To help, be quick.",))
    assert one.old == ("In order to help, be quick.",)
    assert [item.code for item in one.findings]
    assert [item.reason for item in found.apart] == [OFTEN]


@pytest.mark.parametrize("hunks", [(), ((1, 2),), ((4, 6),), ((1, 2), (4, 6), (8, 9))])
def test_nothing_is_suggested_outside_of_hunks(hunks: tuple[tuple[int, int], ...]) -> None:
    found = of(WORDY, *hunks)
    assert found.suggestions == ()
    assert [item.reason for item in found.apart] == [OFTEN, OFTEN]


def test_fixes_whose_lines_meet_are_one_suggestion() -> None:
    text = "Sort the mail.\n\nIn order to help, be quick, and in order to win, be kind.\n"
    (one,) = of(text, everything(text)).suggestions
    assert len(one.findings) == 2
    assert one.lines == ("To help, be quick, and to win, be kind.",)


def test_a_deleted_line_is_a_suggestion_without_lines() -> None:
    text = "Sort the mail.\n\nKeep it short.\n\n" + "  \t  \t\n" * 5 + "Be kind.\n"
    found = of(text, everything(text))
    assert [(item.lines, item.last - item.first + 1) for item in found.suggestions] == [((), 5)]
    assert suggest.apply(text, found.suggestions) == "Sort the mail.\n\nKeep it short.\n\nBe kind.\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (WORDY.replace("\n", "\r\n"), "its lines do not end in a plain LF"),
        ("Sort.\n\nIn order to help, be quick.", "the last line of the file has no line ending"),
        (
            "\ufeffIn order to help, be quick.\n",
            "its lines hold characters that a comment does not show as they are",
        ),
        (
            "In order to help, be \u202equick.\n",
            "its lines hold characters that a comment does not show as they are",
        ),
        (
            "In order to help, be quick. " * 9 + "x" * 20_000 + ".\n",
            "its lines are too long for a comment",
        ),
        (
            "In order to help, be quick: " + "`" * 90 + "\n",
            "its lines hold characters that a comment does not show as they are",
        ),
    ],
    ids=["crlf", "no-newline", "bom", "bidi", "long", "fence"],
)
def test_what_a_comment_cannot_carry_is_left_out_with_its_reason(text: str, reason: str) -> None:
    found = of(text, everything(text))
    assert found.suggestions == ()
    assert reason in {item.reason for item in found.apart}


def test_a_fix_that_is_not_proven_is_not_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    """The codec is broken on purpose: the proof must catch it."""
    from promptlint import splice

    monkeypatch.setattr(splice, "encode", lambda text, codec: text + "{{ intruder }}")
    text = "You help {{ name }}.\n\nIn order to help, be quick.\n"
    found = of(text, everything(text), path="a.prompt.j2", kind=SourceKind.JINJA)
    assert found.suggestions == ()
    assert [item.reason.partition(":")[0] for item in found.apart] == ["not proven"]


# --- many at once ---------------------------------------------------------------------------


def many(count: int) -> str:
    return "You sort the mail of a shop.\n" + "".join(
        f"\nIn order to help customer {number}, look at order {{{{ order_{number} }}}}.\n"
        for number in range(count)
    )


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[fix.Item, ...]]:
    """The fixes that were proven together, each time that a file was."""
    asked: list[tuple[fix.Item, ...]] = []
    proven = fix.applied

    def applied(examined: lint.Examined, items: Sequence[fix.Item], own: lint.Settings) -> Source:
        asked.append(tuple(items))
        return proven(examined, items, own)

    monkeypatch.setattr(fix, "applied", applied)
    return asked


def test_no_more_are_proven_than_are_shown(proofs: list[tuple[fix.Item, ...]]) -> None:
    text = many(suggest.MOST + 12)
    found = of(text, everything(text))
    assert len(found.suggestions) == suggest.MOST
    assert (found.more, found.apart) == (12, ())
    assert [len(each) for each in proofs] == [1] * suggest.MOST + [suggest.MOST]
    assert {each[0].mark.finding for each in proofs} == {
        finding for one in found.suggestions for finding in one.findings
    }


def test_a_fix_that_breaks_the_proof_is_found_by_halves(
    proofs: list[tuple[fix.Item, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = fix.applied
    bad = {"customer 17,", "customer 90,"}

    def applied(examined: lint.Examined, items: Sequence[fix.Item], own: lint.Settings) -> Source:
        new = counted(examined, items, own)
        lines = {
            line.partition("help ")[2].partition(" look")[0]
            for line in new.text.split("\n")
            if "\nTo" in f"\n{line}"
        }
        if lines & bad:
            raise ProofError("a promise is broken")
        return new

    monkeypatch.setattr(fix, "applied", applied)
    fixed = fix.fix_source(source(many(128)), own_settings(), Safety.SAFE)
    assert len(fixed.applied) == 126
    assert {item.reason for item in fixed.refused} == {"a promise is broken"}
    assert fixed.text.count("In order to") == 2
    assert all(f"In order to help {each}" in fixed.text for each in bad)
    assert len(proofs) < 40  # not one for each of the fixes
    assert fix.fix_source(source(fixed.text), own_settings(), Safety.SAFE).text == fixed.text


# --- laws over the fixtures -----------------------------------------------------------------


@cache
def fixtures() -> tuple[tuple[Source, lint.Settings], ...]:
    """The fixtures in which `fix` changes something."""
    found = []
    for path in update_fixtures.fixture_files():
        request = run.Request(paths=(path,), use_cache=False)
        space = run.workspace(request)
        for place, one in run.sources(request, space)[0]:
            own = space.settings(place, one.path)
            if any(map(suggest._is_safe, lint.check_source(one, own).findings)):
                found.append((one, own))
    return tuple(found)


def test_there_are_fixtures_to_look_at() -> None:
    assert len(fixtures()) >= 10


def test_all_suggestions_accepted_again_and_again_are_what_fix_does() -> None:
    """Except where a line cannot be suggested at all, which is said for each."""
    same = 0
    for one, own in fixtures():
        now, said = one, False
        for _ in range(fix.ROUNDS):
            found = suggest.of_source(now, own, (everything(now.text),))
            said = said or any(item.reason != "another fix changes the same text" for item in found.apart)
            if not found.suggestions:
                break
            now = Source(
                now.path, suggest.apply(now.text, found.suggestions), now.kind, now.named, now.context
            )
        if not said:
            assert now.text == fix.fix_source(one, own, Safety.SAFE).text, one.path
            same += 1
    assert same >= 8


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_subset_that_is_accepted_is_fine(data: st.DataObject) -> None:
    """Whatever hunks there are, and whatever a reviewer accepts: no line outside changes, prompts stay, and
    what was fixed is gone."""
    one, own = data.draw(st.sampled_from(fixtures()))
    count = one.text.count("\n") + 1
    cuts = sorted(data.draw(st.sets(st.integers(1, count), max_size=6)))
    hunks = tuple(zip(cuts[::2], cuts[1::2], strict=False))
    found = suggest.of_source(one, own, hunks)
    safe = [item for item in lint.check_source(one, own).findings if suggest._is_safe(item)]
    told = [item for each in found.suggestions for item in each.findings]
    assert sorted(item.fingerprint for item in [*told, *(each.finding for each in found.apart)]) == sorted(
        item.fingerprint for item in safe
    )
    for each in found.suggestions:
        assert any(first <= each.first and each.last <= last for first, last in hunks)
    spans = sorted((each.first, each.last) for each in found.suggestions)
    assert all(left[1] < right[0] for left, right in pairwise(spans))
    accepted = [each for each in found.suggestions if data.draw(st.booleans())]
    after = Source(one.path, suggest.apply(one.text, accepted), one.kind, one.named, one.context)
    before, now = lint.check_source(one, own), lint.check_source(after, own)
    assert [item.id for item in before.prompts] == [item.id for item in now.prompts]
    assert sum(item.tokens.high for item in now.prompts) <= sum(item.tokens.high for item in before.prompts)


@settings(max_examples=100)
@given(st.data())
def test_a_change_of_whole_lines_says_what_the_edits_say(data: st.DataObject) -> None:
    from promptlint.locate import replaced
    from promptlint.model import Edit, Span

    text = data.draw(st.text("ab\n", max_size=12))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=4)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    edits = [Edit(Span(start, end), data.draw(st.text("ab\n", max_size=3))) for start, end in pairs]
    change = Text(text).change(edits)
    assert 1 <= change.first <= change.last <= text.count("\n") + 1
    lines = text.split("\n")
    lines[change.first - 1 : change.last] = change.lines
    assert "\n".join(lines) == replaced(text, [(e.span.start, e.span.end, e.new) for e in edits])
