"""Finds the prompt that a suite names: in a file of the project, as all commands read it, or in the suite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from promptlint.errors import SuiteError
from promptlint.evals.folder import Folder
from promptlint.evals.model import PromptRef
from promptlint.extract import Options, extract, kind_of
from promptlint.locate import location
from promptlint.model import Extraction, Message, Prompt, Segment, SegmentKind, Source, SourceKind
from promptlint.records import dataclass
from promptlint.run import Request, run, sources
from promptlint.templates import JinjaSettings, TemplateError, split, variables
from promptlint.templates.parts import segments

_MOST_SHOWN = 20
_DEEPEST = 3
_CHATS = {"[": SourceKind.JSON, "-": SourceKind.YAML}


@dataclass(frozen=True, slots=True)
class Located:
    """A prompt, with the others of its file put where its code puts them; `place` is its file and line."""

    prompt: Prompt
    place: str
    settings: JinjaSettings


def located(ref: PromptRef, folder: Folder, suite: str) -> Located:
    """The one prompt that a suite means.

    A path is looked for in the suite's folder first, then below the root.

    Raises:
        SuiteError: there is none, there are several, it lies outside of the root, or cannot be read.
        ConfigError: the project's configuration is wrong.
    """
    at = f"{suite}:{ref.line}"
    if ref.id is None:
        return _own(ref.text or "", suite, at)
    name, _, anchor = ref.id.partition("::")
    path = _path(name, folder, at)
    shown, source, options = _read(path, at)
    found = extract(source, options)
    wanted = f"{shown}::{anchor}" if anchor else shown
    prompts = [prompt for prompt in found.prompts if prompt.id == wanted]
    prompts = prompts or [prompt for prompt in found.prompts if not anchor]
    if not prompts:
        raise SuiteError(_nothing(found, source, ref.id, at))
    if len(prompts) > 1:
        raise SuiteError(f"{at}: {name} holds {len(prompts)} prompts; name one: {_listed(prompts)}")
    others = {prompt.id: prompt for prompt in found.prompts}
    line = location(source.text, prompts[0].segments[0].span).line if prompts[0].segments else 1
    return Located(_assembled(prompts[0], others), f"{shown}:{line}", options.jinja)


def _path(name: str, folder: Folder, at: str) -> Path:
    """The file of a name: from the suite's folder, else from the root."""
    if "\0" in name or "://" in name:
        raise SuiteError(f"{at}: {name!r} is no path")
    outside = False
    for home in dict.fromkeys((folder.base, folder.root)):
        try:
            path = (home / name).resolve()
            if path.is_relative_to(folder.root) and path.is_file():
                return path
        except (OSError, RuntimeError):  # a name too long, or links in a circle
            continue
        outside = outside or not path.is_relative_to(folder.root)
    where = f"it lies outside of {folder.root.name or '/'}" if outside else "there is no such file"
    raise SuiteError(f"{at}: the prompt {name!r} cannot be read: {where}")


def _read(path: Path, at: str) -> tuple[str, Source, Options]:
    """A file with what the others of its project say of it, and how it is read."""
    request = Request(paths=(path,))
    done = run(request)
    found, failed, skipped = sources(request, done.workspace)
    if not found:
        problems = [finding.message for file in failed for finding in file.findings]
        why = next(iter((*problems, *(skip.reason for skip in skipped))), "no file that is read as prompts")
        raise SuiteError(f"{at}: {path.name} cannot be read: {why}")
    _, source = found[0]
    options = done.workspace.settings(path, source.path).options
    source = replace(source, named=True, context=done.contexts.get(source.path, source.context))
    return source.path, source, options


def _nothing(found: Extraction, source: Source, id_: str, at: str) -> str:
    for problem in found.problems:
        return f"{source.path}:{location(source.text, problem.span).line}: {problem.message}"
    if found.prompts:
        return f"{at}: there is no prompt {id_!r}; there are {_listed(found.prompts)}"
    return f"{at}: {source.path} holds no prompt"


def _listed(prompts: tuple[Prompt, ...] | list[Prompt]) -> str:
    shown = ", ".join(prompt.id for prompt in prompts[:_MOST_SHOWN])
    return f"{shown} and {len(prompts) - _MOST_SHOWN} more" if len(prompts) > _MOST_SHOWN else shown


# --- texts that a suite holds itself ----------------------------------------------------------


def _own(text: str, suite: str, at: str) -> Located:
    """A prompt in a suite: a list of messages in JSON or YAML, or a text in Jinja's syntax."""
    id_ = f"{suite}::{at.rpartition(':')[2]}"
    kind = _CHATS.get(text.lstrip()[:1])
    if kind is not None:
        chat = extract(Source("prompt", text, kind, named=True)).prompts
        if len(chat) == 1 and all(message.role for message in chat[0].messages):
            return Located(replace(chat[0], id=id_), at, JinjaSettings())
    try:
        parts, names = split(text, "jinja"), variables(text, "jinja")
    except TemplateError as error:
        raise SuiteError(f"{at}: the prompt is no template: {error.message}") from error
    source = Source(suite, text, SourceKind.JINJA, named=True)
    prompt = Prompt(id_, source, (Message(None, segments(parts)),), variables=names)
    return Located(prompt, at, JinjaSettings())


# --- prompts of one file that make another ------------------------------------------------------


def _assembled(prompt: Prompt, others: dict[str, Prompt]) -> Prompt:
    """The prompt with those of its file that it sends by name (`SYSTEM`, `self.RULES`) put in."""
    messages = tuple([_filled(message, prompt.id, others, (prompt.id,)) for message in prompt.messages])
    return prompt if messages == prompt.messages else replace(prompt, messages=messages)


def _filled(message: Message, home: str, others: dict[str, Prompt], way: tuple[str, ...]) -> Message:
    out: list[Segment] = []
    for segment in message.segments:
        other = _meant(segment, home, others) if segment.kind is SegmentKind.SLOT else None
        if other is None or other.id in way or len(way) > _DEEPEST:
            out.append(segment)
            continue
        inner = _filled(other.messages[0], other.id, others, (*way, other.id))
        out += [replace(item, branch=(*segment.branch, *item.branch)) for item in inner.segments]
    return replace(message, segments=tuple(out))


def _meant(segment: Segment, home: str, others: dict[str, Prompt]) -> Prompt | None:
    """The prompt of one message whose name a slot is, as the code of `home` sees names."""
    for id_ in _ids(segment.name, home):
        other = others.get(id_)
        if other is not None and len(other.messages) == 1 and id_ != home:
            return other
    return None


def _ids(name: str, home: str) -> Iterator[str]:
    path, _, anchor = home.partition("::")
    scope = anchor.partition(":")[0]
    if not anchor or not name or kind_of(path) not in (SourceKind.PYTHON, SourceKind.NOTEBOOK):
        return
    if ":" in anchor:
        yield f"{path}::{scope}.{name}"
    for own in ("self.", "cls."):
        if name.startswith(own):
            yield f"{path}::{scope.rpartition('.')[0]}.{name.removeprefix(own)}"
    yield f"{path}::{name}"
