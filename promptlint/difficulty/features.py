"""Reads off a prompt what its task and its difficulty are told by: counts, each with a name and a meaning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log1p

from promptlint.contract import Contract, Modality
from promptlint.declared import Declared, Key, Shape, declared
from promptlint.difficulty import lexicons
from promptlint.jsonasks import asked
from promptlint.model import BlockKind, Profile, Role, Span
from promptlint.outline.masks import FILL, masked
from promptlint.patterns import lazy
from promptlint.records import dataclass
from promptlint.shots import shots
from promptlint.tasks import Kind, simple_task
from promptlint.view import View
from promptlint.words import lemma

LEAD_WORDS = 50
"""So many words at the start usually name the task."""

LONGEST = 40_000
"""Code points of a prompt whose words are counted: what a longer one asks for is said before."""

_DEEPEST = 8
_WORD = lazy(r"[a-z]+(?:'[a-z]+)?")
_NUMBERED = lazy(r"^[ \t]*(?:step[ \t]+)?\d{1,2}[.):]", re.MULTILINE | re.IGNORECASE)
_SLOT_WORD = lazy(r"[a-z]+")
_PHRASES = {
    "yes_no": lazy(r"\b(?:yes or no|true or false|yes/no|[\"'`]yes[\"'`])", re.IGNORECASE),
    "one_word": lazy(
        r"\b(?:one|a single|only the|only one) "
        r"(?:word|label|letter|number|category|name|value|line|sentence)\b"
        r"|\bnothing else\b",
        re.IGNORECASE,
    ),
    "step_by_step": lazy(
        r"\bstep[- ]by[- ]step\b|\bchain of thought\b|\bthink (?:through|carefully|about)\b|<thinking>"
        r"|\blet'?s think\b",
        re.IGNORECASE,
    ),
    "grounded": lazy(
        r"\b(?:only|solely|strictly)\b[^.\n]{0,40}\b(?:context|passages?|documents?|sources?|excerpts?)\b"
        r"|\b(?:context|passages?|documents?|sources?|excerpts?)\b[^.\n]{0,20}\bonly\b"
        r"|\b(?:don'?t|do not) (?:know|make up)\b",
        re.IGNORECASE,
    ),
    "translates": lazy(r"\btranslat\w+\b", re.IGNORECASE),
    "role": lazy(r"\b(?:you are|act as|you're|your role is)\b", re.IGNORECASE),
    "placeholders": lazy(r"<[a-z][\w -]{0,40}>|\[[a-z][\w -]{1,40}\]", re.IGNORECASE),
}

SHAPE = {
    "words": "words of the instructions, without examples (logarithm)",
    "sentences": "sentences of the instructions (logarithm)",
    "headings": "headings (logarithm)",
    "items": "list items (logarithm)",
    "numbered": "numbered lines (logarithm)",
    "code_blocks": "blocks of code, data and tables (logarithm)",
    "examples": "few-shot examples (logarithm)",
    "slots": "different slots (logarithm)",
    "long_slots": "slots whose names promise long material",
    "ask_slots": "slots whose names promise a question or a request",
    "code_slots": "slots whose names promise code or a schema",
    "tool_slots": "slots whose names promise tools or an agent's state",
    "messages": "messages beyond the first (logarithm)",
    "agent_document": "a document that a coding agent loads",
    "tools": "tools that the call offers, or a tool definition (logarithm)",
    "question_marks": "question marks in the instructions (logarithm)",
    "foreign": "letters that are not ASCII, as a share",
}
DEMANDS = {
    "musts": "requirements that must hold (logarithm)",
    "prohibitions": "requirements that forbid (logarithm)",
    "preferences": "requirements that are preferences (logarithm)",
    "conditions": "requirements under a condition (logarithm)",
    "bounds": "requirements with numbers or literals (logarithm)",
    "facts": "statements that instruct nothing (logarithm)",
    "predicates": "different verbs of requirements (logarithm)",
    "labels": "values of the largest label set (logarithm)",
    "label_sets": "label sets (logarithm)",
    "fields": "keys of the largest declared form (logarithm)",
    "depth": "levels of the deepest declared form",
    "limits": "limits of length (logarithm)",
    "formats": "rules for the form of the answer, and forbidden words (logarithm)",
    "json": "JSON is asked for or enforced",
    "simple_classification": "the words name one simple task: labels, a route, a score, yes or no",
    "simple_extraction": "the words name one simple task: extraction",
}
PHRASES = {
    "yes_no": "asks for yes or no",
    "one_word": "asks for one word, label or line",
    "step_by_step": "asks for thinking, or for steps",
    "grounded": "asks to keep to given material",
    "translates": "speaks of translating",
    "role": "gives the model a role",
    "placeholders": "places to fill in (logarithm)",
}
FEATURES: Mapping[str, str] = {
    **SHAPE,
    **DEMANDS,
    **PHRASES,
    **{
        f"{name}_lead": f"words of {name} among the first {LEAD_WORDS} (logarithm)" for name in lexicons.TASKS
    },
    **{f"{name}_words": f"words of {name}, per 100 (logarithm)" for name in lexicons.TASKS},
    **{f"{name}_words": f"words of {name} (logarithm)" for name in lexicons.HARDER},
}
"""Every feature, in order, with what it counts. A logarithm is that of one more than the count."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is counted of a prompt: `values` in the order of FEATURES, finite and not negative; its lemmas."""

    values: tuple[float, ...]
    words: frozenset[str]


def read(view: View) -> Reading:
    """The features of a prompt, and the words of its instructions."""
    text = _instructions(view)
    words = [lemma(word) for word in _WORD.findall(text.lower())]
    values = {**_shape(view), **_demands(view.contract), **_declared(view), **_said(view, text, words)}
    return Reading(tuple([values[name] for name in FEATURES]), frozenset(words))


