"""Which prompts are sent by another one: a call that names a constant of its own file has it in its slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from promptlint.model import PromptFacts
from promptlint.records import dataclass

_OWN = ("self.", "cls.")


@dataclass(frozen=True, slots=True)
class Joint:
    """How a prompt hangs together with others: what sends it, and how many of its slots hold prompts."""

    sender: PromptFacts | None = None
    held: int = 0


ALONE = Joint()


def joints(prompts: Iterable[PromptFacts]) -> Mapping[str, Joint]:
    """The joints of prompts that have any, by id.

    A prompt that several calls send, or that is no constant, stands alone: whose calls to count is not known.
    """
    every = list(prompts)
    homes: dict[tuple[str, str], PromptFacts] = {}
    for each in every:
        path, _, anchor = each.id.partition("::")
        if anchor:
            homes[path, anchor] = each
            homes.setdefault((path, anchor.rpartition(".")[2]), each)
    senders: dict[str, list[PromptFacts]] = {}
    for each in every:
        for part in _held(each, homes):
            senders.setdefault(part.id, []).append(each)
    found: dict[str, Joint] = {}
    for name, calls in senders.items():
        if len(calls) == 1:
            found[name] = Joint(calls[0], found.get(name, ALONE).held)
            held = found.get(calls[0].id, ALONE)
            found[calls[0].id] = Joint(held.sender, held.held + 1)
    return found


def _held(call: PromptFacts, homes: Mapping[tuple[str, str], PromptFacts]) -> Iterable[PromptFacts]:
    """The prompts that slots of a call name: `SYSTEM`, `Bot.SYSTEM`, `self.SYSTEM`."""
    path = call.id.partition("::")[0]
    for slot in call.slots:
        name = next((slot.removeprefix(own) for own in _OWN if slot.startswith(own)), slot)
        found = homes.get((path, name))
        if found is not None and found.id != call.id and not found.slots:
            yield found
