"""Writes the beginning of a suite for a prompt: cases from its own examples, and what is still to be said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from promptlint.declared import Labels, Shape, declared
from promptlint.errors import ScoringError
from promptlint.evals import assertions
from promptlint.evals.model import Answer, Assertion
from promptlint.evals.stats import power
from promptlint.evals.template import Template
from promptlint.model import Span
from promptlint.places import places, touches
from promptlint.records import dataclass
from promptlint.shots import Shot, Worth, shots
from promptlint.style import visible
from promptlint.view import View

MARGIN, ALPHA, FLIPS = 0.03, 0.05, 0.1
"""What the suite proposes: the margin, its error, and the share of answers that is assumed to change."""

MOST_CASES = 200
"""Examples that become cases."""

_LONGEST = 20_000  # characters of a value
_SHORT = 80
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_LONE = re.compile("[\ud800-\udfff]")
_KINDS = (("anthropic", re.compile(r"(?:anthropic/)?(claude[\w.@:-]*)")),)
_OPENAI = re.compile(r"(?:openai/)?((?:gpt|chatgpt|o\d)[\w.:-]*)")
_INPUTS = ("input", "question", "query", "text", "message", "user")


@dataclass(frozen=True, slots=True)
class Draft:
    """A case in the making: what is put in, and what is asked of the answer.

    `turn` is what a user says, of a prompt that takes no values; `open` are the names that nobody gave a
    value, `answer` what the example answers.
    """

    vars: Mapping[str, str] = field(default_factory=dict)
    turn: str = ""
    asserts: tuple[Mapping[str, object], ...] = ()
    open: tuple[str, ...] = ()
    answer: str = ""


def drafts(template: Template) -> tuple[Draft, ...]:
    """The prompt's complete examples as cases; those that show what not to do, or a layout, are none."""
    view = View(template.prompt, len)
    found = declared(view)
    whole = tuple([item for item in found.labels if not item.field and not item.several])
    schema = next((_schema(item.shape) for item in found.schemas if item.shape.types == {"object"}), None)
    ground = places(template.prompt)
    examples = []
    for shot in shots(view):
        spans = [span for span in (shot.input, shot.output) if span is not None]
        is_layout = shot.template and not touches(ground.slots, shot.span)
        if shot.worth is Worth.BAD or is_layout or any(touches(ground.slots, span) for span in spans):
            continue
        if shot.output is not None and all(_is_plain(view.text[span.start : span.end]) for span in spans):
            examples.append(shot)
    labels = _labels(whole, view.text, examples)
    return tuple(
        [
            _draft(template, view.text, shot, _asked(view.text, shot, labels, schema))
            for shot in examples[:MOST_CASES]
        ]
    )


def _is_plain(text: str) -> bool:
    """False for what a suite would read as something else than itself."""
    return bool(text.strip()) and len(text) <= _LONGEST and not (_LONE.search(text) or _acts(text))


def _acts(text: str) -> bool:
    marks = ("{{", "{%", "{#", "\0")
    return any(mark in text for mark in marks) or text.startswith(("file://", "package:"))


def _labels(declared_: Sequence[Labels], text: str, examples: Sequence[Shot]) -> tuple[str, ...]:
    """The labels that the prompt declares, else those that its examples answer, if all answer one."""
    if len(declared_) == 1:
        return tuple([choice.text for choice in declared_[0].choices if _is_plain(choice.text)])
    answers = [_text(text, shot.output).strip() for shot in examples if shot.output is not None]
    alone = all(shot.label for shot in examples) and all(len(each) <= _SHORT for each in answers)
    distinct = tuple(dict.fromkeys(answers))
    return distinct if alone and 1 < len(distinct) < len(answers) else ()


def _text(text: str, span: Span | None) -> str:
    return text[span.start : span.end] if span is not None else ""


def _draft(template: Template, text: str, shot: Shot, asserts: tuple[Mapping[str, object], ...]) -> Draft:
    given, answer = _text(text, shot.input), _text(text, shot.output).strip()
    if not template.needed:
        return Draft(turn=given or "...", asserts=asserts, answer=answer)
    parts = {part.name.strip().lower().replace(" ", "_"): _text(text, part.span) for part in shot.parts}
    values = {name: parts[name.lower()] for name in template.needed if name.lower() in parts}
    values = {name: value for name, value in values.items() if _is_plain(value)}
    left = [name for name in template.needed if name not in values]
    if left and given and given not in values.values():
        name = next((each for each in left if each.lower() in _INPUTS), left[-1])
        values[name] = given
    open_ = tuple([name for name in template.needed if name not in values])
    ordered = {name: values.get(name, "...") for name in template.needed}
    return Draft(vars=ordered, asserts=asserts, open=open_, answer=answer)