def _shape(view: View) -> dict[str, float]:
    prompt, kinds = view.prompt, BlockKind
    names = [name.lower() for name in prompt.variables]
    words = {word for name in names for word in _SLOT_WORD.findall(name)}
    literal = view.of_kind(kinds.CODE, kinds.DATA, kinds.TABLE)
    blocks = [block for block in literal if view.text.find("\n", block.span.start, block.span.end) >= 0]
    offered = prompt.call.get("tools")
    tools = sum(message.role is Role.TOOL_DEFINITION for message in prompt.messages)
    return {
        "headings": log1p(len(view.of_kind(kinds.HEADING))),
        "items": log1p(len(view.of_kind(kinds.ITEM))),
        "code_blocks": log1p(len(blocks)),
        "examples": log1p(len(shots(view))),
        "slots": log1p(len(set(names))),
        "long_slots": log1p(len(words & lexicons.LONG_SLOTS)),
        "ask_slots": log1p(len(words & lexicons.ASK_SLOTS)),
        "code_slots": log1p(len(words & lexicons.CODE_SLOTS)),
        "tool_slots": log1p(len(words & lexicons.TOOL_SLOTS)),
        "messages": log1p(max(0, len(prompt.messages) - 1)),
        "agent_document": float(prompt.profile is Profile.AGENT_DOCUMENT),
        "tools": log1p(tools + (offered is not None and offered.value is not None)),
    }


def _demands(found: Contract) -> dict[str, float]:
    rows = found.requirements
    asked_for = [row for row in rows if row.modality is not Modality.FACT]
    return {
        "musts": log1p(sum(row.modality is Modality.MUST and row.positive for row in rows)),
        "prohibitions": log1p(sum(not row.positive for row in asked_for)),
        "preferences": log1p(sum(row.modality in (Modality.PREFER, Modality.MAY) for row in rows)),
        "conditions": log1p(sum(bool(row.condition) for row in rows)),
        "bounds": log1p(sum(bool(row.bound) for row in asked_for)),
        "facts": log1p(sum(row.modality is Modality.FACT for row in rows)),
        "predicates": log1p(len({row.predicate for row in asked_for})),
    }


def _declared(view: View) -> dict[str, float]:
    found: Declared = declared(view)
    shapes = [item.shape for item in found.schemas]
    sizes = [len(item.choices) for item in found.labels]
    task = simple_task(view)
    format_ = view.prompt.call.get("response_format")
    return {
        "labels": log1p(max(sizes, default=0)),
        "label_sets": log1p(len(sizes)),
        "fields": log1p(max(map(_fields, shapes), default=0)),
        "depth": float(max(map(_depth, shapes), default=0)),
        "limits": log1p(len(found.limits)),
        "formats": log1p(len(found.formats) + len(found.forbidden)),
        "json": float(bool(asked(view)) or format_ is not None or bool(shapes)),
        "simple_classification": float(task is not None and task.kind is not Kind.EXTRACTION),
        "simple_extraction": float(task is not None and task.kind is Kind.EXTRACTION),
    }


def _keys(shape: Shape) -> tuple[Key, ...]:
    return shape.keys or (shape.item.keys if shape.item is not None else ())


def _fields(shape: Shape, level: int = 0) -> int:
    """The keys of a form, those of its parts too."""
    keys = _keys(shape) if level < _DEEPEST else ()
    return len(keys) + sum(_fields(key.shape, level + 1) for key in keys)


def _depth(shape: Shape, level: int = 0) -> int:
    """The levels of a form: 1 for a flat object, 0 for a scalar."""
    keys = _keys(shape) if level < _DEEPEST else ()
    return 1 + max(_depth(key.shape, level + 1) for key in keys) if keys else 0


def _said(view: View, text: str, words: Sequence[str]) -> dict[str, float]:
    """What the words of the instructions tell; slots, examples and code are no words."""
    lower = text.lower()
    bag, lead = Counter(words), Counter(words[:LEAD_WORDS])
    letters = sum(map(str.isalpha, lower))
    foreign = letters - sum(sign.isalpha() for sign in lower if sign.isascii())
    size = max(1, len(words))
    return {
        "words": log1p(len(words)),
        "sentences": log1p(len(view.sentences)),
        "numbered": log1p(len(_NUMBERED.findall(text))),
        "question_marks": log1p(text.count("?")),
        "foreign": foreign / max(1, letters),
        **{name: log1p(len(pattern.findall(text))) for name, pattern in _PHRASES.items()},
        **{f"{name}_lead": log1p(_count(lead, table)) for name, table in lexicons.TASKS.items()},
        **{f"{name}_words": log1p(100 * _count(bag, table) / size) for name, table in lexicons.TASKS.items()},
        **{f"{name}_words": log1p(_count(bag, table)) for name, table in lexicons.HARDER.items()},
    }


def _instructions(view: View) -> str:
    """The text outside of examples and blocks of code, one blank for what is left out."""
    text = masked(view.prompt)[:LONGEST].replace(FILL, " ")
    shut = [shot.span for shot in shots(view)]
    code = view.of_kind(BlockKind.CODE, BlockKind.DATA)
    shut += [block.span for block in code if "\n" in text[block.span.start : block.span.end]]
    return "".join(_outside(text, shut))


def _outside(text: str, shut: Iterable[Span]) -> Iterable[str]:
    at = 0
    for span in sorted(shut):
        if span.start >= at:
            yield text[at : span.start]
            yield " "
        at = max(at, span.end)
    yield text[at:]


def _count(bag: Mapping[str, int], table: frozenset[str]) -> int:
    return sum([bag[word] for word in table if word in bag])
