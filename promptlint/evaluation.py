"""The document of one eval: the verdict, both prompts' scores and costs, and every case that ran."""

from __future__ import annotations

from typing import Literal

from promptlint import documents
from promptlint.documents import said
from promptlint.records import dataclass
from promptlint.verdicts import Answer, Interval

SCHEMA_VERSION = 1

Change = Literal["same", "broke", "mended", "changed", "incomplete", "unsupported"]
"""What became of a case: `broke` and `mended` by its passes, `changed` by its score alone; without a
candidate, `same` or `broke` says whether it passed."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of a case on average, as the provider counted them."""

    input: float = said("All of the input.")
    cached: float = said("The part of it that was read from the provider's cache.")
    output: float = said("All of the output, reasoning included.")


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars of a case, on average."""

    input: float = said("For input that was not read from the cache.")
    cached: float = said("For input that was.")
    output: float = said("For output.")
    total: float = said("All of it.")


@dataclass(frozen=True, slots=True)
class Side:
    """One prompt, and how it did."""

    prompt: str = said("Id of the prompt, or how the suite calls it.")
    content_hash: str = said("sha256 of its messages with their slots.")
    anchor: bool = said("True if it is the blessed anchor's text.")
    pass_rate: float | None = said("Share of complete cases of which every answer passed; null: none.")
    score: float | None = said("Mean score of complete cases; null: none.")
    passed: int = said("Complete cases of which every answer passed.")
    tokens: Tokens | None = said("What a case takes; null: the provider did not tell.")
    cost: Cost | None = said("What a case costs; null: tokens or price are not known.")
    latency: float | None = said("Median of an answer's milliseconds; null: not known.")
    models: tuple[str, ...] = said("The models that say they answered, with their fingerprints.")


@dataclass(frozen=True, slots=True)
class CostDifference:
    """How a case's cost changes, in US dollars."""

    difference: float = said("candidate - baseline.")
    interval: Interval | None = said("Confidence interval of it; null: too few cases.")


@dataclass(frozen=True, slots=True)
class Check:
    """What one assertion says of an answer."""

    name: str = said("Type of the assertion, with `not-` if it is turned round.")
    metric: str = said("What the suite calls it; may be empty.")
    value: float = said("Score, from 0 to 1.")
    passed: bool = said("Whether that is enough.")
    reason: str = said("Why, in words.")


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, scored; or why there is none."""

    repeat: int = said("Which answer to the same request, from 0.")
    text: str = said("The answer; empty if there is none.")
    calls: tuple[str, ...] = said("Calls of tools, as name(JSON).")
    score: float | None = said("From 0 to 1; null: it could not be judged, or there is no answer.")
    passed: bool | None = said("Whether that is enough; null: as for the score.")
    reason: str = said("Why, in words.")
    checks: tuple[Check, ...] = said("What each assertion says.")
    failure: str | None = said("Why there is no score; null: there is one.")
    stored: bool = said("True if the answer was known already, and not paid for in this run.")
    tries: int = said("How often the request was sent in this run.")
    usd: float | None = said("What such an answer costs at the price of today; null: not known.")
    latency: float | None = said("Milliseconds; null: not known.")


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case, answered by one or both prompts."""

    id: str = said("Of the case.")
    path: str = said("The file that has it.")
    line: int = said("Its line there.")
    description: str = said("As the suite has it; may be empty.")
    vars: str = said("What the prompt was given, as JSON.")
    cluster: str | None = said("Cases of one cluster depend on one another; null: it stands alone.")
    critical: bool = said("True if the candidate may not break it.")
    change: Change = said("What became of it.")
    identical: bool = said("True if both prompts make the same request, and so share its answer.")
    unsupported: tuple[str, ...] = said("Why it cannot be judged.")
    baseline: tuple[Answered, ...] = said("The answers to the baseline, by repeat.")
    candidate: tuple[Answered, ...] = said("The answers to the candidate; none without one.")


