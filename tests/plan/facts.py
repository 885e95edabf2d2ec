"""Facts of prompts for tests, as a check would give them."""

from __future__ import annotations

from promptlint.config import PromptSettings
from promptlint.model import (
    Basis,
    Finding,
    Load,
    Location,
    Profile,
    PromptFacts,
    Saving,
    Severity,
    Span,
    TokenCount,
)
from promptlint.plan.cases import Case, Project, case, project
from promptlint.plan.evidence import NOTHING, Evidence
from promptlint.plan.quantity import Quantity, exactly
from promptlint.plan.usage import Entry, Overrides, Stated, Usage, Word

HERE = Location(1, 1, 1, 1)


def facts(
    id_: str = "app/bot.py::SYSTEM",
    tokens: int = 1847,
    model: str = "gpt-4o",
    *,
    slots: int = 0,
    examples: int = 0,
    prefix: int | None = None,
    **given: object,
) -> PromptFacts:
    """A prompt of so many static tokens."""
    known: dict[str, object] = {
        "id": id_,
        "path": id_.partition("::")[0],
        "location": HERE,
        "version": "0" * 64,
        "roles": ("system",),
        "profile": Profile.PROMPT,
        "load": Load.EVERY_CALL,
        "tokens": TokenCount(tokens, tokens, 20 * slots, "o200k_base", Basis.EXACT),
        "parts": (("system", tokens - examples), ("tools", 0), ("examples", examples), ("other", 0)),
        "slots": tuple(f"s{index}" for index in range(slots)),
        "prefix_tokens": tokens if prefix is None else prefix,
        "model": model,
        "model_basis": Basis.EXACT,
        "usd_per_1000": None,
        **given,
    }
    return PromptFacts(**known)  # type: ignore[arg-type]


def finding(code: str, prompt: str = "app/bot.py::SYSTEM", tokens: int = 0) -> Finding:
    """A finding of a rule about a prompt."""
    saving = Saving(tokens) if tokens else None
    return Finding(
        code,
        code.lower(),
        Severity.WARNING,
        f"{code} says so",
        prompt.partition("::")[0],
        Span(0, 1),
        HERE,
        f"{code.lower():0<16}",
        prompt,
        saving=saving,
    )


def usage_of(**keys: object) -> Usage:
    """A usage file that says the same of all prompts; keys of `assume` have two underscores before them."""
    numbers: dict[str, Stated] = {}
    assume: dict[str, Stated] = {}
    words: dict[str, Word] = {}
    for key, value in keys.items():
        name = key.removeprefix("__").replace("__", ".")
        if isinstance(value, str):
            words[name] = Word(value, "usage.yaml:1")
            continue
        quantity = value if isinstance(value, Quantity) else exactly(float(value), Basis.ESTIMATED)  # type: ignore[arg-type]
        (assume if key.startswith("__") else numbers)[name] = Stated(quantity, "usage.yaml:1")
    return Usage("usage.yaml", (Entry("**", "usage.yaml:1", numbers, words),), assume)


def case_of(
    prompt: PromptFacts,
    stated: Usage | None = None,
    findings: tuple[Finding, ...] = (),
    evidence: Evidence = NOTHING,
    overrides: Overrides | None = None,
) -> tuple[Case, Project]:
    """A prompt of a plan, and what it shares with others."""
    shared = project(stated or Usage(), evidence, overrides or {})
    found = case(prompt, PromptSettings(), findings, shared)
    assert found is not None
    return found, shared
