"""The document of an eval as JSON: written, read back strictly, and turned into a verdict for a comment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from promptlint import documents, verdicts
from promptlint.errors import UsageError
from promptlint.evaluation import SCHEMA_VERSION, EvalResult
from promptlint.verdicts import Answer, EvalVerdict, Verdicts

MAX_BYTES = 100_000_000
"""Size of a document that is read."""

LONGEST = 16_000
"""Characters of one text in the document: a longer one is cut there, and says so."""

_ROOM = 40_000_000
"""Characters that all texts together may have, before they are cut shorter."""

_SHORTEST = 500

_COUNTS = ("cases", "critical", "unsupported", "repeats", "calls", "cached_calls", "retries", "seconds")


def to_json(result: EvalResult) -> dict[str, object]:
    """The document as `json.dumps` takes it; texts that are too long to be read back are cut, and say so."""
    answers = sum(len(case.baseline) + len(case.candidate) for case in result.results)
    room = max(_SHORTEST, min(LONGEST, _ROOM // (1 + answers + len(result.results))))
    found = _cut(documents.to_json(result), room)
    assert isinstance(found, dict)
    return found


def _cut(value: object, room: int) -> object:
    if isinstance(value, dict):
        return {key: _cut(item, room) for key, item in value.items()}
    if isinstance(value, list):
        return [_cut(item, room) for item in value]
    if isinstance(value, str) and len(value) > room:
        return f"{value[:room]}… [cut: {len(value):,} characters in all]"
    return value


# --- reading back ---------------------------------------------------------------------------


def read(path: Path) -> EvalResult:
    """The document in a file, which may be hostile.

    Raises:
        UsageError: the file cannot be read, is too large, is no strict JSON, is of another version, or says
            what cannot be; the message names the file and the place.
    """
    return parse(documents.data_of(path, MAX_BYTES), str(path))


def parse(data: bytes, where: str = "eval") -> EvalResult:
    """The document that JSON spells; see `read`."""
    found = documents.parse(EvalResult, data, SCHEMA_VERSION, where)
    if wrong := next(_wrong(found), None):
        raise UsageError(f"{where}.{wrong}")
    return found


def measured(path: Path) -> Verdicts:
    """The verdicts in a file, be it their own document or that of one eval; see `read`."""
    data = documents.data_of(path, MAX_BYTES)
    value = documents.strict_json(data, str(path))
    if isinstance(value, dict) and "evals" not in value and "results" in value:
        return verdicts_of(parse(data, str(path)))
    if len(data) > verdicts.MAX_BYTES:
        raise UsageError(f"{path}: larger than {verdicts.MAX_BYTES:,} bytes")
    return verdicts.parse(data, str(path))


def verdicts_of(result: EvalResult) -> Verdicts:
    """What the comment on a pull request says of an eval: nothing if it compared nothing."""
    evals = (_verdict(result, result.verdict),) if result.verdict is not None else ()
    return Verdicts(verdicts.SCHEMA_VERSION, result.promptlint, result.generated_at, evals, routes=())


def _verdict(result: EvalResult, verdict: Answer) -> EvalVerdict:
    source = result.source
    return EvalVerdict(
        suite=result.suite,
        prompt=(result.candidate or result.baseline).prompt,
        metric="mean score",
        verdict=verdict,
        difference=result.difference,
        interval=result.interval,
        confidence=result.confidence,
        margin=result.margin or 0.0,
        cases=result.cases,
        needed=result.needs_cases,
        answers="recorded" if source.recorded else "live",
        recording=source.recording_path if source.recorded else None,
        recording_sha256=source.recording_sha256 if source.recorded else None,
    )


def _wrong(found: EvalResult) -> Iterator[str]:
    """What the types do not say: shares are shares, counts are counts, ends are in order."""
    if not 0 < found.confidence < 1:
        yield "confidence: expected a share between 0 and 1"
    if not 0 < found.alpha < 1:
        yield "alpha: expected a share between 0 and 1"
    for name in _COUNTS:
        if getattr(found, name) < 0:
            yield f"{name}: expected no negative number"
    if (found.margin or 0) < 0 or (found.needs_cases or 0) < 0:
        yield "margin, needs_cases: expected no negative number"
    for place, ends in (("interval", found.interval), ("cost", found.cost and found.cost.interval)):
        if ends and ends[0] > ends[1]:
            yield f"{place}: expected [low, high]"
    if found.verdict is not None and (found.candidate is None or found.margin is None):
        yield "verdict: without a candidate and a margin"
    if found.verdict in {"accepted", "rejected"} and (found.difference is None or found.interval is None):
        yield f"verdict: `{found.verdict}` without a difference and its interval"
    yield from _wrong_sides(found)
    yield from _wrong_cases(found)


def _wrong_sides(found: EvalResult) -> Iterator[str]:
    for name, side in (("baseline", found.baseline), ("candidate", found.candidate)):
        if side and not all(0 <= (share or 0) <= 1 for share in (side.pass_rate, side.score)):
            yield f"{name}: expected shares between 0 and 1"
        if side and not 0 <= side.passed <= len(found.results):
            yield f"{name}.passed: expected no more than there are cases"
    for index, item in enumerate(found.confusion):
        sizes = [len(row) for matrix in (item.baseline, item.candidate) for row in matrix]
        if any(size != len(item.labels) + 1 for size in sizes) or not (
            len(item.baseline) == len(item.labels) and len(item.candidate) in {0, len(item.labels)}
        ):
            yield f"confusion[{index}]: expected a row a label, and one column more"
        if any(count < 0 for matrix in (item.baseline, item.candidate) for row in matrix for count in row):
            yield f"confusion[{index}]: expected no negative number"


def _wrong_cases(found: EvalResult) -> Iterator[str]:
    known: set[str] = set()
    for index, case in enumerate(found.results):
        if case.id in known:
            yield f"results[{index}].id: is there twice"
        known.add(case.id)
        for answer in (*case.baseline, *case.candidate):
            if not 0 <= (answer.score or 0) <= 1 or (answer.score is None) != (answer.passed is None):
                yield f"results[{index}]: expected a score between 0 and 1 with each `passed`, or neither"