@dataclass(frozen=True, slots=True)
class Confusion:
    """Which label was answered for which: a row a wanted label, a column an answered one."""

    metric: str = said("What the suite calls the assertion, or its type.")
    labels: tuple[str, ...] = said("The labels; the last column of a matrix is `no label`.")
    baseline: tuple[tuple[int, ...], ...] = said("Counts.")
    candidate: tuple[tuple[int, ...], ...] = said("Counts; empty without a candidate.")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the answers come from."""

    kind: str = said("openai, anthropic or replay.")
    model: str = said("The model that was asked for.")
    base_url: str | None = said("Address of the server; null: a recording.")
    parameters: str = said("What goes into each request besides, as JSON.")
    recorded: bool = said("True if the answers were given earlier: a replay.")
    recording: str | None = said("What the recording says of itself; null: none.")
    price: str = said("Where the price is from; empty: there is none.")
    recording_path: str | None = said(
        "Path of the recording from the top of its repository; null: none, or outside of one.", default=None
    )
    recording_sha256: str | None = said("Of the recording's bytes, in hex; null: none.", default=None)


@dataclass(frozen=True, slots=True)
class Judge:
    """The model that was asked for opinions."""

    model: str = said("Its name.")
    instructions: str = said("First 12 hex digits of the sha256 of what it was told.")
    agreement: float | None = said("Share of pairs judged alike in both orders; null: no pair.")


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be lost since the anchor's budget was last reset."""

    total: float = said("Mean score; 0.01 is a point.")
    spent: float = said("By the promotions so far.")
    blessed_at: str = said("When the anchor was blessed: RFC 3339, UTC.")
    notes: tuple[str, ...] = said("What no longer holds of the anchor: its model, its age, its cases.")


@dataclass(frozen=True, slots=True)
class EvalResult:
    """The document. `verdict` is null if there was nothing to compare with."""

    schema_version: int = said("Of this kind of document.")
    promptlint: str = said("Version of promptlint.")
    generated_at: str = said("When it was made: RFC 3339, UTC.")
    suite: str = said("Path of the suite.")
    description: str = said("As the suite has it; may be empty.")
    verdict: Answer | None = said("Of the gate; null: there is no candidate, and no anchor that differs.")
    reasons: tuple[str, ...] = said("Why, in words.")
    difference: float | None = said("Mean score, candidate - baseline; 0.01 is a point; null: none.")
    interval: Interval | None = said("Confidence interval of the difference, [low, high]; null: none.")
    confidence: float = said("Of the intervals, between 0 and 1.")
    margin: float | None = said("The loss of score that was tested; null: not declared.")
    alpha: float = said("One-sided error of the verdict.")
    method: str | None = said("The test; null: none.")
    needs_cases: int | None = said("About how many more cases would decide; null: decided, or not known.")
    cases: int = said("Cases that were scored on all sides.")
    critical: int = said("How many of all cases are critical.")
    incomplete: tuple[str, ...] = said("Ids of cases that lack an answer.")
    unsupported: int = said("Cases that cannot be judged.")
    repeats: int = said("Answers a case and side.")
    baseline: Side = said("The prompt that is, or the anchor.")
    candidate: Side | None = said("The prompt that may replace it; null: none.")
    cost: CostDifference | None = said("How a case's cost changes; null: not known.")
    calls: int = said("Requests sent in this run, counting each try.")
    cached_calls: int = said("Requests that were answered from the store or a recording.")
    retries: int = said("How many of the calls were tries after the first.")
    usd_spent: float | None = said("What this run paid; null: not known.")
    seconds: float = said("Wall time of the calls.")
    source: Source = said("Where the answers come from.")
    judge: Judge | None = said("The model that was asked for opinions; null: none.")
    budget: Budget | None = said("Of the anchor; null: none.")
    confusion: tuple[Confusion, ...] = said("One a label assertion.")
    notes: tuple[str, ...] = said("What the suite asks for and is not done, and what to know of the run.")
    results: tuple[CaseResult, ...] = said("Every case, in the order of the suite.")


def schema() -> dict[str, object]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"promptlint eval, version {SCHEMA_VERSION}",
        "description": "What `promptlint eval` found: the verdict, scores, costs, and every case.",
        **documents.schema(EvalResult),
    }
