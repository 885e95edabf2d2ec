"""The document of `promptlint plan`: what to do first, what each step is worth, and what that rests on."""

from __future__ import annotations

from typing import Literal

from promptlint import documents
from promptlint.documents import said
from promptlint.model import Basis
from promptlint.records import dataclass

SCHEMA_VERSION = 1

Effort = Literal["none", "low", "medium", "high", "very high"]


@dataclass(frozen=True, slots=True)
class Range:
    """A number that is not known exactly: low <= mid <= high."""

    low: float = said("The least that it may be.")
    mid: float = said("The likely value.")
    high: float = said("The most that it may be.")
    basis: Basis = said("The weakest of what it rests on.")


@dataclass(frozen=True, slots=True)
class Touched:
    """A prompt that a step changes."""

    prompt: str = said("Id of the prompt.")
    saving: float = said("US dollars a month, the likely value.")
    verdict: Literal["accepted", "rejected", "undecided"] | None = said("Of an eval; null: none is known.")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A finding that speaks for a step."""

    code: str = said("Code of the rule.")
    fingerprint: str = said("Of the finding.")
    prompt: str = said("Id of the prompt.")
    message: str = said("What was found.")


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One optimization, at its place in the plan."""

    key: str = said("Name of the optimization.")
    title: str = said("What to do.")
    effort: Effort = said("What it takes to do.")
    saving: Range = said("US dollars a month, after all steps before it.")
    after: Range = said("US dollars a month that are left after it.")
    share: float = said("The likely saving as a share of what is spent just before it.")
    basis: Basis = said("The weakest of what the saving rests on.")
    source: str = said("Where the figure of what it saves is from.")
    needs_eval: bool = said(
        "True if it may change answers and no eval has accepted that for all its prompts."
    )
    prompts: tuple[Touched, ...] = said("The prompts that it changes, the most first.")
    evidence: tuple[Evidence, ...] = said("Findings that speak for it.")
    next: str = said("The command to run next.")
    derivation: tuple[str, ...] = said("How the likely saving comes about, a line a prompt.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What should not be done, and why."""

    key: str = said("Name of the optimization.")
    title: str = said("What not to do.")
    reason: str = said("Why not.")
    prompts: tuple[str, ...] = said("Ids of the prompts that this holds for; none: for all together.")


@dataclass(frozen=True, slots=True)
class PromptCost:
    """What a month of one prompt costs, before and after."""

    prompt: str = said("Id of the prompt.")
    model: str = said("The model that is paid.")
    model_basis: Basis = said("Where the model comes from.")
    price: str = said("The model whose price was taken, with the source and date of the price.")
    calls: Range = said("Requests a month.")
    start: Range = said("US dollars a month now.")
    end: Range = said("US dollars a month after the steps that are for it.")
    derivation: tuple[str, ...] = said("How the likely cost comes about.")


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure that the plan rests on."""

    key: str = said("Name of the figure.")
    says: str = said("What it is.")
    scope: str = said("Id of the prompt that it is said of; empty: of all.")
    value: Range = said("The figure.")
    unit: str = said("What it counts.")
    source: str = said("Where it is from.")


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How far one figure moves the total that is left after the plan's steps for single prompts."""

    key: str = said("Name of the figure.")
    scope: str = said("Id of the prompt that it is said of; empty: of all.")
    low: float = said("US dollars a month with the figure at its low end.")
    high: float = said("US dollars a month with the figure at its high end.")
    probe: bool = said("True: no range is known, and the figure was halved and doubled.")


@dataclass(frozen=True, slots=True)
class Week:
    """Spend of one week of the future."""

    number: int = said("From 1.")
    without: Range = said("US dollars of the week, if nothing is done.")
    planned: Range = said("US dollars of the week, with each step done in its time.")
    done: tuple[str, ...] = said("Names of the steps that are done by then for the first time.")


@dataclass(frozen=True, slots=True)
class Point:
    """One volume of a break-even curve."""

    calls: float = said("Calls a month.")
    now: float = said("US dollars a month as it is.")
    instead: float = said("US dollars a month of the alternative.")


@dataclass(frozen=True, slots=True)
class Curve:
    """From which volume on something pays."""

    key: str = said("Name of the optimization.")
    title: str = said("What is compared.")
    now: str = said("What the first line is.")
    instead: str = said("What the second line is.")
    calls: float = said("Calls a month of today.")
    break_even: float | None = said("Calls a month at which both cost the same; null: at none.")
    points: tuple[Point, ...] = said("The lines.")


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The same plan under another figure or model."""

    change: str = said("What is different, as it was asked.")
    start: Range = said("US dollars a month, before any step.")
    end: Range = said("US dollars a month after the plan that then holds.")
    difference: float = said("Likely US dollars a month before any step, what-if - now.")
    notes: tuple[str, ...] = said("What to know of it.")


@dataclass(frozen=True, slots=True)
class Before:
    """The same prompts at another revision, priced with the same figures."""

    base: str = said("The revision.")
    sha: str = said("Its commit.")
    start: Range = said("US dollars a month then.")
    difference: float = said("Likely US dollars a month, now - then.")
    prompts: tuple[Changed, ...] = said("Prompts whose cost differs, the most first.")


@dataclass(frozen=True, slots=True)
class Changed:
    """What a month of one prompt costs at another revision and now."""

    prompt: str = said("Id of the prompt.")
    before: float | None = said("US dollars a month then; null: it was not there.")
    after: float | None = said("US dollars a month now; null: it is gone.")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A prompt that is not in the plan."""

    prompt: str = said("Id of the prompt.")
    reason: str = said("Why.")


@dataclass(frozen=True, slots=True)
class Plan:
    """The document; all money is in US dollars a month unless it says otherwise."""

    schema_version: int = said("Of this kind of document.")
    promptlint: str = said("Version of promptlint.")
    price_date: str = said("The day of the shipped prices.")
    usage: str = said("The usage file; empty: none.")
    start: Range = said("US dollars a month now.")
    end: Range = said("US dollars a month after all steps.")
    steps: tuple[PlanStep, ...] = said("What to do, in order.")
    refusals: tuple[Refusal, ...] = said("What not to do.")
    prompts: tuple[PromptCost, ...] = said("What each prompt costs, the dearest first.")
    left_out: tuple[LeftOut, ...] = said("Prompts that are not in the plan.")
    figures: tuple[Stated, ...] = said("Everything that the plan rests on.")
    sensitivity: tuple[Sensitivity, ...] = said("What moves the total most, first.")
    weeks: tuple[Week, ...] = said("Spend by week.")
    curves: tuple[Curve, ...] = said("From which volume on something pays.")
    what_if: WhatIf | None = said("Null: nothing was asked.")
    before: Before | None = said("Null: nothing to compare with was asked for.")
    notes: tuple[str, ...] = said("What to know before the figures are used.")


def schema() -> dict[str, object]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"promptlint plan, version {SCHEMA_VERSION}",
        "description": "What `promptlint plan` proposes: steps in order, refusals, all that they rest on.",
        **documents.schema(Plan),
    }
