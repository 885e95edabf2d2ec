"""A realistic run, built by hand: what the renderers are looked at and tested with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from promptlint.locate import location
from promptlint.model import (
    Basis,
    Edit,
    Fault,
    FileResult,
    Finding,
    Fix,
    Load,
    Location,
    Profile,
    PromptFacts,
    RunResult,
    Safety,
    Saving,
    Severity,
    Skip,
    Span,
    TokenCount,
)
from promptlint.reporting import Report, RuleInfo

BOT = '''\
"""The support bot."""

SYSTEM = f"""You are a helpful, friendly assistant for {company}.

Please make sure to always answer in valid JSON. It is very important that you answer in valid JSON.
\tNever invent an order number; 注文番号を作らないこと, and say so 🙂 if you are not sure about it at all.

## Output
Reply with one JSON object.
Use the keys "answer" and "sources".
Keep the answer short.
"""
'''
TRIAGE = "system: |\n  Classify the ticket into one of: billing, bug, other.\n  Think step by step.\n"
AGENTS = "# Agents\n\nRun `make test` before each commit.\n\nIMPORTANT: ALWAYS BE CAREFUL.\n"

RULES = {
    "RED001": RuleInfo(
        "RED001",
        "repeated-instruction",
        "An instruction is said twice.",
        "A repetition is paid for on every call and is followed no better. Say it once, where it belongs.",
        Severity.WARNING,
        Safety.SAFE,
        "https://example.org/rules/RED001",
    ),
    "VER003": RuleInfo(
        "VER003",
        "filler-phrase",
        "A phrase that tells the model nothing.",
        "Models need no courtesy.",
        Severity.INFO,
        Safety.SAFE,
    ),
    "CON001": RuleInfo(
        "CON001",
        "contradiction",
        "Two instructions cannot both be followed.",
        "The model picks one of them, and not always the same.",
        Severity.ERROR,
    ),
    "OUT002": RuleInfo(
        "OUT002",
        "unbounded-output",
        "Nothing limits the answer.",
        "Output costs four times as much as input.",
        Severity.WARNING,
    ),
}

SOURCES = {"app/bot.py": BOT, "prompts/triage.yaml": TRIAGE, "AGENTS.md": AGENTS}


def make_prompt(prompt_id: str, total: int, **changes: object) -> PromptFacts:
    """A prompt's facts with sensible defaults."""
    path = prompt_id.partition("::")[0]
    facts = PromptFacts(
        id=prompt_id,
        path=path,
        location=Location(3, 1, 12, 4),
        version="c0ffee00c0ffee00",
        roles=("system",),
        profile=Profile.PROMPT,
        load=Load.EVERY_CALL,
        tokens=TokenCount(total, total, 20, "o200k_base", Basis.EXACT),
        parts=(
            ("system", total * 2 // 3),
            ("tools", 0),
            ("examples", total - total * 2 // 3),
            ("other", 0),
        ),
        slots=("company",),
        prefix_tokens=20,
        model="gpt-4o",
        model_basis=Basis.EXACT,
        usd_per_1000=(total * 0.0025, total * 0.0025),
        uncounted=("chat framing (about 7 tokens)",),
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def make_finding(path: str, text: str, hit: str, code: str = "RED001", **changes: object) -> Finding:
    """A finding on the first occurrence of `hit` in `text`."""
    start = text.index(hit)
    span = Span(start, start + len(hit))
    rule = RULES[code]
    finding = Finding(
        code=code,
        name=rule.name,
        severity=rule.severity,
        message=rule.summary,
        path=path,
        span=span,
        location=location(text, span),
        fingerprint=f"{abs(start) * 7919 % 2**32:016x}",
        prompt=f"{path}::SYSTEM",
    )
    return replace(finding, **changes)  # type: ignore[arg-type]


def make_report(files: Sequence[FileResult], **changes: object) -> Report:
    """A report on some files."""
    report = Report(
        result=RunResult(files=tuple(files)),
        sources=SOURCES,
        rules=RULES,
        version="0.1.0",
        price_date="2026-10-01",
    )
    return replace(report, **changes)  # type: ignore[arg-type]


def _bot_findings() -> tuple[Finding, ...]:
    again = " It is very important that you answer in valid JSON."
    start = BOT.index(again)
    output = BOT[BOT.index("## Output") : BOT.index('short.\n"') + 7]
    please = BOT.index("Please make")
    return (
        make_finding(
            "app/bot.py",
            BOT,
            again[1:],
            message='"answer in valid JSON" is said twice in this paragraph',
            fix=Fix((Edit(Span(start, start + len(again)), ""),), Safety.SAFE),
            saving=Saving(11, usd_per_1000=(0.01375, 0.0275), usd_month=(13.75, 27.5)),
            related=(location(BOT, Span(start - 48, start)),),
        ),
        make_finding(
            "app/bot.py",
            BOT,
            "Please make sure to ",
            "VER003",
            message='"Please make sure to" tells the model nothing',
            fix=Fix((Edit(Span(please, please + 21), "A"),), Safety.SAFE),
            saving=Saving(4, usd_per_1000=(0.005, 0.01)),
        ),
        make_finding(
            "app/bot.py",
            BOT,
            "🙂 if you are not sure",
            "CON001",
            message="Conflicts with line 3: friendly and terse at once",
        ),
        make_finding(
            "app/bot.py",
            BOT,
            output,
            "OUT002",
            message="The call sets no max_tokens and the prompt no length",
            saving=Saving(0, 120, usd_per_1000=(1.2, 1.2), basis=Basis.ESTIMATED),
            fix=Fix((), Safety.DISPLAY),
        ),
    )


def realistic() -> Report:
    """A small repository: Python, YAML and agent documents, one failure, one skip."""
    bot = FileResult(
        "app/bot.py",
        (
            make_prompt(
                "app/bot.py::SYSTEM",
                1847,
                usd_per_1000=(2.335, 4.67),
                calls_per_month=1_000_000,
                fixable_tokens=14,
                fixable_usd_per_1000=(0.0175, 0.035),
            ),
            make_prompt("app/bot.py::Bot.summarise:client.chat.completions.create.messages", 934),
        ),
        _bot_findings(),
        suppressed=1,
        reason="Python with prompts in it",
    )
    think = "Think step by step."
    at = TRIAGE.index(think)
    triage = FileResult(
        "prompts/triage.yaml",
        (
            make_prompt(
                "prompts/triage.yaml::/system",
                1234,
                tokens=TokenCount(1100, 1234, 0, "estimate", Basis.ESTIMATED, 0.12),
                model="claude-sonnet-4-5",
                model_basis=Basis.ASSUMED,
                slots=(),
                usd_per_1000=(0.37, 3.7),
                fixable_tokens=5,
                fixable_usd_per_1000=(0.0015, 0.015),
            ),
            make_prompt("prompts/triage.yaml::/user", 61, model="house-model-7b", usd_per_1000=None),
        ),
        (
            make_finding(
                "prompts/triage.yaml",
                TRIAGE,
                think,
                prompt="prompts/triage.yaml::/system",
                message="A reasoning model thinks anyway",
                fix=Fix((Edit(Span(at, at + len(think)), ""),), Safety.UNSAFE, "that steps are shown"),
                saving=Saving(5, usd_per_1000=(0.0015, 0.015), basis=Basis.ESTIMATED),
            ),
        ),
        reason="in a folder named prompts",
    )
    agents = FileResult(
        "AGENTS.md",
        (
            make_prompt(
                "AGENTS.md",
                2310,
                profile=Profile.AGENT_DOCUMENT,
                model_basis=Basis.ASSUMED,
                parts=(("system", 2310), ("tools", 0), ("examples", 0), ("other", 0)),
            ),
        ),
        (
            make_finding(
                "AGENTS.md",
                AGENTS,
                "IMPORTANT: ALWAYS BE CAREFUL.",
                "VER003",
                prompt="AGENTS.md",
                message="Capitals do not make a rule stronger",
                saving=Saving(6, usd_per_1000=(0.015, 0.015)),
            ),
        ),
        reason="named AGENTS.md",
    )
    skill = FileResult(
        ".claude/skills/release/SKILL.md",
        (
            make_prompt(
                ".claude/skills/release/SKILL.md",
                820,
                profile=Profile.AGENT_DOCUMENT,
                load=Load.ON_DEMAND,
                model_basis=Basis.ASSUMED,
            ),
        ),
        reason="named SKILL.md",
    )
    result = RunResult(
        (skill, agents, bot, triage),
        (Skip("data/dump.json", "larger than 1 MB"),),
        (Fault("app/odd.j2", "the template lexer gave up", 3),),
        baselined=2,
    )
    return make_report((), result=result)


def crowded(prompts: int = 500, findings: int = 20) -> Report:
    """Far more than a screen holds."""
    text = "Say it again and again.\n" * findings
    codes = sorted(RULES)
    files = []
    for number in range(prompts):
        path = f"services/team_{number % 37}/prompts/a_rather_long_folder_name/prompt_{number:04}.md"
        facts = make_prompt(
            path, 100 + number * 37 % 5003, fixable_tokens=3, fixable_usd_per_1000=(0.004, 0.0075)
        )
        found = tuple(
            replace(
                make_finding(path, text, "again", codes[index % len(codes)], prompt=path),
                span=Span(index * 24 + 7, index * 24 + 12),
                location=Location(index + 1, 8, index + 1, 13),
                saving=Saving(index % 7, usd_per_1000=(0.0, index % 7 * 0.0025)),
                fix=Fix((Edit(Span(index * 24 + 7, index * 24 + 12), ""),), Safety.SAFE),
            )
            for index in range(findings)
        )
        files.append(FileResult(path, (facts,), found, reason="in a folder named prompts"))
    faults = tuple(Fault(f"broken_{number}.j2", "too deep") for number in range(9))
    return make_report((), result=RunResult(tuple(files), errors=faults), sources={})


@pytest.fixture
def report() -> Report:
    """The realistic run."""
    return realistic()
