"""Renders prompts with example inputs, to count what is really sent; what hangs or grows is ended."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from promptlint import files, lint, run, tokens
from promptlint.errors import SourceError, UsageError
from promptlint.extract import extract
from promptlint.globs import matches_id
from promptlint.locate import location
from promptlint.model import UNKNOWN, Prompt, SegmentKind, SourceKind
from promptlint.records import dataclass
from promptlint.reporting import Rendered
from promptlint.syntax import jsonio, nodes, yamlio
from promptlint.templates import JinjaSettings, jinja
from promptlint.templates.filled import MAX_TEXT, Filling, TooLong, Values, fill

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from types import ModuleType

SECONDS = 2
"""Of computing, for one prompt."""

MEMORY = 256_000_000
"""Bytes that rendering one prompt may need beside what the process has already."""

_LARGEST = 8 * MAX_TEXT  # bytes of JSON
_ENDED = f"it was ended after {SECONDS} seconds of computing, or for lack of memory"
_TOO_LONG = f"its text is longer than {MAX_TEXT:,} characters"
_TOO_DEEP = "it is nested too deeply"
_MUSTACHE = ("#", "/", "^", ">")
_PATH = re.compile(r"[A-Za-z_][\w.]*")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Example inputs: for all prompts, and for those whose id a pattern matches, in order."""

    shared: Values
    of_prompts: tuple[tuple[str, Values], ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A rendered prompt: the names that had no value, and why there is no text if there is none."""

    text: str = ""
    missing: tuple[str, ...] = ()
    problem: str = ""


def read_inputs(path: Path) -> Inputs:
    """The inputs of a YAML or JSON file: a mapping of values, in it perhaps `prompts: {id or glob: values}`.

    Raises:
        UsageError: it cannot be read, or is no such mapping.
    """
    try:
        kind = SourceKind.JSON if path.suffix == ".json" else SourceKind.YAML
        text = files.read(path, str(path), kind).text
    except SourceError as error:
        raise UsageError(f"{path}: {error.problem.message}") from error
    try:
        data = nodes.plain(jsonio.parse(text)) if kind is SourceKind.JSON else yamlio.load(text)
    except SourceError as error:
        place = location(text, error.problem.span)
        raise UsageError(f"{path}:{place.line}:{place.column}: {error.problem.message}") from error
    if data is None:
        return Inputs({})
    if not isinstance(data, dict):
        raise UsageError(f"{path}: not a mapping of names to values")
    chosen = data.pop("prompts", None) if _is_by_prompt(data.get("prompts")) else None
    return Inputs(data, tuple((str(name), values) for name, values in (chosen or {}).items()))


def _is_by_prompt(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, dict) for item in value.values())


def values_for(prompt: Prompt, inputs: Inputs) -> dict[str, object]:
    """The values of a prompt: its own examples and defaults, the shared ones, those of its patterns."""
    declared = ((item.name, item.value) for item in prompt.inputs or ())
    values: dict[str, object] = {
        name: value for name, value in declared if value is not None and value is not UNKNOWN
    }
    values |= inputs.shared
    for pattern, own in inputs.of_prompts:
        if pattern == prompt.id or matches_id(pattern, prompt.id):
            values |= own
    return values


def rendered(done: run.Outcome, request: run.Request, inputs: Inputs) -> dict[str, Rendered]:
    """What the prompts of a run are when rendered, by id."""
    homes = {file.path for file in done.result.files if file.prompts}
    found, _, _ = run.sources(request, done.workspace)
    result = {}
    for path, source in found:
        if source.path in homes:
            settings = done.workspace.settings(path, source.path)
            context = done.contexts.get(source.path, source.context)
            for prompt in extract(replace(source, context=context), settings.options).prompts:
                text = render(prompt, values_for(prompt, inputs), settings.options.jinja)
                base = lint.basics(prompt, settings.config)
                count = tokens.count(text.text, base.tokenizer) if not text.problem else 0
                result[prompt.id] = Rendered(count, base.tokenizer.basis, text.missing, text.problem)
    return result


def render(prompt: Prompt, values: Values, settings: JinjaSettings) -> Text:
    """A prompt with its slots filled in. Never raises for what the prompt holds."""
    filling = Filling(values)
    if not needs_jinja(prompt, settings):
        try:
            return Text(fill(prompt.segments, filling), tuple(filling.missing))
        except TooLong:
            return Text(problem=_TOO_LONG)
        except RecursionError:
            return Text(problem=_TOO_DEEP)
    from promptlint.templates import sandbox

    source = prompt.source
    return _in_child(
        lambda: sandbox.render(prompt.segments, source.path, source.context.includes, settings, filling),
        filling,
    )


def needs_jinja(prompt: Prompt, settings: JinjaSettings) -> bool:
    """True if there are statements of Jinja, or expressions that are more than a name."""
    controls = [item.name for item in prompt.segments if item.kind is SegmentKind.CONTROL]
    if any(name.startswith(_MUSTACHE) for name in controls):
        return False
    if any(jinja.is_known(name) for name in controls):
        return True
    slots = (item for item in prompt.segments if item.kind is SegmentKind.SLOT)
    return any(
        item.text.startswith(("{{", settings.variable_start)) and not _PATH.fullmatch(item.name)
        for item in slots
    )


# --- the child ------------------------------------------------------------------------------


def _in_child(job: Callable[[], str], filling: Filling) -> Text:
    """What a job gives in a process of its own, with limits; the system must have forks and limits."""
    try:
        import resource
    except ImportError:
        return Text(problem="this system cannot limit what a template does")
    import multiprocessing

    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(sender, job, filling, resource), daemon=True)
    process.start()
    sender.close()
    try:
        data = receiver.recv_bytes(_LARGEST) if receiver.poll(2 * SECONDS) else b""
    except (EOFError, OSError):
        data = b""
    finally:
        process.kill()
        process.join()
        receiver.close()
    return Text(*_read(data)) if data else Text(problem=_ENDED)


def _read(data: bytes) -> tuple[str, tuple[str, ...], str]:
    """What the child sent, of which nothing is believed but its shape."""
    try:
        text, missing, problem = json.loads(data)
    except ValueError:
        return "", (), _ENDED
    return str(text), tuple(str(name) for name in missing), str(problem)


def _child(sender: Connection, job: Callable[[], str], filling: Filling, limits: ModuleType) -> None:
    _limit(limits)
    text, problem = "", ""
    try:
        text = job()
    except TooLong:
        problem = _TOO_LONG
    except MemoryError:
        problem = f"it needs more than {MEMORY // 1_000_000} MB"
    except RecursionError:
        problem = _TOO_DEEP
    except Exception as error:  # code of the template may raise anything
        problem = str(error)[:200] or type(error).__name__
    with suppress(OSError, MemoryError):
        sender.send_bytes(json.dumps([text, list(filling.missing), problem]).encode())
    sender.close()


def _limit(limits: ModuleType) -> None:
    """Bound time and memory of this process, for good."""
    wanted = {
        "RLIMIT_CPU": SECONDS,
        "RLIMIT_AS": memory_now() + MEMORY,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
    }
    for name, most in wanted.items():
        with suppress(AttributeError, ValueError, OSError):
            limits.setrlimit(getattr(limits, name), (most, most))


def memory_now() -> int:
    """Bytes of address space that this process has; where nobody says, a guess that is large enough."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return 2_000_000_000
    return pages * os.sysconf("SC_PAGE_SIZE")
