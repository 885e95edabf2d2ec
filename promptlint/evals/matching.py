"""Recovers from a message that was sent what had been put into its prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptlint.errors import UsageError
from promptlint.evals.template import Template
from promptlint.model import Message, Prompt, Role, SegmentKind
from promptlint.records import dataclass
from promptlint.render import needs_jinja
from promptlint.templates.filled import settled

_SYSTEM = ("system", "developer")


@dataclass(frozen=True, slots=True)
class Pattern:
    """The texts of a message around its slots: `names` stand between `texts`, which are one more.

    The white space at its ends does not count. `roles` are those that the message may have.
    """

    roles: tuple[str, ...]
    texts: tuple[str, ...]
    names: tuple[str, ...]

    def values(self, text: str) -> dict[str, str] | None:
        """What stands for each name; None if the text is not of this pattern.

        Where a text around a slot returns inside a value, its first place ends the value.
        """
        text = text.strip()
        first, last = self.texts[0], self.texts[-1]
        if not self.names:
            return {} if text == first else None
        if not (text.startswith(first) and text.endswith(last) and len(text) >= len(first) + len(last)):
            return None
        found: dict[str, str] = {}
        at, end = len(first), len(text) - len(last)
        for name, after in zip(self.names, (*self.texts[1:-1], None), strict=True):
            stop = end if after is None else text.find(after, at, end)
            if stop < 0 or found.setdefault(name, text[at:stop]) != text[at:stop]:
                return None
            at = stop + len(after or "")
        return found


def patterns(template: Template) -> tuple[Pattern, ...]:
    """The patterns of a prompt's messages.

    Raises:
        UsageError: it has statements, or two slots with nothing between, so that no text tells its values.
    """
    prompt = template.prompt
    controls = [item.name for item in prompt.segments if item.kind is SegmentKind.CONTROL]
    if needs_jinja(prompt, template.settings) or any(name.startswith(("#", "^")) for name in controls):
        raise UsageError(f"{template.id} has statements or filters: its values cannot be told from its text")
    return tuple([_pattern(template, message, index) for index, message in enumerate(prompt.messages)])


def _pattern(template: Template, message: Message, index: int) -> Pattern:
    texts, names = [""], list[str]()
    for segment in settled(message.segments):
        if segment.kind is SegmentKind.TEXT:
            texts[-1] += segment.text
        elif segment.kind is SegmentKind.SLOT:
            if names and not texts[-1]:
                raise UsageError(f"{template.id}: nothing stands between `{names[-1]}` and `{segment.name}`")
            names.append(segment.name)
            texts.append("")
    texts[0] = texts[0].lstrip()
    texts[-1] = texts[-1].rstrip()
    return Pattern(_roles(template.prompt, message, index), tuple(texts), tuple(names))


def _roles(prompt: Prompt, message: Message, index: int) -> tuple[str, ...]:
    if message.role is None:
        return (*_SYSTEM, "user") if index == 0 else ("user",)
    return _SYSTEM if message.role in (Role.SYSTEM, Role.DEVELOPER) else (message.role.value,)


def values(
    found: Sequence[Pattern], messages: Sequence[Mapping[str, object]]
) -> tuple[dict[str, str], int] | None:
    """What was put into a prompt whose messages begin a conversation, and how many messages those are.

    None if the conversation does not begin with them.
    """
    if len(messages) < len(found):
        return None
    result: dict[str, str] = {}
    for pattern, message in zip(found, messages, strict=False):
        text = message.get("content")
        if message.get("role") not in pattern.roles or not isinstance(text, str):
            return None
        new = pattern.values(text)
        if new is None or any(result.get(name, value) != value for name, value in new.items()):
            return None
        result |= new
    return result, len(found)
