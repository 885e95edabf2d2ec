from __future__ import annotations

from dataclasses import replace

import pytest

from promptlint.model import Basis, FileResult, Load, Profile, RunResult, Saving, Skip, TokenCount
from promptlint.report import render
from promptlint.reporting import Report
from promptlint.style import width as cells

from .conftest import AGENTS, crowded, make_finding, make_prompt, make_report


def with_documents(report: Report) -> Report:
    """Add agent documents, odd models and estimates to a crowded run."""
    documents = [
        make_prompt(
            f"agents/{number:03}/AGENTS.md",
            50 * number,
            profile=Profile.AGENT_DOCUMENT,
            load=(Load.EVERY_CALL, Load.ON_DEMAND)[number % 2],
            tokens=TokenCount(40 * number, 50 * number, 20, "estimate", Basis.ESTIMATED, 0.2),
            model=f"some model with a very long name, number {number}",
            model_basis=Basis.ASSUMED,
            usd_per_1000=None if number % 3 else (0.1, 0.5),
            uncounted=(f"thing {number}", "images", "tool schemas"),
        )
        for number in range(40)
    ]
    files = [FileResult(item.path, (item,)) for item in documents]
    skipped = (Skip("a.bin", "binary"),)
    result = replace(report.result, files=(*report.result.files, *files), skipped=skipped, baselined=3)
    return replace(report, result=result)


@pytest.mark.parametrize("width", [40, 50, 60, 80, 100, 120, 160])
@pytest.mark.parametrize("documents", [False, True])
def test_never_a_wall(width: int, documents: bool) -> None:
    report = replace(CROWD, width=width)
    text = render("bill", with_documents(report) if documents else report)
    assert len(text.splitlines()) <= 45
    assert max(cells(line) for line in text.splitlines() if not line.startswith("Next:")) <= width
    assert text == render("bill", with_documents(report) if documents else report)


CROWD = crowded()


def test_the_ten_dearest_prompts() -> None:
    lines = render("bill", CROWD).splitlines()
    assert lines[0] == "The bill: 10 dearest of 500 prompts"
    prices = [float(line.rpartition("$")[2]) for line in lines[2:12]]
    assert prices == sorted(prices, reverse=True)
    dearest = max(facts.tokens.high for file in CROWD.result.files for facts in file.prompts)
    assert f"{dearest:,}" in lines[2]
    assert lines[12].startswith("all 500, one call of each")


def test_no_finding_is_listed_twice() -> None:
    text = render("bill", CROWD)
    advice = text[text.index("Worth most:") : text.index("Next:")].splitlines()[1:-1]
    assert len(advice) == 8  # four messages, each in every prompt
    assert all(line.endswith(" alike)") for line in advice[::2])


def test_the_bill_reads_well(report: Report) -> None:
    assert render("bill", report) == EXPECTED


def test_savings_are_those_of_all_fixes_together(report: Report) -> None:
    assert "would save 19 tokens, about $0.019-0.050 per 1,000 calls of each prompt" in render("bill", report)
    files = tuple(
        replace(file, prompts=tuple(replace(item, fixable_usd_per_1000=None) for item in file.prompts))
        for file in report.result.files
    )
    unpriced = replace(report, result=replace(report.result, files=files))
    assert "promptlint fix would save 19 tokens · 1 suppressed" in render("bill", unpriced)


def test_one_next_command() -> None:
    prompt = make_prompt("AGENTS.md", 20)
    finding = make_finding("AGENTS.md", AGENTS, "IMPORTANT", "CON001", prompt="AGENTS.md")
    found = render("bill", make_report([FileResult("AGENTS.md", (prompt,), (finding,))]))
    assert "Next: promptlint check --all   shows 1 finding\n" in found
    assert "AGENTS.md:5:1 · error\n" in found
    clean = render("bill", make_report([FileResult("AGENTS.md", (prompt,))]))
    assert "Nothing to do: no findings in 1 prompt.\n" in clean
    assert "Next:" not in clean


def test_nothing_found_says_what_was_looked_for() -> None:
    result = RunResult((FileResult("a.py", reason="no model call"),), (Skip("b.bin", "binary"),))
    text = render("bill", make_report([], result=result))
    assert text.startswith("No prompts found in 2 files.\nLooked for: ")
    assert "Next: promptlint check --verbose" in text
    assert "no prompt in a.py: no model call" in render("bill", make_report([], result=result, verbose=True))


def test_numbers_are_labelled(report: Report) -> None:
    text = render("bill", report)
    assert "~1,234" in text
    assert "claude-sonnet-4-5?" in text
    assert "20?" in text
    for note in ("snapshot of 2026-10-01", "±12%", "? assumed: the model", "No price known: house-model-7b."):
        assert note in text.replace("\n", " ")


def test_what_costs_more_is_said_so() -> None:
    prompt = make_prompt("AGENTS.md", 20)
    saving = Saving(-3, usd_per_1000=(-0.0075, 0.001))
    finding = make_finding("AGENTS.md", AGENTS, "IMPORTANT", prompt="AGENTS.md", saving=saving)
    text = render("bill", make_report([FileResult("AGENTS.md", (prompt,), (finding,))]))
    assert "-3 tokens · -$0.0075 to $0.001 per 1,000 calls" in text


EXPECTED = """\
The bill: 4 prompts
prompt                            model               tokens  system  examples  slots  $/1,000 calls
app/bot.py::SYSTEM                gpt-4o               1,847   1,231       616    20?     $2.33-4.67
prompts/triage.yaml::/system      claude-sonnet-4-5?  ~1,234    ~822      ~412      -     $0.37-3.70
…/bot.py::…tions.create.messages  gpt-4o                 934     622       312    20?          $2.33
prompts/triage.yaml::/user        house-model-7b          61      40        21    20?              -
all 4, one call of each                               ~4,076  ~2,715    ~1,361    60?    $5.04-10.71

Agent documents, every call      tokens  $/1,000 calls
AGENTS.md                         2,310          $5.78
Agent documents, on demand       tokens  $/1,000 loads
.claude/skills/release/SKILL.md     820          $2.05

Worth most:
CON001  Conflicts with line 3: friendly and terse at once
        app/bot.py:6:56 · error
OUT002  The call sets no max_tokens and the prompt no length
        app/bot.py:8:1 · ~120 output tokens · $1.20 per 1,000 calls
RED001  "answer in valid JSON" is said twice in this paragraph
        app/bot.py:5:50 · 11 tokens · $13.75-27.50 a month · safe fix
VER003  Capitals do not make a rule stronger
        AGENTS.md:5:1 · 6 tokens · $0.015 per 1,000 calls
RED001  A reasoning model thinks anyway
        prompts/triage.yaml:3:3 · ~5 tokens · $0.0015-0.0150 per 1,000 calls · unsafe fix

Next: promptlint fix --diff   shows 2 safe fixes

app/odd.j2:3: promptlint failed: the template lexer gave up
6 prompts in 4 files · ~7,206 input tokens · 6 findings (1 error, 3 warnings, 2 info)
promptlint fix would save 19 tokens, about $0.019-0.050 per 1,000 calls of each prompt
1 suppressed · 2 in the baseline · 1 skipped (--verbose lists them) · 1 file failed
Prices: snapshot of 2026-10-01, input tokens only. $a-b: prefix cached, not cached. Templates: the
dearest branch counts. ~ estimated, ±12%. ? assumed: the model where none is named, what a slot
holds. No price known: house-model-7b. Not counted: chat framing.
"""
