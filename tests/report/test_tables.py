from __future__ import annotations

from dataclasses import replace

import pytest

from promptlint.errors import UsageError
from promptlint.model import Fault, FileResult, Finding, Location, PromptFacts, RunResult, Skip
from promptlint.report import RENDERERS, render
from promptlint.reporting import Report, first_sentence, totals
from promptlint.style import width as cells

from .conftest import AGENTS, crowded, make_finding, make_prompt, make_report

EVIL = "x\n::error::\x1b[2J\u202e\u2066\r\x9b\u2028\x00\ud800[a](b)"


def test_every_format_has_a_renderer() -> None:
    for name in RENDERERS:
        text = render(name, make_report([]))
        assert text == "" or text.endswith("\n")
    with pytest.raises(UsageError, match="unknown format 'xml'; known are bill, full"):
        render("xml", make_report([]))


def test_concise_is_one_line_a_finding(report: Report) -> None:
    lines = render("concise", report).splitlines()
    assert len(lines) == 6 + 1 + 1
    assert lines[0] == (
        "AGENTS.md:5:1: VER003 [info] Capitals do not make a rule stronger "
        "(6 tokens exact, $0.015 per 1,000 calls)"
    )
    assert lines[4].endswith("no length (120 output tokens estimated, $1.20 per 1,000 calls)")
    assert lines[6] == "app/odd.j2:3: promptlint failed: the template lexer gave up"
    assert lines[7].startswith(
        "6 prompts in 4 files · ~7,206 input tokens · 6 findings (1 error, 3 warnings, 2 info)"
    )


def test_statistics_count_by_rule(report: Report) -> None:
    lines = render("statistics", report).splitlines()
    assert lines[0].split() == ["code", "name", "findings", "safe", "fixes", "tokens", "$/1,000", "calls"]
    assert lines[1].split() == ["RED001", "repeated-instruction", "2", "1", "~16", "$0.0152-0.0425"]
    assert lines[3].split() == ["CON001", "contradiction", "1", "-", "-", "-"]
    crowd = render("statistics", crowded(3, 8)).splitlines()
    assert [line.split()[2] for line in crowd[1:5]] == ["6"] * 4


def test_prompts_table(report: Report) -> None:
    lines = render("prompts", report).splitlines()
    assert lines[0].split() == ["prompt", "model", "load", "tokens", "slots", "$/1,000", "calls"]
    assert lines[1].split() == [
        ".claude/skills/release/SKILL.md",
        "gpt-4o?",
        "on",
        "demand",
        "820",
        "1",
        "$2.05",
    ]
    assert lines[5].split()[-3:] == ["~1,100-1,234", "-", "$0.37-3.70"]
    narrow = render("prompts", replace(report, width=60))
    assert max(cells(line) for line in narrow.splitlines()) <= 60
    assert "Columns that do not fit here: load, slots, model." in narrow
    assert render("prompts", make_report([])).startswith("0 prompts in 0 files")


def test_totals_take_savings_from_prompts_only(report: Report) -> None:
    sums = totals(report.result)
    assert sums.saving_tokens == 19
    assert sums.saving_usd == pytest.approx((0.019, 0.05))
    assert (sums.safe_fixes, sums.unsafe_fixes, sums.saving_prompts, sums.unpriced) == (2, 1, 2, 0)
    assert (sums.files, sums.homes, sums.skipped, sums.faults, sums.baselined, sums.suppressed) == (
        4,
        4,
        1,
        1,
        2,
        1,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", "One."),
        ("Use e.g. this one.\nAnd more.", "Use e.g. this one."),
        ("No end", "No end"),
        ("", ""),
        ("Costs $1.50 a call! Really.", "Costs $1.50 a call!"),
    ],
)
def test_first_sentence(text: str, expected: str) -> None:
    assert first_sentence(text) == expected


def hostile() -> Report:
    """A run in which every text that comes from a repository is hostile."""
    at = Location(1, 1, 1, 3)
    finding: Finding = replace(
        make_finding("AGENTS.md", AGENTS, "make", message=EVIL, prompt=EVIL),
        path=EVIL,
        location=at,
        related=(at,),
    )
    prompt: PromptFacts = make_prompt(EVIL, 12, path=EVIL, model=EVIL, slots=(EVIL,), uncounted=(EVIL,))
    result = RunResult(
        (FileResult(EVIL, (prompt,), (finding,), reason=EVIL),), (Skip(EVIL, EVIL),), (Fault(EVIL, EVIL, 1),)
    )
    return make_report([], result=result, sources={EVIL: EVIL + AGENTS}, verbose=True)


@pytest.mark.parametrize("name", RENDERERS)
def test_hostile_text_is_neutralised(name: str) -> None:
    text = render(name, hostile())
    text.encode("utf-8")
    assert not set(text) & set("\x1b\u202e\u2066\r\x9b\u2028\x00")
    if name not in {"json", "jsonl", "manifest", "sarif"}:
        assert not any(line == "x" or line.startswith("::error::") for line in text.split("\n"))
