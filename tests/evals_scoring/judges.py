"""Judges that are plain functions: they read a question as it is sent, and answer by a rule."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from promptlint.evals.exchange import Attempt, Failure, Reply, Request
from promptlint.evals.model import Answer, Assertion, Case
from promptlint.evals.opinions.panel import Model, Panel

Rule = Callable[[str], float]
"""How well one answer meets the rubric, from 0 to 1."""

_FENCE = re.compile(
    r"<<<(?!end of )(?P<name>[\w ]+) (?P<tag>[0-9a-f]{16})>>>\n(?P<text>.*?)\n<<<end of (?P=name) (?P=tag)>>>",
    re.DOTALL,
)


def parts(request: Request) -> dict[str, str]:
    """The fenced texts of a question, by name."""
    content = str(request.messages[-1]["content"])
    tag = re.match(r"The tag is ([0-9a-f]{16})\.\n", content)
    assert tag
    found = {match["name"]: match["text"] for match in _FENCE.finditer(content) if match["tag"] == tag[1]}
    assert content.count(tag[1]) == 1 + 2 * len(found)
    return found


def by(rule: Rule) -> Callable[[Request], str]:
    """A judge that marks each answer by a rule, wherever it stands."""

    def reply(request: Request) -> str:
        found = parts(request)
        if "answer" in found:
            mark = rule(found["answer"])
            return json.dumps({"reason": "seen", "pass": mark >= 0.5, "score": mark})
        a, b = rule(found["answer A"]), rule(found["answer B"])
        better = "tie" if a == b else "A" if a > b else "B"
        return json.dumps(
            {
                "reason": "compared",
                "A": {"pass": a >= 0.5, "score": a},
                "B": {"pass": b >= 0.5, "score": b},
                "better": better,
            }
        )

    return reply


@dataclass
class Bench:
    """Answers requests by a rule, and remembers them, one list a call."""

    reply: Callable[[Request], str | Failure]
    calls: list[list[Request]] = field(default_factory=list)

    def __call__(self, requests: Sequence[Request]) -> Mapping[tuple[str, int], Attempt]:
        self.calls.append(list(requests))
        found = {}
        for request in requests:
            said = self.reply(request)
            attempt = Attempt(failure=said) if isinstance(said, Failure) else Attempt(Reply(said))
            found[request.key, request.repeat] = attempt
        return found

    @property
    def panel(self) -> Panel:
        """A panel whose judge this is."""
        return Panel(judge=self, judge_model=Model("judge-1", {"temperature": 0}))


def case(id_: str = "one", **changes: object) -> Case:
    """A case with one rubric."""
    threshold = changes.pop("threshold", None)
    negated = bool(changes.pop("negated", False))
    rubric = changes.pop("rubric", "is polite")
    asked = Assertion("llm-rubric", rubric, threshold=threshold, negated=negated)  # type: ignore[arg-type]
    return Case(**{"id": id_, "vars": {"question": "Why?"}, "assertions": (asked,), **changes})  # type: ignore[arg-type]


def pair(baseline: str, candidate: str) -> tuple[tuple[Answer | None, ...], ...]:
    """One answer a side."""
    return ((Answer(baseline),), (Answer(candidate),))
