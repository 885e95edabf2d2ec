"""Tells which prompt of the repository made a call: by an id in metadata, or by the texts around slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import field, replace

from promptlint.model import Message, Prompt, Role, SegmentKind
from promptlint.records import dataclass
from promptlint.templates.filled import settled

LEAST = 24
"""Characters of fixed text, at least, by which a prompt is told; less is chance."""

LONG = 100
"""Characters of fixed text, at least, of a prompt that is told although more was put behind it."""

_BEGIN = 16
"""Characters at the beginning of a text by which prompts are looked up."""

_PIECE = 3  # characters of a fixed text that is looked for; less stands everywhere


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The fixed texts of a prompt around its slots, in order, white space folded.

    Texts in alternatives (an `if` of a template) may be there or not: they are not looked for. `open` says
    that a slot or an alternative stands before the first text, and behind the last one.
    """

    id: str
    texts: tuple[str, ...]
    open: tuple[bool, bool]

    @property
    def size(self) -> int:
        """Characters of fixed text."""
        return sum(map(len, self.texts))

    def fits(self, text: str) -> bool:
        """Whether the texts stand in a folded text in this order, its ends where they must be."""
        first, last = self.texts[0], self.texts[-1]
        if not (self.open[0] or text.startswith(first)) or not (self.open[1] or text.endswith(last)):
            return False
        at = 0
        for each in self.texts:
            found = text.find(each, at)
            if found < 0:
                return False
            at = found + len(each)
        return self.open[1] or at == len(text) or text.rfind(last) + len(last) == len(text)


@dataclass(frozen=True, slots=True)
class Matcher:
    """The prompts of a repository, looked up by name and by text; see `settings.Matcher`.

    `begins` are those that begin with a fixed text, by its first characters; `others` the rest. `whole` are
    prompts without slots, by their folded text. `longer` are those behind which code may have put more.
    """

    names: dict[str, str]
    whole: dict[str, str]
    begins: dict[str, tuple[Fingerprint, ...]]
    others: tuple[Fingerprint, ...]
    longer: dict[str, tuple[Fingerprint, ...]] = field(default_factory=dict)

    def by_id(self, logged: str) -> str | None:
        """The prompt that an id, a path, an anchor or a file's name in metadata stands for."""
        return self.names.get(logged)

    def by_text(self, system: str, user: str) -> tuple[str, str] | None:
        """The prompt of a system text, else of the first user message: the one with the most fixed text."""
        text = folded(system or user)
        if (whole := self.whole.get(text)) is not None:
            return whole, "system"
        begin = text[:_BEGIN]
        for near in ((*self.begins.get(begin, ()), *self.others), self.longer.get(begin, ())):
            best = max((each for each in near if each.fits(text)), key=_rank, default=None)
            if best is not None:
                return best.id, "fingerprint"
        return None


def _rank(fingerprint: Fingerprint) -> tuple[int, str]:
    return fingerprint.size, fingerprint.id


def matcher(prompts: Iterable[Prompt]) -> Matcher:
    """The matcher of all prompts of a repository; names that two of them share stand for neither."""
    every = list(prompts)
    counted = Counter(name for prompt in every for name in set(_names(prompt.id)))
    names = {name: each.id for each in every for name in _names(each.id) if counted[name] == 1}
    names |= {each.id: each.id for each in every}
    whole: dict[str, str] = {}
    begins: dict[str, list[Fingerprint]] = {}
    others = []
    longer: dict[str, list[Fingerprint]] = {}
    for found in (made for prompt in every for made in fingerprints(prompt)):
        if found.size < LEAST:
            continue
        if len(found.texts) == 1 and found.open == (False, False):
            whole.setdefault(found.texts[0], found.id)
        elif _begins(found):
            begins.setdefault(found.texts[0][:_BEGIN], []).append(found)
        else:
            others.append(found)
        if found.size >= LONG and not found.open[1] and _begins(found):
            longer.setdefault(found.texts[0][:_BEGIN], []).append(replace(found, open=(False, True)))
    return Matcher(names, whole, _tuples(begins), tuple(others), _tuples(longer))


def _begins(found: Fingerprint) -> bool:
    return not found.open[0] and len(found.texts[0]) >= _BEGIN


def _tuples(found: dict[str, list[Fingerprint]]) -> dict[str, tuple[Fingerprint, ...]]:
    return {key: tuple(each) for key, each in found.items()}


def fingerprints(prompt: Prompt) -> tuple[Fingerprint, ...]:
    """The fixed texts of a prompt's system messages, or of its first message if it has none of them."""
    system = [each for each in prompt.messages if each.role in (Role.SYSTEM, Role.DEVELOPER)]
    chosen = system or [each for each in prompt.messages if each.role in (None, Role.USER)][:1]
    found = _of_messages(prompt.id, chosen)
    return () if found is None else (found,)


def _of_messages(id_: str, messages: Sequence[Message]) -> Fingerprint | None:
    texts, gaps = [""], []
    for message in messages:
        for segment in settled(message.segments):
            if segment.kind is SegmentKind.TEXT and not segment.branch:
                texts[-1] += segment.text
            elif segment.kind is SegmentKind.SLOT or segment.branch:
                gaps.append(len(texts))
                texts.append("")
        texts[-1] += "\n"
    kept = [folded(text) for text in texts]
    long = [text for text in kept if len(text) >= _PIECE]
    if not long:
        return None
    return Fingerprint(id_, tuple(long), (kept[0] != long[0], kept[-1] != long[-1]))


def folded(text: str) -> str:
    """The text with each run of white space as one blank: templates and logs differ in it."""
    return " ".join(text.split())


def _names(id_: str) -> tuple[str, ...]:
    """What metadata may call a prompt: its id, its path, its anchor, the name of its file."""
    path, _, anchor = id_.partition("::")
    if anchor:
        return (id_, anchor, anchor.rsplit(".", 1)[-1])
    file = path.rsplit("/", 1)[-1]
    return (id_, file, file.split(".", 1)[0])
