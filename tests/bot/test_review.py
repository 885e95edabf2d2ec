"""Suggestions at lines: each once, none that is outdated, none that acts, and no more than are readable."""

from __future__ import annotations

import re
from dataclasses import replace

import cmarkgfm
import pytest
from hostile import SMALL
from hypothesis import given
from hypothesis import strategies as st

from promptlint.bot import marker
from promptlint.bot.host import Remark
from promptlint.bot.review import Drafts, Reviewed, drafts, fingerprint, notes, review
from promptlint.model import Basis, Finding, Location, Saving, Severity, Span
from promptlint.suggest import MOST, Apart, Suggested, Suggestion

from .memory import MemoryHost, interleaved

SHA = "a" * 40


def finding(
    number: int = 0, message: str = '"In order to" says no more than "to"', usd: float = 0.02
) -> Finding:
    return Finding(
        code="TOK001",
        name="filler-phrase",
        severity=Severity.INFO,
        message=message,
        path="a.md",
        span=Span(0, 5),
        location=Location(3, 1, 3, 6),
        fingerprint=f"{number:016x}",
        prompt="a.md",
        saving=Saving(2, usd_per_1000=(usd / 2, usd), basis=Basis.ESTIMATED),
    )


def suggestion(number: int = 3, **changes: object) -> Suggestion:
    made = Suggestion(
        "a.md", number, number, (f"To help {number}.",), (f"In order to help {number}.",), (finding(number),)
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def wanted(*suggestions: Suggestion, kind: str = "github", suite: str = "default") -> tuple[Remark, ...]:
    return drafts(Suggested(suggestions), suite, kind).wanted  # type: ignore[arg-type]


# --- wording --------------------------------------------------------------------------------


def test_a_remark_says_what_why_and_the_money_then_the_lines() -> None:
    (one,) = wanted(suggestion())
    assert (one.path, one.start_line, one.line) == ("a.md", 3, 3)
    first, rest = one.body.split("\n\n", 1)
    assert first.startswith('`TOK001` `"In order to" says no more than "to"`. ')
    assert (
        "2 tokens a call (estimated), \\$0.01\\-0.02" in first
        or "2 tokens a call (estimated), \\$0.01-0.02" in first
    )
    assert rest == (
        "```suggestion\nTo help 3.\n```\n\n"
        f"<!-- promptlint:s1 suite=default fp={fingerprint(suggestion())} -->\n"
    )


@pytest.mark.parametrize(
    ("lines", "block"),
    [
        ((), "```suggestion\n```\n"),
        (("",), "```suggestion\n\n```\n"),
        (("a", "", "b"), "```suggestion\na\n\nb\n```\n"),
    ],
    ids=["delete", "blank", "several"],
)
def test_blocks_are_the_lines_and_nothing_else(lines: tuple[str, ...], block: str) -> None:
    (one,) = wanted(suggestion(lines=lines))
    assert block in one.body


def test_gitlab_is_told_how_many_lines_go() -> None:
    (one,) = wanted(suggestion(first=1, last=3), kind="gitlab")
    assert "```suggestion:-2+0\n" in one.body
    found = drafts(Suggested((suggestion(first=1, last=102),)), "default", "gitlab")
    assert (found.wanted, len(found.apart)) == ((), 1)


@pytest.mark.parametrize(("name", "text"), SMALL, ids=[name for name, _ in SMALL])
def test_hostile_text_stays_in_its_fence(name: str, text: str) -> None:
    """Rendered as GitHub does: one paragraph of ours, one block of exactly these lines, one comment."""
    lines = tuple(
        line.encode("utf-8", "replace").decode()
        for line in text.replace("\0", "").replace("\r", "").split("\n")
    )
    for found in (suggestion(lines=lines), suggestion(findings=(finding(message=text),))):
        (one,) = wanted(found)
        html = cmarkgfm.github_flavored_markdown_to_html(one.body)
        blocks = re.findall(r'<pre lang="suggestion"><code>(.*?)</code></pre>', html, re.DOTALL)
        assert len(blocks) == 1
        outside = re.sub(r"<pre.*?</pre>|<code>.*?</code>", "", html, flags=re.DOTALL)
        assert set(re.findall(r"</?[a-z]+", outside)) <= {"<p", "</p", "<br"}
        assert outside.count("<!--") == 1 or "<!-- raw HTML omitted -->" in outside
        assert marker.sign(one.body, "default") == fingerprint(found)


def test_files_are_named_as_the_repository_names_them() -> None:
    (one,) = drafts(Suggested((suggestion(),)), "default", "github", prefix="app/").wanted
    assert one.path == "app/a.md"


def test_no_more_than_are_readable_the_dearest_first() -> None:
    many = tuple(suggestion(number, findings=(finding(number, usd=number),)) for number in range(1, 41))
    found = drafts(Suggested(many), "default", "github")
    assert [one.line for one in found.wanted] == list(range(40, 40 - MOST, -1))
    assert found.left == 10
    assert "10 suggestions more not shown" in notes(found, Reviewed())


def test_notes_count_what_is_not_suggested() -> None:
    apart = (Apart(finding(), "its lines are not in the diff"),)
    remark = Remark("@team/a`b.md", 1, 2, "body")
    text = notes(Drafts((), 0, apart), Reviewed(refused=((remark, "422"),) * 7))
    assert "`` @team/a`b.md:2 ``" in text or "``@team/a`b.md:2``" in text
    assert "2 suggestions more that the host did not take" in text
    assert "1 safe fix in the changed files" in text
    assert notes(Drafts(), Reviewed()) == ""


# --- at the host ----------------------------------------------------------------------------


def test_a_second_run_adds_none_twice() -> None:
    host = MemoryHost()
    ours = wanted(suggestion(3), suggestion(5))
    assert review(host, SHA, "default", ours) == Reviewed(added=2)
    host.log.clear()
    assert review(host, SHA, "default", ours) == Reviewed(kept=2)
    assert host.log == ["remarks"]


def test_a_suggestion_whose_lines_moved_is_the_same() -> None:
    host = MemoryHost()
    review(host, SHA, "default", wanted(suggestion(3)))
    moved = replace(suggestion(3), first=30, last=30)
    assert review(host, SHA, "default", wanted(moved)) == Reviewed(kept=1)


def test_what_is_no_longer_wanted_goes_unless_answered() -> None:
    host = MemoryHost()
    review(host, SHA, "default", wanted(suggestion(3), suggestion(5)))
    first, second = host.lines
    host.lines[second] = replace(host.lines[second], answered=True)
    assert review(host, SHA, "default", ()) == Reviewed(removed=1)
    assert list(host.lines) == [second]
    assert first not in host.lines


def test_an_outdated_one_is_made_anew_unless_answered() -> None:
    host = MemoryHost()
    ours = wanted(suggestion(3), suggestion(5))
    review(host, SHA, "default", ours)
    host.lines = {
        name: replace(one, outdated=True, answered=one.line == 5) for name, one in host.lines.items()
    }
    assert review(host, SHA, "default", ours) == Reviewed(added=1, kept=1, removed=1)
    assert sorted((one.line, one.outdated) for one in host.lines.values()) == [(3, False), (5, True)]


def test_other_suites_and_other_remarks_are_left_alone() -> None:
    host = MemoryHost()
    forged = Remark("a.md", 1, 1, f"{wanted(suggestion())[0].body}\nmore", "900")
    host.lines["900"] = forged
    review(host, SHA, "evals", wanted(suggestion(9), suite="evals"))
    assert review(host, SHA, "default", ()) == Reviewed()
    assert len(host.lines) == 2


def test_lines_outside_of_the_diff_come_back_with_the_reason() -> None:
    host = MemoryHost(shown=frozenset({3}))
    done = review(host, SHA, "default", wanted(suggestion(3), suggestion(5)))
    assert (done.added, [(one.line, reason) for one, reason in done.refused]) == (
        1,
        [(5, "line must be part of the diff")],
    )


def test_a_dry_run_only_looks() -> None:
    host = MemoryHost()
    review(host, SHA, "default", wanted(suggestion(3)))
    host.log.clear()
    assert review(host, SHA, "default", wanted(suggestion(5)), dry=True) == Reviewed(added=1, removed=1)
    assert host.log == ["remarks"]


@given(st.data())
def test_two_runs_at_once_add_none_twice(data: st.DataObject) -> None:
    host = MemoryHost()
    ours = wanted(suggestion(3), suggestion(5))

    def run(stepwise: object) -> Reviewed:
        return review(stepwise, SHA, "default", ours)  # type: ignore[arg-type]

    interleaved(host, [run, run], lambda left: data.draw(st.sampled_from(left)) if len(left) > 1 else left[0])
    assert sorted(one.line for one in host.lines.values()) == [3, 5]
