"""What a prompt requires, and what an edit of it keeps, subsumes, loses or gains."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from promptlint import words as w
from promptlint.locate import message_spans, tiles
from promptlint.model import Block, BlockKind, Prompt, SegmentKind, Span
from promptlint.requirements import Modality, Requirement, key_of, read

__all__ = ["Change", "Contract", "Fate", "Modality", "Requirement", "compare", "contract"]


@dataclass(frozen=True, slots=True)
class Contract:
    """What a prompt requires.

    `requirements` are in order of the text, headings with content included; `hollow` are headings with nothing below
    (they may stand for a lost one but need not be kept). `slots` are in order, with repeats; `labels` (tags as "<name>",
    line labels as "name:"), `fields` (JSON keys, names in backquotes), `urls`, `code` (blocks of code, data and tables) and
    `examples` are each listed once, in order of appearance, normalised.
    """

    requirements: tuple[Requirement, ...] = ()
    hollow: tuple[Requirement, ...] = ()
    slots: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class Fate(str, Enum):
    """What became of an item of a contract."""

    KEPT = "kept"
    SUBSUMED = "subsumed"
    LOST = "lost"
    GAINED = "gained"


@dataclass(frozen=True, slots=True)
class Change:
    """One item's fate. `what` is requirement, slot, label, field, url, code or example.

    `by` is the surviving requirement of a kept or subsumed one; `span` is in the text before the edit (GAINED: after it),
    None for items without a place.
    """

    fate: Fate
    what: str
    text: str
    by: Requirement | None = None
    span: Span | None = None


_URL = re.compile(r"https?://[^\s<>)\]\"'`]+")
_FIELD = re.compile(r"""["']([\w .$-]{1,60})["']\s*:|^\s*(?:- )?([A-Za-z_][\w-]*):(?=\s)""", re.MULTILINE)
_NAME = re.compile(r"`([A-Za-z_][\w.\[\]-]*)`")
_LABEL = re.compile(r"(?:\*\*|__)?([^\W\d_][\w /-]{0,30}?)(?:\*\*|__)?:(?!//)")
_OUTSIDE_STRINGS = re.compile(r"""("(?:\\.|[^"\\\n])*")|\s+""")
_SPACE = re.compile(r"\s+")
_DECORATION = "#=-*~_ \t"
_LITERAL_KINDS = frozenset((BlockKind.CODE, BlockKind.DATA, BlockKind.TABLE))


# --- reading ----------------------------------------------------------------------------------


def contract(prompt: Prompt, blocks: Sequence[Block]) -> Contract:
    """The contract of a prompt, from its outline."""
    text = prompt.text
    place = _places(prompt)
    requirements: list[Requirement] = []
    hollow: list[Requirement] = []
    sets: dict[str, dict[str, None]] = {name: {} for name in ("labels", "fields", "code", "examples")}
    for block, path, empty in _entries(text, blocks):
        body = text[block.span.start : block.span.end]
        if block.kind is BlockKind.EXAMPLE:
            sets["examples"][_SPACE.sub(" ", body)] = None
        elif block.kind in _LITERAL_KINDS:
            _add_literal(block.kind, body, sets)
        elif block.kind is BlockKind.HEADING and body.startswith("<"):
            sets["labels"][f"<{body.strip('<>').split()[0]}>"] = None
        else:
            found = _requirements(block, body, place(block.span) + path)
            (hollow if empty else requirements).extend(found)
            if ":" in body[:40] and (match := _LABEL.match(body)) and match[1].lower() not in w.EMPHASIS:
                sets["labels"][f"{match[1].lower()}:"] = None
    slots = tuple(s.name or s.text for s in prompt.segments if s.kind is SegmentKind.SLOT)
    urls = dict.fromkeys(m[0].rstrip(".,;:!?") for m in _URL.finditer(text)) if "://" in text else ()
    return Contract(
        tuple(requirements),
        tuple(hollow),
        slots,
        urls=tuple(urls),
        **{name: tuple(found) for name, found in sets.items()},
    )


def _entries(text: str, blocks: Sequence[Block]) -> Iterator[tuple[Block, tuple[str, ...], bool]]:
    """Headings, sentences, literals and examples, each with its section path; True for a heading above nothing."""
    stack = [_siblings(text, blocks, ())]
    while stack:
        block, path = next(stack[-1], (None, ()))
        if block is None:
            stack.pop()
            continue
        if block.kind in {BlockKind.EXAMPLE, BlockKind.SENTENCE} or block.kind in _LITERAL_KINDS:
            yield block, path, False
            if block.kind is BlockKind.SENTENCE:
                yield from ((child, path, False) for child in block.children)
            continue
        children = block.children
        if block.kind is BlockKind.SECTION and children and children[0].kind is BlockKind.HEADING:
            yield children[0], path, all(child.kind is BlockKind.RULER for child in children[1:])
            name = _heading_name(text, children[0])
            path = (*path, f"section:{name}") if name else path
            children = children[1:]
        elif block.kind is BlockKind.EXAMPLES and not any(c.kind is BlockKind.EXAMPLE for c in children):
            yield Block(BlockKind.EXAMPLE, block.span), path, False
            continue
        stack.append(_siblings(text, children, path))


def _siblings(
    text: str, blocks: Iterable[Block], path: tuple[str, ...]
) -> Iterator[tuple[Block, tuple[str, ...]]]:
    """Blocks with their path; a list is under the line before it, if that ends in a colon or holds the list."""
    lead: Block | None = None
    for block in blocks:
        under = ""
        if lead is not None and block.kind is BlockKind.LIST:
            under = key_of(text[lead.span.start : lead.span.end])
        yield block, ((*path, f"under:{under}") if under else path)
        if block.kind is BlockKind.SENTENCE:
            lead = lead or block
        elif block.kind is BlockKind.PARAGRAPH and block.children and text[block.span.end - 1] in ":：":
            lead = block.children[-1]
        else:
            lead = None


def _heading_name(text: str, heading: Block) -> str:
    """The heading in normal form, "" if it does not limit what is below it."""
    line = text[heading.span.start : heading.span.end].split("\n", 1)[0]
    if line.startswith("<"):
        name = line.strip("<>").split()[0].lower()
    else:
        name = key_of(line.strip(_DECORATION))
    return "" if name.replace(" ", "_") in w.NEUTRAL_HEADINGS else name


def _requirements(block: Block, body: str, scope: tuple[str, ...]) -> Iterator[Requirement]:
    if block.kind is BlockKind.HEADING:
        body = body.split("\n", 1)[0]
        body = body.rstrip(_DECORATION + ":")
    clauses = read(body)
    start = block.span.start
    for clause in clauses:
        whole = len(clauses) == 1
        span = block.span if whole else Span(start + clause.start, start + clause.end)
        said = body if whole else body[clause.start : clause.end]
        yield Requirement(span, said, *clause[2:8], clause.condition, scope, clause.key)


def _add_literal(kind: BlockKind, body: str, sets: dict[str, dict[str, None]]) -> None:
    if kind is BlockKind.CODE and not body.startswith(("```", "~~~")) and "\n" not in body and body[0] == "`":
        if match := _NAME.fullmatch(body):
            sets["fields"][match[1]] = None
        return
    content = body.split("\n", 1)[-1].lstrip() if kind is BlockKind.CODE else body
    if kind is not BlockKind.TABLE and content[:1] in {"{", "["}:
        normal = _OUTSIDE_STRINGS.sub(lambda match: match[1] or "", body)
    else:
        normal = "\n".join(line.rstrip() for line in body.split("\n"))
    sets["code"][normal] = None
    if kind is not BlockKind.TABLE:
        for match in _FIELD.finditer(body):
            sets["fields"][match[1] or match[2]] = None


def _places(prompt: Prompt) -> Callable[[Span], tuple[str, ...]]:
    """A function from a span to (role, template branches) as scope entries."""
    roles = [f"role:{message.role.value if message.role else ''}" for message in prompt.messages]
    starts = [span.start for span in message_spans(prompt)]
    arms = _arms(prompt)
    edges = [start for start, _ in arms]

    def place(span: Span) -> tuple[str, ...]:
        role = roles[bisect_right(starts, span.start) - 1]
        if not arms:
            return (role,)
        first = max(bisect_right(edges, span.start) - 1, 0)
        last = max(bisect_right(edges, max(span.start, span.end - 1)), first + 1)
        held = dict.fromkeys(name for _, names in arms[first:last] for name in names)
        return (role, *held)

    return place


def _arms(prompt: Prompt) -> list[tuple[int, tuple[str, ...]]]:
    """Where the branch changes, with the names of the arms that hold from there; empty if there are no branches.

    An arm is named by the control statements that opened its group up to it ("if vip / else"), so that numbers given to groups
    elsewhere do not matter.
    """
    names: dict[tuple[int, int], str] = {}
    opened: dict[int, list[str]] = {}
    changes: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    control = ""
    for tile in tiles(prompt):
        segment = tile.segment
        if segment.kind is SegmentKind.CONTROL:
            control = segment.name or control
        for arm in segment.branch:
            if (arm.group, arm.arm) not in names:
                said = opened.setdefault(arm.group, [])
                said.append(_SPACE.sub(" ", control).strip() or f"{arm.group}.{arm.arm}")
                names[arm.group, arm.arm] = "branch:" + " / ".join(said)
        held = tuple(names[arm.group, arm.arm] for arm in segment.branch)
        if segment.text and held != changes[-1][1]:
            changes.append((tile.span.start, held))
    return changes if len(changes) > 1 else []


# --- comparing --------------------------------------------------------------------------------

_RANK = {Modality.MAY: 1, Modality.PREFER: 2, Modality.MUST: 3}


def compare(before: Contract, after: Contract) -> tuple[Change, ...]:
    """One change for every item of `before`, in order, then one for every item that only `after` has."""
    survivors = _Index((*after.requirements, *after.hollow))
    known = _Index((*before.requirements, *before.hollow))
    changes = [_fate(requirement, survivors) for requirement in before.requirements]
    changes += [
        Change(Fate.GAINED, "requirement", new.text, None, new.span)
        for new in after.requirements
        if not any(_same_reach(old, new) for old in known.twins(new))
    ]
    changes += _ordered("slot", before.slots, after.slots)
    for what, old, new in (
        ("label", before.labels, after.labels),
        ("field", before.fields, after.fields),
        ("url", before.urls, after.urls),
        ("code", before.code, after.code),
        ("example", before.examples, after.examples),
    ):
        changes += _unordered(what, old, new)
    return tuple(sorted(changes, key=lambda change: change.fate is Fate.GAINED))


class _Index:
    """Requirements by what they say, and by each of their words."""

    def __init__(self, requirements: Sequence[Requirement]) -> None:
        self.by_identity: dict[object, list[Requirement]] = {}
        self.by_word: dict[str, list[Requirement]] = {}
        for requirement in requirements:
            self.by_identity.setdefault(_identity(requirement), []).append(requirement)
            for word in requirement.words:
                self.by_word.setdefault(word, []).append(requirement)

    def twins(self, requirement: Requirement) -> list[Requirement]:
        """Those that say the same, anywhere."""
        return self.by_identity.get(_identity(requirement), [])

    def candidates(self, requirement: Requirement) -> list[Requirement]:
        """Those that share the rarest of its words."""
        lists = [self.by_word.get(word, []) for word in requirement.words]
        return min(lists, key=len, default=[])


def _identity(requirement: Requirement) -> object:
    return (
        requirement.modality,
        requirement.positive,
        requirement.key,
        requirement.condition,
        requirement.bound,
    )


def _fate(old: Requirement, survivors: _Index) -> Change:
    twins = [new for new in survivors.twins(old) if _covers_scope(new.scope, old.scope)]
    if twins:
        nearest = min(twins, key=lambda new: len(old.scope) - len(new.scope))
        return Change(Fate.KEPT, "requirement", old.text, nearest, old.span)
    by = next((new for new in survivors.candidates(old) if _subsumes(new, old)), None)
    fate = Fate.LOST if by is None else Fate.SUBSUMED
    return Change(fate, "requirement", old.text, by, old.span)


def _covers_scope(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    """True if what holds in `wide` holds in `narrow`: same role, no branch or section that `narrow` is not in."""
    return wide[0] == narrow[0] and set(wide) <= set(narrow)


def _same_reach(old: Requirement, new: Requirement) -> bool:
    """True if `new` says nothing where `old` did not: same role and branches; sections may have been added or removed."""
    one, two = ({s for s in r.scope if s.startswith(("role:", "branch:"))} for r in (old, new))
    return one <= two and (set(old.scope) <= set(new.scope) or set(new.scope) <= set(old.scope))


def _subsumes(new: Requirement, old: Requirement) -> bool:
    """True if `new` may stand for `old`: at least as strong, unconditional or same condition, all its words and bounds."""
    if Modality.FACT in {old.modality, new.modality}:
        if old.modality is not new.modality:
            return False
    elif _RANK[new.modality] < _RANK[old.modality]:
        return False
    return (
        old.positive == new.positive
        and new.condition in {"", old.condition}
        and bool(old.words)
        and old.words <= new.words
        and set(old.bound) <= set(new.bound)
        and _covers_scope(new.scope, old.scope)
        and _keeps_order(new, old)
    )


def _keeps_order(new: Requirement, old: Requirement) -> bool:
    """False if the survivor adds words that narrow it, or has the same words in another relation."""
    narrowing = w.NARROWING if old.positive else w.NARROWING_NEGATIVE
    if any(word in narrowing and word not in old.key for word in new.key):
        return False
    if old.key.count("not") != new.key.count("not") or old.key.count("no") != new.key.count("no"):
        return False
    if not w.ORDERED.intersection(old.key):
        return True
    rest = iter(new.key)
    return all(word in rest for word in old.key)


def _ordered(what: str, old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """Items whose order counts: one that moved is lost and gained."""
    if tuple(old) == tuple(new):
        return [Change(Fate.KEPT, what, item) for item in old]
    changes = []
    for tag, low, high, new_low, new_high in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        fate = Fate.KEPT if tag == "equal" else Fate.LOST
        changes += [Change(fate, what, item) for item in old[low:high]]
        if tag != "equal":
            changes += [Change(Fate.GAINED, what, item) for item in new[new_low:new_high]]
    return changes


def _unordered(what: str, old: Sequence[str], new: Sequence[str]) -> list[Change]:
    had, has = set(old), set(new)
    changes = [Change(Fate.KEPT if item in has else Fate.LOST, what, item) for item in old]
    return changes + [Change(Fate.GAINED, what, item) for item in new if item not in had]
