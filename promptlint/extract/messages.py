"""Extracts prompts from data files: chat messages and prompt fields in YAML and JSON."""

from __future__ import annotations

import re
from collections.abc import Callable

from promptlint import identity, templates
from promptlint.errors import SourceError
from promptlint.extract.common import chat, openings
from promptlint.extract.common.naming import file_name, like_prompt
from promptlint.model import Call, Extraction, Message, Problem, Prompt, Segment, SegmentKind, Source, Span
from promptlint.syntax import jsonio, pieces, yamlio
from promptlint.syntax.nodes import Mapping, Node, Scalar, pointer

_NOTHING = "no chat messages or prompt fields"
_TRANSLATION = re.compile(
    r"(?:^|/)(?:(?:i18n|l10n|locales?|translations?)/|(?:messages|langs?)/[a-z]{2,3}(?:[-_]\w{2,4})?\.\w+$)",
    re.IGNORECASE,
)
_KEYS = re.compile(
    r"(?:^|[\s\"'{,])(?:role|\w*[pP]rompts?(?:_template|Template|_text)?|system\w*|instructions?|template"
    r"|developer)[\"']?\s*:",
    re.MULTILINE,
)
_LARGE = 300_000
_NO_DATA = re.compile(r"^\s*(?://|/\*|\{%|\{\{)", re.MULTILINE)
_ROLE = re.compile(r"\brole[\"']?\s*:\s*[\"']?(?:system|user|assistant)\b")
_HELM = re.compile(r"\{\{-?\s*(?:\.(?:Values|Release|Chart)\b|include\s+\")")


def extract_yaml(source: Source) -> Extraction:
    """The prompts of a YAML file, all documents of the stream."""
    return _extract(source, yamlio.tree)


def extract_json(source: Source) -> Extraction:
    """The prompts of a JSON file."""
    return _extract(source, lambda text: (jsonio.parse(text),))


def _extract(source: Source, read: Callable[[str], tuple[Node, ...]]) -> Extraction:
    in_name, in_path = _says_prompt(source)
    if not source.named and _TRANSLATION.search(source.path):
        if not _addresses(source.text):
            return Extraction(reason=f"{_NOTHING}: a translation")
        in_name = in_path = False
    likely = in_path or _KEYS.search(source.text) or _addresses(source.text)
    if not likely or (not in_path and _HELM.search(source.text)):
        return Extraction(reason=_NOTHING)
    try:
        documents = read(source.text)
    except SourceError as error:
        if not source.named and not _is_missed(source.text, in_path):
            return Extraction(reason="cannot be read, but nothing in it looks like a prompt")
        return Extraction(problems=(error.problem,), reason="the file cannot be read")
    found: list[tuple[str, chat.Found]] = []
    reason = _NOTHING
    for number, root in enumerate(documents, start=1):
        kind = "" if source.named else _foreign(root)
        if kind:
            reason = f"{_NOTHING}: {kind}"
            continue
        prefix = f"#{number}" if number > 1 else ""
        found += [(prefix + pointer(item.path), item) for item in chat.find(root, in_path, in_name)]
    return _extraction(source, found) if found else Extraction(reason=reason)


def _is_missed(text: str, in_path: bool) -> bool:
    """True if a file that does not parse seems to hold prompts; templates and the like never parse."""
    if _NO_DATA.search(text):
        return False
    return (
        in_path or _ROLE.search(text) is not None or (_KEYS.search(text) is not None and openings.tells(text))
    )


def _addresses(text: str) -> bool:
    """True if a file of no prompt-like key speaks to a model more than once; large ones are data."""
    if len(text) > _LARGE:
        return False
    text = text.lower()
    return sum(min(text.count(phrase), 2) for phrase in openings.PHRASES) > 1


def _foreign(root: Node) -> str:
    """What well-known kind of file this is that holds no prompts; empty if it is none."""
    if not isinstance(root, Mapping):
        return ""
    keys = {key.key for key, _ in root.entries}
    kinds = {
        "an OpenAPI document": keys & {"openapi", "swagger"},
        "a Kubernetes manifest": {"apiVersion", "kind"} <= keys,
        "a CI workflow": "jobs" in keys and keys & {"on", "true", "name"},
        "a compose file": "services" in keys and not keys & {"messages", "model"},
        "a lock file": keys & {"lockfileVersion"},
        "a JSON schema": "$schema" in keys and keys & {"properties", "$defs", "definitions"},
        "a package manifest": {"name", "version"} <= keys and keys & {"dependencies", "devDependencies"},
    }
    return next((kind for kind, holds in kinds.items() if holds), "")


def _says_prompt(source: Source) -> tuple[bool, bool]:
    """Whether the file's name, and whether its name or its folders say that it holds prompts."""
    name = file_name(source.path)
    folders = {word for folder in name.folders for word in re.split(r"[^a-z0-9]+", folder)}
    in_name = source.named or like_prompt(name)
    return in_name, in_name or bool(folders & {"prompt", "prompts"})


def _extraction(source: Source, found: list[tuple[str, chat.Found]]) -> Extraction:
    ids = identity.unique(f"{source.path}::{anchor}" if anchor else source.path for anchor, _ in found)
    problems: list[Problem] = []
    prompts = tuple(_prompt(source, name, item, problems) for name, (_, item) in zip(ids, found, strict=True))
    kinds = {item.chat for _, item in found}
    reason = "chat messages" if kinds == {True} else "prompt fields" if kinds == {False} else "prompts"
    return Extraction(prompts, tuple(dict.fromkeys(problems)), reason)


def _prompt(source: Source, name: str, found: chat.Found, problems: list[Problem]) -> Prompt:
    syntax = found.syntax or templates.guess("\n".join(_texts(found)))
    variables: dict[str, None] = {}
    messages = []
    for turn in found.turns:
        segments: list[Segment] = []
        for part in turn.parts:
            if not isinstance(part, Scalar):
                segments.append(Segment(SegmentKind.MEDIA, "", part.span))
                continue
            own = syntax if syntax != "none" or found.syntax else templates.guess(part.text or "")
            try:
                segments += pieces.segments(part, templates.split(part.text or "", own), own)
                variables |= dict.fromkeys(templates.variables(part.text or "", own))
            except templates.TemplateError as error:
                problems.append(_problem(part, error))
                segments += pieces.segments(part, templates.split(part.text or "", "none"), "none")
        messages.append(Message(turn.role, tuple(segments), turn.cache_mark))
    return Prompt(
        name,
        source,
        tuple(messages),
        Call(found.fields),
        inputs=found.inputs,
        variables=tuple(variables),
    )


def _texts(found: chat.Found) -> list[str]:
    parts = (part for turn in found.turns for part in turn.parts)
    return [part.text for part in parts if isinstance(part, Scalar) and part.text]


def _problem(scalar: Scalar, error: templates.TemplateError) -> Problem:
    at = pieces.place(scalar.pieces, error.position)
    start = scalar.span.start if at is None else at
    return Problem("TPL001", error.message, Span(start, max(start, min(start + 1, scalar.span.end))))
