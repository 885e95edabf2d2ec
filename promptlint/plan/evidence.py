"""What was shown of prompts: verdicts of evals and of routing, read from their documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from promptlint import documents, evaluation, verdicts
from promptlint.errors import UsageError
from promptlint.evaluation import EvalResult
from promptlint.records import dataclass
from promptlint.verdicts import Answer, Route, Verdicts

MAX_BYTES = 200_000_000
"""Size of the document of an eval: it holds every answer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an eval says of another text of a prompt.

    Args:
        prompt: id of the prompt.
        suite: name or path of the suite.
        answer: accepted, rejected or undecided.
        input_saved: measured input tokens of a call, baseline - candidate; None: not measured.
        output_kept: measured output tokens, candidate / baseline; None: not measured.
    """

    prompt: str
    suite: str
    answer: Answer
    input_saved: float | None = None
    output_kept: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that was shown, by prompt; of several verdicts on one prompt the worst counts."""

    verdicts: Mapping[str, Verdict]
    routes: Mapping[str, Route]


NOTHING = Evidence({}, {})


def read(paths: Iterable[Path]) -> Evidence:
    """The evidence in some files, each the document of an eval or of verdicts.

    Raises:
        UsageError: a file cannot be read, or is neither; the message names file and place.
    """
    found: list[Verdict] = []
    routes: list[Route] = []
    for path in paths:
        data = documents.data_of(path, MAX_BYTES)
        if _kind(data, path) == "eval":
            found += _of_eval(documents.parse(EvalResult, data, evaluation.SCHEMA_VERSION, str(path)))
        else:
            document = verdicts.parse(data, str(path))
            found += _of_verdicts(document)
            routes += document.routes
    worst = sorted(found, key=lambda each: verdicts.ORDER.index(each.answer), reverse=True)
    return Evidence({each.prompt: each for each in worst}, {each.prompt: each for each in routes})


def evals(paths: Iterable[Path]) -> Iterator[EvalResult]:
    """The documents of evals among some files; raises as `read` does."""
    for path in paths:
        data = documents.data_of(path, MAX_BYTES)
        if _kind(data, path) == "eval":
            yield documents.parse(EvalResult, data, evaluation.SCHEMA_VERSION, str(path))


def _kind(data: bytes, path: Path) -> str:
    """Which of the two documents it is, by a key that only one of them has."""
    plain = documents.strict_json(data, str(path))
    keys = plain if isinstance(plain, dict) else {}
    kind = "eval" if "suite" in keys else "verdicts" if "evals" in keys else ""
    if not kind:
        raise UsageError(f"{path}: neither the document of an eval nor one of verdicts")
    return kind


def _of_verdicts(document: Verdicts) -> Iterable[Verdict]:
    return (Verdict(each.prompt, each.suite, each.verdict) for each in document.evals)


def _of_eval(result: EvalResult) -> Iterable[Verdict]:
    """The verdict of an eval, under the names of both of its prompts: a candidate may stand elsewhere."""
    before, after = result.baseline, result.candidate
    if result.verdict is None or after is None:
        return
    saved = kept = None
    if before.tokens is not None and after.tokens is not None:
        saved = before.tokens.input - after.tokens.input
        kept = after.tokens.output / before.tokens.output if before.tokens.output > 0 else None
    for name in dict.fromkeys((before.prompt, after.prompt)):
        yield Verdict(name, result.suite, result.verdict, saved, kept)
