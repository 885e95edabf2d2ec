"""The assertion `python`: code of the suite that says whether an answer is right, run by `child.py`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from promptlint.errors import ScoringError
from promptlint.evals.assertions.kind import quoted
from promptlint.evals.model import Score
from promptlint.evals.opinions import processes
from promptlint.evals.opinions.panel import Look, Panel
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Scripts:
    """What the code said, by what it was given: a value, or why there is none."""

    said: Mapping[processes.Job, processes.Ran]

    def score(self, look: Look) -> Score:
        """What the code says of an answer.

        Raises:
            ScoringError: it failed, or what it returned is no score.
        """
        ran = self.said[_job(look)]
        if ran.failure:
            raise ScoringError(f"the code of the suite failed: {ran.failure}")
        return _score(ran.value, look.assertion.threshold)


def asked(looks: Sequence[Look], panel: Panel) -> Scripts:
    """What the code says of all answers; what it is given alike is asked once."""
    if not panel.python:
        raise ValueError("code of a suite may not be run")
    jobs = list(dict.fromkeys(_job(look) for look in looks))
    return Scripts(dict(zip(jobs, processes.run(jobs), strict=True)))


def _job(look: Look) -> processes.Job:
    code, case, answer = look.assertion.value, look.case, look.answer
    assert isinstance(code, Mapping)
    context = {
        "vars": case.vars,
        "config": look.assertion.config,
        "test": {"id": case.id, "description": case.description, "vars": case.vars},
        "calls": [{"name": call.name, "arguments": call.arguments} for call in answer.calls],
    }
    spelt = json.dumps(context, ensure_ascii=False, default=str)
    return processes.Job(str(code["source"]), str(code["function"]), answer.text, spelt)


def _score(value: object, least: float | None) -> Score:
    """The score of what code returned: true or false, a number, or a mapping of `pass`, `score`, `reason`."""
    if isinstance(value, Mapping):
        passed = value.get("pass")
        if not isinstance(passed, bool):
            raise ScoringError("the code of the suite returned no `pass` that is true or false")
        reason = quoted(str(value.get("reason", "")), 300)
        score = _share(value.get("score", float(passed)))
        return Score(score, passed and score >= (least or 0.0), f"the code of the suite says {reason}")
    score = _share(float(value) if isinstance(value, bool) else value)
    if isinstance(value, bool):
        return Score(score, value and score >= (least or 0.0), f"the code of the suite returned {value}")
    passed = score > 0 if least is None else score >= least
    return Score(score, passed, f"the code of the suite returned {score:g}")


def _share(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ScoringError(
            f"the code of the suite returned {quoted(str(value))}, expected a score from 0 to 1"
        )
    assert math.isfinite(value)
    return float(value)
