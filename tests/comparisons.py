"""Comparisons built by hand: a realistic one, and one in which every text is a given string."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any, TypeVar

from promptlint.changes import (
    Cache,
    Commit,
    Comparison,
    Findings,
    Guard,
    Item,
    Move,
    Note,
    PromptChange,
    State,
    Sums,
    Total,
    Unread,
)
from promptlint.model import Basis
from promptlint.verdicts import EvalVerdict, Route, Verdicts

T = TypeVar("T")
USD = 0.0025
"""Dollars for 1,000 calls of one token."""


def make_state(prompt_id: str, tokens: int, **changes: object) -> State:
    """One side of a prompt, of gpt-4o."""
    state = State(
        id=prompt_id,
        path=prompt_id.partition("::")[0],
        line=3,
        end_line=60,
        version="c0ffee",
        tokens=tokens,
        slot_tokens=40,
        prefix_tokens=max(0, tokens - 200),
        tokenizer="o200k_base",
        basis=Basis.EXACT,
        error=0.0,
        model="gpt-4o",
        model_basis=Basis.EXACT,
        priced_as="",
        usd_per_1000=(tokens * USD / 2, tokens * USD),
        usd_month=(tokens * USD / 2 * 300, tokens * USD * 300),
        calls_per_month=300_000,
        cacheable_tokens=tokens - 200 if tokens >= 1224 else 0,
        budget=None,
        included=False,
    )
    return replace(state, **changes)  # type: ignore[arg-type]


def make_note(code: str = "RED001", severity: str = "warning", **changes: object) -> Note:
    """A finding."""
    note = Note(
        code=code,
        name="repeated-instruction",
        severity=severity,  # type: ignore[arg-type]
        message='"answer in valid JSON" is said twice in this paragraph',
        prompt="app/bot.py::SYSTEM",
        path="app/bot.py",
        line=31,
        column=1,
        end_line=31,
        end_column=60,
        fingerprint="0123456789abcdef",
        saving_tokens=11,
        usd_per_1000=(0.01375, 0.0275),
        usd_month=(4.125, 8.25),
        basis=Basis.EXACT,
        fix="safe",
    )
    return replace(note, **changes)  # type: ignore[arg-type]


def make_change(prompt_id: str, before: int | None, after: int | None, /, **changes: object) -> PromptChange:
    """A prompt that went from so many tokens to so many; None: it is not there."""
    status = "added" if before is None else "removed" if after is None else "changed"
    change = PromptChange(
        id=prompt_id,
        path=prompt_id.partition("::")[0],
        status=status,  # type: ignore[arg-type]
        previous_id=None,
        edited=True,
        before=None if before is None else make_state(prompt_id, before),
        after=None if after is None else make_state(prompt_id, after),
        contract_losses=(),
        contract_gains=(),
        contract_moves=(),
        cache=None,
        findings=Findings((), ()),
    )
    return replace(change, **changes)  # type: ignore[arg-type]


_SUMS = Sums(0, 0, Basis.EXACT, None, None, 0, 0)


def make_comparison(*prompts: PromptChange, **changes: object) -> Comparison:
    """A comparison of these prompts; its sums are left empty."""
    comparison = Comparison(
        schema_version=1,
        promptlint="0.2.0",
        price_date="2026-10-01",
        generated_at="2026-11-23T10:00:00Z",
        base=Commit("main", "5f0c2d9a4be1c1d8a3c2e6f7b8a9d0e1f2a3b4c5"),
        head=Commit("", "91ab77e0d3c4b5a6978877665544332211ffeedd"),
        verdict="warn",
        fail_on="warning",
        guards=(),
        prompts=prompts,
        findings=Findings((), ()),
        total=Total(0, 0, 0, 0, _SUMS, _SUMS, 0, 0, 0, 0),
        skipped=(),
        errors=(),
    )
    return replace(comparison, **changes)  # type: ignore[arg-type]


def realistic() -> Comparison:
    """A usual pull request: a prompt cut, one added, one moved, one estimated, and something loosened."""
    bot = make_change(
        "app/bot.py::SYSTEM",
        1847,
        1435,
        contract_losses=(
            Item("requirement", "Never share the password.", 14),
            Item("requirement", "Ask for the order number before you look anything up.", 22),
            Item("slot", "{customer_name}", 9),
        ),
        contract_gains=(Item("requirement", "Answer in at most three sentences.", 18),),
        contract_moves=(Move("requirement", "Be kind to every customer.", 11, 30),),
        cache=Cache(1647, 1235, 0, (0.00154, 0.00154), Basis.ESTIMATED),
        findings=Findings(
            new=(
                make_note(
                    "SEC002",
                    "error",
                    message="The prompt holds what looks like a key",
                    fix="display",
                    saving_tokens=0,
                    usd_per_1000=None,
                    usd_month=None,
                    basis=None,
                    line=41,
                ),
                make_note(),
            ),
            fixed=(
                make_note(
                    "TOK001", "warning", message='"Please make sure to" tells the model nothing', line=8
                ),
            ),
        ),
    )
    triage = make_change(
        "prompts/triage.yaml::/system",
        1100,
        1234,
        before=make_state("prompts/triage.yaml::/system", 1100, basis=Basis.ESTIMATED, error=0.12,
                          tokenizer="estimate", model="claude-sonnet-4-5", model_basis=Basis.ASSUMED,
                          usd_month=None, calls_per_month=None),
        after=make_state("prompts/triage.yaml::/system", 1234, basis=Basis.ESTIMATED, error=0.12,
                         tokenizer="estimate", model="claude-sonnet-4-5", model_basis=Basis.ASSUMED,
                         usd_month=None, calls_per_month=None, budget=1200),
        contract_gains=(Item("label", "refund", 12),),
    )  # fmt: skip
    moved = make_change(
        "agents/research/planner.md", 934, 934, status="moved", previous_id="prompts/planner.md", edited=False
    )
    new = make_change("services/search/prompts/rewrite_query_for_semantic_retrieval.jinja", None, 412)
    gone = make_change("prompts/old.md", 61, None, before=make_state("prompts/old.md", 61, usd_per_1000=None,
                                                                      usd_month=None, model="house-model-7b"))  # fmt: skip
    return make_comparison(
        bot, triage, moved, new, gone,
        verdict="fail",
        guards=(
            Guard("suppression", "app/bot.py", 40, "promptlint: ignore[SEC002] we know"),
            Guard("exclude", "promptlint.toml", 7, "exclude gained prompts/legacy/**"),
        ),
        findings=Findings(new=(make_note("SRC002", "error", message="Does not parse: line 4, column 1", prompt=None,
                                         path="prompts/broken.yaml", line=4, saving_tokens=0, usd_per_1000=None,
                                         usd_month=None, basis=None, fix=None),), fixed=()),
        skipped=(Unread("data/dump.json", "larger than 1 MB"),),
        errors=(Unread("app/odd.j2", "the template lexer gave up"),),
    )  # fmt: skip


def results() -> Verdicts:
    """Evals of each verdict, and two routes."""
    bot, triage = "app/bot.py::SYSTEM", "prompts/triage.yaml::/system"
    return Verdicts(
        schema_version=1,
        promptlint="0.2.0",
        generated_at="2026-11-23T09:00:00Z",
        evals=(
            EvalVerdict("support", bot, "accuracy", "accepted", -0.004, (-0.021, 0.013), 0.95, 0.03, 400, None, "recorded"),
            EvalVerdict("support", bot, "politeness", "rejected", -0.061, (-0.09, -0.032), 0.95, 0.03, 400, None, "recorded"),
            EvalVerdict("triage", triage, "exact match", "undecided", 0.005, (-0.038, 0.048), 0.95, 0.03, 120, 120, "live"),
        ),
        routes=(
            Route(triage, "claude-sonnet-4-5", "claude-haiku-4-5", (410.0, 930.0), (98.0, 240.0), True),
            Route("prompts/old.md", "gpt-4o", "gpt-4o-mini", None, None, False),
        ),
    )  # fmt: skip


def hostile(value: T, text: str) -> T:
    """The same value with `text` for every string that is not one of an enumeration, paths and ids included."""
    found: Any = value  # walks values of every type of the document
    if dataclasses.is_dataclass(found):
        kept = {"status", "verdict", "fail_on", "kind", "severity", "fix", "answers"}
        pairs = {item.name: getattr(found, item.name) for item in dataclasses.fields(found)}
        done = {name: each if name in kept else hostile(each, text) for name, each in pairs.items()}
        return replace(found, **done)
    if isinstance(found, tuple):
        return tuple(hostile(each, text) for each in found)  # type: ignore[return-value]
    if type(found) is str:
        return text  # type: ignore[return-value]
    return value