def _asked(
    text: str, shot: Shot, labels: tuple[str, ...], schema: Mapping[str, object] | None
) -> tuple[Mapping[str, object], ...]:
    answer = _text(text, shot.output).strip()
    data = _data(answer)
    if isinstance(data, dict):
        plain: dict[str, object] = {"type": "is-json"}
        form = {**plain, "value": schema} if schema else plain
        return (form if _holds(form, answer) else plain, {"type": "json-fields", "value": data})
    known = {label.casefold(): label for label in labels}
    label = known.get(answer.casefold(), known.get(shot.label))
    if label is not None:
        return ({"type": "label", "value": label, "config": {"labels": list(labels)}},)
    if len(answer) <= _SHORT and "\n" not in answer:
        return ({"type": "equals", "value": answer},)
    return ({"type": "rouge-n", "value": answer, "threshold": 0.5},)


def _holds(item: Mapping[str, object], answer: str) -> bool:
    """True if the example's own answer passes; a schema that was guessed from a layout may say too much."""
    made = Assertion(str(item["type"]), item.get("value"))
    if assertions.KINDS[made.type].missing(made):
        return True
    try:
        return assertions.judge(made, Answer(answer)).passed
    except ScoringError:
        return False


def _data(answer: str) -> object:
    try:
        found = json.loads(answer)
        json.dumps(found, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return found


def _schema(shape: Shape, depth: int = 0) -> dict[str, object]:
    """The JSON Schema of a shape."""
    found: dict[str, object] = {}
    if shape.types:
        types = sorted(shape.types)
        found["type"] = types[0] if len(types) == 1 else types
    if shape.keys and depth < 10:
        found["properties"] = {key.name: _schema(key.shape, depth + 1) for key in shape.keys}
        required = [key.name for key in shape.keys if key.required]
        found |= {"required": required} if required else {}
    if shape.values and shape.types <= {"string"}:
        found["enum"] = list(shape.values)
    if shape.item is not None and depth < 10:
        found["items"] = _schema(shape.item, depth + 1)
    return found


# --- the file -------------------------------------------------------------------------------


def slug(name: str) -> str:
    """The name of a file for the suite of a prompt."""
    path, _, anchor = name.partition("::")
    stem = path.rpartition("/")[2].split(".")[0]
    return re.sub(r"[^A-Za-z0-9]+", "-", f"{stem}-{anchor}").strip("-").lower()[:80] or "suite"


def suite(template: Template, name: str) -> str:
    """The text of a suite, which loads as it stands; what is to be filled in is said in comments.

    Args:
        template: the prompt.
        name: its id, as the suite names it.
    """
    found = drafts(template) or (_blank(template),)
    return "".join(f"{line}\n" for line in (*_head(template, name, found), *_tests(found)))


def _blank(template: Template) -> Draft:
    if not template.needed:
        return Draft(turn="...", open=("what a user says",))
    return Draft(vars=dict.fromkeys(template.needed, "..."), open=template.needed)


def _head(template: Template, name: str, found: Sequence[Draft]) -> Iterator[str]:
    yield f"# A suite for {visible(name)}, begun by `promptlint eval init`."
    if found[0].asserts:
        yield "# The cases are the prompt's own examples: it shows their answers, so they prove little."
    fewest, usual = power.fewest_cases(MARGIN, ALPHA), power.cases_needed(MARGIN, ALPHA, FLIPS)
    yield f"# A margin of {MARGIN:g} needs {fewest} cases if no answer changes (exact), about {usual} if one"
    yield "# in ten does (assumed); see `promptlint eval power`. `eval import` takes logged calls as cases."
    yield f"prompt: {_json(name)}"
    yield "# candidate: prompts/shorter.md    # what may replace it; with it, `margin` must be declared"
    yield from _provider(template)
    yield f"# margin: {MARGIN:g}    # the loss of mean score that is acceptable"
    yield f"# alpha: {ALPHA:g}"
    yield "# repeats: 1"
    yield "# max_cost: 2.00    # US dollars"


def _provider(template: Template) -> Iterator[str]:
    for kind, pattern in (*_KINDS, ("openai", _OPENAI)):
        if match := pattern.fullmatch(template.model):
            yield f"provider: {_json({'kind': kind, 'model': match[1], **template.parameters})}"
            return
    said = f" (its call says {visible(template.model)[:80]})" if template.model else ""
    yield f"# The model is not known{said}:"
    yield '# provider: {kind: openai, base_url: "http://127.0.0.1:8080/v1", model: small, temperature: 0}'


def _tests(found: Sequence[Draft]) -> Iterator[str]:
    yield "tests:"
    for draft in found:
        if draft.open:
            yield f"  # to be filled in: {', '.join([visible(name)[:80] for name in draft.open])}"
        if draft.vars:
            yield f"  - vars: {_json(draft.vars)}"
        else:
            yield f"  - messages: [{_json({'role': 'user', 'content': draft.turn})}]"
        if not draft.asserts:
            yield "    assert: []    # what its answer must be: see docs/suites.md"
            continue
        yield "    assert:"
        yield from (f"      - {_json(item)}" for item in draft.asserts)


def _json(value: object) -> str:
    """A value as YAML and JSON alike read it."""
    text = json.dumps(value, ensure_ascii=False)
    return _ODD.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
