"""Makes the messages that are sent: the prompt that a suite names, with the values of each case put in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from promptlint.errors import SuiteError
from promptlint.evals import filling, suite
from promptlint.evals.filling import Texts
from promptlint.evals.folder import Folder
from promptlint.evals.kept import from_anchor, kept
from promptlint.evals.located import located
from promptlint.evals.making import made
from promptlint.evals.model import Case, PromptRef, Suite
from promptlint.evals.provider import PARAMETERS
from promptlint.evals.template import Template, Turn
from promptlint.model import Call, Message, Role

__all__ = ["Template", "conversations", "from_anchor", "kept", "made", "template"]

MOST_TEXT = 300_000_000
"""Characters of all conversations of a prompt together."""

_SYSTEM = (Role.SYSTEM, Role.DEVELOPER)
_RENAMED = {
    "max_output_tokens": "max_tokens",
    "stop_sequences": "stop",
    "reasoning.effort": "reasoning_effort",
}
_IDLE = frozenset({"model", "stream", "n"})
_TEXTS = frozenset({"reasoning_effort"})
_JSON_FORMATS = ("json", "json_object", "application/json")


def template(ref: PromptRef, folder: Folder, suite: str = "suite") -> Template:
    """The prompt that a suite names, as the project's own extractors read it.

    Args:
        ref: the id of a prompt, whose path is looked for in the suite's folder and then below the root; or a
            text.
        folder: where the suite lies.
        suite: what the suite is called in messages.

    Raises:
        SuiteError: it names no prompt, or several, or one that cannot be sent from here.
        ConfigError: the project's configuration is wrong.
    """
    found = located(ref, folder, suite)
    source = found.prompt.source
    result = made(found.prompt, found.place, source.context.includes, found.settings)
    if why := filling.unrunnable(result.prompt):
        raise result.wrong(why)
    parameters, notes = _parameters(found.prompt.call)
    if any(message.role is Role.TOOL_DEFINITION for message in found.prompt.messages):
        notes.append("its tools are not read from its call: name them as `tools` in `provider`")
    if filling.is_branched(found.prompt):
        notes.append("its code decides upon parts of it: each time the longest alternative is sent")
    model = found.prompt.call.get("model")
    return replace(
        result,
        model=model.value if model and isinstance(model.value, str) else "",
        parameters=parameters,
        notes=tuple([f"{result.id}: {note}" for note in notes]),
    )


def _parameters(call: Call) -> tuple[dict[str, object], list[str]]:
    """What a call sends besides its messages, under the names of a request; and what is not known of it."""
    found: dict[str, object] = {}
    notes = []
    for item in call.fields:
        name = _RENAMED.get(item.name, item.name)
        if name in _IDLE or name not in PARAMETERS:
            continue
        value = _parameter(name, item.value)
        if value is None:
            notes.append(f"`{item.name}` of its call is not known here: name it in `provider`, if it matters")
        else:
            found[name] = value
    return found, notes


def _parameter(name: str, value: object) -> object:
    """A parameter as a request spells it; None if it cannot be told."""
    if name == "response_format":
        return {"type": "json_object"} if value in _JSON_FORMATS else None
    if name == "stop":
        return [value] if isinstance(value, str) else None
    if name in _TEXTS:
        return value if isinstance(value, str) else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and name not in ("tools", "tool_choice") else None


# --- conversations --------------------------------------------------------------------------


def conversations(
    template: Template, cases: Sequence[Case], also: Collection[str] = ()
) -> list[tuple[Turn, ...]]:
    """The messages of each case, in order: the prompt's own, and the turns of the case after them.

    A message of the prompt whose role nobody says is the system message if it is the first and others follow,
    else a user message. A message that is empty for a case is not sent.

    Args:
        template: the prompt.
        cases: with their values.
        also: names that other prompts ask for, which a case may have in vain.

    Raises:
        SuiteError: a case lacks a value, has one that nobody asks for, asks nothing, or the template fails;
            the message names file and line of the case.
    """
    suite.match_vars(Suite("", tuple(cases)), template.id, template.needed, {*template.known, *also})
    result: list[tuple[Turn, ...]] = []
    size = 0
    for case, texts in zip(cases, filling.fill(template, [case.vars for case in cases]), strict=False):
        _check(template, case, texts)
        turns = tuple(_turns(template, case, texts))
        size += sum(len(text) for _, text in texts.texts) + sum(len(each.content) for each in case.messages)
        if size > MOST_TEXT:
            raise _wrong(template, case, f"all cases make more than {MOST_TEXT:,} characters")
        result.append(turns)
    return result


def _check(template: Template, case: Case, texts: Texts) -> None:
    if texts.problem:
        message = f"{template.id} ({template.place}) cannot be rendered: {texts.problem}"
        raise SuiteError(f"{case.path}:{case.line}: case {case.id}: {message}")
    if texts.missing:
        raise _wrong(template, case, f"{', '.join(map(_quoted, texts.missing))} has no value")


def _quoted(name: str) -> str:
    return f"`{name[:100]}`"


def _wrong(template: Template, case: Case, message: str) -> SuiteError:
    return SuiteError(f"{case.path}:{case.line}: case {case.id}: {template.id}: {message}")


def _turns(template: Template, case: Case, texts: Texts) -> Iterator[Turn]:
    messages = template.prompt.messages
    sent = [(messages[index], text) for index, text in texts.texts if text.strip()]
    if not sent:
        raise _wrong(template, case, "its text is empty")
    spoken = False
    for place, (message, text) in enumerate(sent):
        follows = place + 1 < len(sent) or bool(case.messages)
        role = _role(message, first=place == 0 and follows)
        if role is Role.TOOL:
            raise _wrong(template, case, "it holds the result of a tool, which cannot be sent by itself")
        spoken = spoken or role not in _SYSTEM
        yield {"role": role.value, "content": text}
    if not spoken and not case.messages:
        raise _wrong(template, case, "nobody asks anything: give the case `messages` with what a user says")
    for turn in case.messages:
        yield _turn(turn.role, turn.content, turn.calls, turn.call_id)


def _role(message: Message, first: bool) -> Role:
    if message.role is not None:
        return message.role
    return Role.SYSTEM if first else Role.USER


def _turn(role: str, content: str, calls: Sequence[Mapping[str, object]], call_id: str | None) -> Turn:
    turn: dict[str, object] = {"role": role, "content": content}
    if calls:
        turn["tool_calls"] = [dict(call) for call in calls]
    if call_id is not None:
        turn["tool_call_id"] = call_id
    return turn
