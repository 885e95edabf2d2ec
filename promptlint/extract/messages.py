"""Extracts prompts from YAML and JSON: known formats, and chat messages and prompt fields of any other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from promptlint import identity
from promptlint.errors import SourceError
from promptlint.extract.common import openings, used
from promptlint.extract.common.data import built, chat, foreign, known
from promptlint.extract.common.data.turns import Found
from promptlint.extract.common.naming import file_name, like_prompt
from promptlint.model import Extraction, Problem, Reference, Source
from promptlint.syntax import jsonio, yamlio
from promptlint.syntax.nodes import Node, pointer

_NOTHING = "no chat messages or prompt fields"
_TRANSLATION = re.compile(
    r"(?:^|/)(?:(?:i18n|l10n|locales?|translations?)/|(?:messages|langs?)/[a-z]{2,3}(?:[-_]\w{2,4})?\.\w+$)",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"\b(\w{1,60})[\"']?[ \t]{0,9}:(?!\s{0,9}(?:-?\d|true|false|null\b))",  # those of numbers hold no text
)
_PROMPT_KEY = re.compile(
    r"role|\w*[pP]rompts?(?:_template|Template|_text)?|system\w*|instructions?|template|developer"
)
_LARGE = 300_000
_CONFIG = re.compile(r"(?:.*/)?(?:promptfooconfig[^/]*|flow\.dag)\.(?:ya?ml|json)|.*\.prompt\.(?:ya?ml|json)")
_NO_DATA = re.compile(r"^[ \t]*(?://|/\*|\{%|\{\{)", re.MULTILINE)
_ROLE = re.compile(r"\brole[\"']?\s*:\s*[\"']?(?:system|user|assistant)\b")


def extract_yaml(source: Source) -> Extraction:
    """The prompts of a YAML file, all documents of the stream."""
    return _extract(source, yamlio.tree)


def extract_json(source: Source) -> Extraction:
    """The prompts of a JSON file."""
    return _extract(source, lambda text: (jsonio.parse(text),))


def _extract(source: Source, read: Callable[[str], tuple[Node, ...]]) -> Extraction:
    in_name, in_path = _says_prompt(source)
    sure = source.named or bool(used.uses_of(source))
    if not sure and _TRANSLATION.search(source.path):
        if not _addresses(source.text):
            return Extraction(reason=f"{_NOTHING}: a translation")
        in_name = in_path = False
    text = source.text
    kind = "" if sure else foreign.of_text(source.path, text)
    if kind:
        return Extraction(reason=f"{_NOTHING}: {kind}")
    likely = in_path or _has_keys(text) or _addresses(text)
    if not likely or (not in_path and foreign.is_chart(text)):
        return Extraction(reason=_NOTHING)
    try:
        documents = read(text)
    except SourceError as error:
        if not source.named and not _is_missed(source, in_path):
            return Extraction(reason="cannot be read, but nothing in it looks like a prompt")
        return Extraction(problems=(error.problem,), reason="the file cannot be read")
    return _documents(source, documents, in_path, in_name)


def _has_keys(text: str) -> bool:
    """True if some key of a file may be that of a prompt, or of a known format."""
    keys = set(_KEY.findall(text))
    return not keys.isdisjoint(known.SIGNS) or _has_prompt_key(keys)


def _has_prompt_key(keys: Iterable[str]) -> bool:
    return any(_PROMPT_KEY.fullmatch(key) for key in keys)


def _documents(source: Source, documents: tuple[Node, ...], in_path: bool, in_name: bool) -> Extraction:
    found: list[tuple[str, Found]] = []
    references: list[Reference] = []
    reasons: dict[str, None] = {}
    nothing = _NOTHING
    for number, root in enumerate(documents, start=1):
        kind = "" if source.named else foreign.of_tree(root)
        if kind:
            nothing = f"{_NOTHING}: {kind}"
            continue
        own = known.find(root, source.path)
        rest = chat.find(root, in_path, in_name, own.taken)
        prefix = f"#{number}" if number > 1 else ""
        found += [(prefix + pointer(item.path), item) for item in _ordered((*own.found, *rest))]
        references += own.references
        reasons |= dict.fromkeys(own.names)
    if not found and not references:
        return Extraction(reason=nothing)
    return _extraction(source, found, references, tuple(reasons))


def _ordered(found: tuple[Found, ...]) -> list[Found]:
    """In the order of the file, as far as there are texts to tell."""
    return sorted(found, key=_start)


def _start(found: Found) -> int:
    return min((part.span.start for turn in found.turns for part in turn.parts), default=0)


def _is_missed(source: Source, in_path: bool) -> bool:
    """True if a file that does not parse seems to hold prompts; templates and the like never parse."""
    text = source.text
    if _CONFIG.fullmatch(source.path):
        return True
    if _NO_DATA.search(text):
        return False
    return (
        in_path
        or _ROLE.search(text) is not None
        or (openings.tells(text) and _has_prompt_key(_KEY.findall(text)))
    )


def _addresses(text: str) -> bool:
    """True if a file of no prompt-like key speaks to a model more than once; large ones are data."""
    if len(text) > _LARGE:
        return False
    text = text.lower()
    return sum(min(text.count(phrase), 2) for phrase in openings.PHRASES) > 1


def _says_prompt(source: Source) -> tuple[bool, bool]:
    """Whether the file's name, and whether its name or its folders say that it holds prompts."""
    name = file_name(source.path)
    folders = {word for folder in name.folders for word in re.split(r"[^a-z0-9]+", folder)}
    in_name = source.named or bool(used.uses_of(source)) or like_prompt(name)
    return in_name, in_name or bool(folders & {"prompt", "prompts"})


def _extraction(
    source: Source,
    found: list[tuple[str, Found]],
    references: list[Reference],
    reasons: tuple[str, ...],
) -> Extraction:
    ids = identity.unique(f"{source.path}::{anchor}" if anchor else source.path for anchor, _ in found)
    problems: list[Problem] = []
    uses, syntax = used.uses_of(source), used.syntax_of(source) or None
    prompts = tuple(
        used.as_used(built.prompt(source, name, replace(item, syntax=item.syntax or syntax), problems), uses)
        for name, (_, item) in zip(ids, found, strict=True)
    )
    kinds = {item.chat for _, item in found}
    reason = "chat messages" if kinds == {True} else "prompt fields" if kinds == {False} else "prompts"
    if reasons:
        reason = ", ".join(reasons)
    own = tuple(dict.fromkeys(problems))
    return Extraction(prompts, own, reason, tuple(references))
