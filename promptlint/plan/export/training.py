"""Gathers training data: few-shot examples of prompts, and cases that an eval has passed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from promptlint import run
from promptlint.evaluation import Answered, EvalResult
from promptlint.extract import JUDGED, extract
from promptlint.model import Context, Prompt, SegmentKind, Span
from promptlint.plan.export import formats, personal
from promptlint.plan.export.example import Example
from promptlint.plan.export.split import Split, normal, split
from promptlint.records import dataclass
from promptlint.run import Outcome, Request
from promptlint.shots import Worth, shots
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Left:
    """An example that is not exported, and why; nothing of it is told."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Training:
    """What is exported: the split, what was left out, and what speaks against training on it."""

    split: Split
    left: tuple[Left, ...]
    objections: tuple[str, ...]


def training(examples: Iterable[Example], with_personal: bool = False) -> Training:
    """The examples that may be trained on: whole, unlike one another, without personal data, not contrary."""
    left: list[Left] = []
    good: list[Example] = []
    for each in examples:
        reason = formats.problem(each)
        if not reason and not with_personal:
            found = personal.kinds(f"{each.system}\n{each.given}\n{each.answer}")
            reason = f"personal data: {', '.join(found)}" if found else ""
        if reason:
            left.append(Left(each.source, reason))
        else:
            good.append(each)
    kept = list(_unlike(good, left))
    parted = split(kept)
    against = tuple(formats.objections(len(parted.train), len(parted.validation)))
    return Training(parted, tuple(left), against)


def _unlike(examples: Sequence[Example], left: list[Left]) -> Iterator[Example]:
    """Each input once, and none that is answered in two ways."""
    answers: dict[tuple[str, str], set[str]] = {}
    for each in examples:
        answers.setdefault((each.system, each.given.strip()), set()).add(normal(each.answer) or each.answer)
    seen = set()
    for each in examples:
        key = (each.system, each.given.strip())
        if len(answers[key]) > 1:
            left.append(Left(each.source, "its input is answered in two ways"))
        elif key in seen:
            left.append(Left(each.source, "its input is there already"))
        else:
            seen.add(key)
            yield each


# --- few-shot examples ----------------------------------------------------------------------


def of_prompts(outcome: Outcome, request: Request) -> Iterator[Example]:
    """The few-shot examples of the prompts of a run that show what to do, with what they are given."""
    wanted = {
        each.id for file in outcome.result.files for each in file.prompts if dict(each.parts).get("examples")
    }
    paths = frozenset(each.partition("::")[0] for each in wanted)
    if not paths:
        return
    for path, source in run.sources(replace(request, only=paths), outcome.workspace)[0]:
        context = outcome.contexts.get(source.path, Context())
        options = outcome.workspace.settings(path, source.path).options
        placed = replace(source, context=context, named=source.named or source.kind in JUDGED)
        for prompt in extract(placed, options).prompts:
            if prompt.id in wanted:
                yield from _of_prompt(prompt)


def _of_prompt(prompt: Prompt) -> Iterator[Example]:
    """Its examples; the rest of its text is the system message, unless that has slots to fill."""
    found = [each for each in shots(View(prompt, len)) if each.output is not None and each.inputs]
    rest = _without(prompt.text, [each.group for each in found])
    slots = any(segment.kind is SegmentKind.SLOT for segment in prompt.segments)
    for index, each in enumerate(found, 1):
        if each.worth is not Worth.BAD and not each.template and not each.follows and each.output is not None:
            given = "\n".join(_text(prompt, span) for span in each.inputs)
            yield Example(
                "" if slots else rest, given, _text(prompt, each.output), f"{prompt.id} example {index}"
            )


def _text(prompt: Prompt, span: Span) -> str:
    return prompt.text[span.start : span.end].strip()


def _without(text: str, groups: Iterable[Span]) -> str:
    """The text without the groups of examples, and without the gaps that these leave."""
    parts, at = [], 0
    for group in sorted(set(groups)):
        parts.append(text[at : max(at, group.start)].strip())
        at = max(at, group.end)
    parts.append(text[at:].strip())
    return "\n\n".join(part for part in parts if part)


# --- evals ----------------------------------------------------------------------------------


def of_eval(result: EvalResult) -> Iterator[Example]:
    """The cases that passed: the candidate's answers if it was accepted, else the baseline's."""
    accepted = result.verdict == "accepted" and result.candidate is not None
    for case in result.results:
        answers = case.candidate if accepted else case.baseline
        good = next((each for each in answers if _is_good(each)), None)
        if good is not None and all(_is_good(each) for each in answers):
            source = f"{result.suite} case {case.id}"
            yield Example("", _given(case.vars), good.text, source, case.cluster or "")


def _is_good(answer: Answered) -> bool:
    return answer.passed is True and bool(answer.text.strip()) and not answer.calls


def _given(variables: str) -> str:
    """What the prompt was given: the one text, or all of it as JSON."""
    try:
        found = json.loads(variables)
    except ValueError:
        return variables
    values = list(found.values()) if isinstance(found, dict) else []
    return values[0] if len(values) == 1 and isinstance(values[0], str) else variables
