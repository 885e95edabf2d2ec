"""What a prompt requires, and what an edit of it keeps, subsumes, loses or gains."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum

from promptlint import words as w
from promptlint.contract.clauses import key_of, read
from promptlint.contract.requirements import Change, Contract, Fate, Modality, Requirement
from promptlint.contract.survival import compare
from promptlint.locate import message_spans, tiles
from promptlint.model import Block, BlockKind, Prompt, SegmentKind, Span

__all__ = ["Change", "Contract", "Fate", "Modality", "Requirement", "compare", "contract", "says_the_same"]


_URL = re.compile(r"https?://[^\s<>)\]\"'`]+")
_FIELD = re.compile(r"""["']([\w .$-]{1,60})["']\s*:|^[ \t]*(?:- )?([A-Za-z_][\w-]*):(?=\s)""", re.MULTILINE)
_NAME = re.compile(r"`([A-Za-z_][\w.\[\]-]*)`")
_LABEL = re.compile(r"(?:\*\*|__)?([^\W\d_][\w /-]{0,30}?)(?:\*\*|__)?:(?!//)")
_OUTSIDE_STRINGS = re.compile(r"""("(?:\\.|[^"\\\n])*")|\s+""")
_SPACE = re.compile(r"\s+")
_DECORATION = "#=-*~_ \t"
_LITERAL_KINDS = (BlockKind.CODE, BlockKind.DATA, BlockKind.TABLE)


def contract(prompt: Prompt, blocks: Sequence[Block]) -> Contract:
    """The contract of a prompt, from its outline."""
    text = prompt.text
    place = _places(prompt)
    requirements: list[Requirement] = []
    hollow: list[Requirement] = []
    sets: dict[str, dict[str, None]] = {name: {} for name in ("labels", "fields", "code", "examples")}
    for block, path, note in _entries(text, blocks):
        body = text[block.span.start : block.span.end]
        if block.kind is BlockKind.EXAMPLE:
            sets["examples"][_SPACE.sub(" ", body)] = None
        elif block.kind in _LITERAL_KINDS:
            _add_literal(block.kind, body, sets)
        elif block.kind is BlockKind.HEADING and body.startswith("<"):
            sets["labels"][_SPACE.sub(" ", body)] = None
        else:
            found = _requirements(block, body, place(block.span) + path, note is not _Note.ITEM)
            (hollow if note is _Note.HOLLOW else requirements).extend(found)
            if ":" in body[:40] and (label := _line_label(body)):
                sets["labels"][label] = None
    slots = tuple(s.name or s.text for s in prompt.segments if s.kind is SegmentKind.SLOT)
    urls = dict.fromkeys(m[0].rstrip(".,;:!?") for m in _URL.finditer(text)) if "://" in text else ()
    return Contract(
        tuple(requirements),
        tuple(hollow),
        slots,
        urls=tuple(urls),
        **{name: tuple(found) for name, found in sets.items()},
    )


def says_the_same(before: str, after: str) -> bool:
    """True if two sentences, in the same place, make the same requirements."""
    one, other = read(before), read(after)
    return len(one) == len(other) and all(a[2:] == b[2:] for a, b in zip(one, other, strict=True))


class _Note(Enum):
    """What to know of a block beside its place: a heading above nothing, a sentence of a list item."""

    HOLLOW = "hollow"
    ITEM = "item"
    NONE = "none"


def _entries(text: str, blocks: Sequence[Block]) -> Iterator[tuple[Block, tuple[str, ...], _Note]]:
    """Headings, sentences, literals and examples, each with its section path."""
    stack = [(_Note.NONE, _siblings(text, blocks, ()))]
    while stack:
        note, siblings = stack[-1]
        block, path = next(siblings, (None, ()))
        if block is None:
            stack.pop()
            continue
        children = block.children
        if block.kind in (BlockKind.EXAMPLE, BlockKind.SENTENCE) or block.kind in _LITERAL_KINDS:
            yield block, path, note
            if block.kind is BlockKind.SENTENCE:
                yield from ((child, path, note) for child in children)
            continue
        if block.kind is BlockKind.SECTION and children and children[0].kind is BlockKind.HEADING:
            empty = all(child.kind is BlockKind.RULER for child in children[1:])
            yield children[0], path, _Note.HOLLOW if empty else _Note.NONE
            name = _heading_name(text, children[0])
            path = (*path, f"section:{name}") if name else path
            children = children[1:]
        elif block.kind is BlockKind.EXAMPLES:
            yield from ((child, path, note) for child in _wrapper(text, block))
        note = _Note.ITEM if block.kind is BlockKind.ITEM else _Note.NONE
        stack.append((note, _siblings(text, children, path)))


def _wrapper(text: str, block: Block) -> Iterator[Block]:
    """The opening tag around examples, as a heading; all of it as an example if none was told apart."""
    if not any(child.kind is BlockKind.EXAMPLE for child in block.children):
        yield Block(BlockKind.EXAMPLE, block.span)
    elif text[block.span.start] == "<" and block.children[0].span.start > block.span.start:
        close = text.index(">", block.span.start) + 1
        yield Block(BlockKind.HEADING, Span(block.span.start, close))


def _siblings(
    text: str, blocks: Iterable[Block], path: tuple[str, ...]
) -> Iterator[tuple[Block, tuple[str, ...]]]:
    """Blocks with their path; a list is under the line before it if that ends in a colon or holds it."""
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
    tag = line.startswith("<")
    name = line.strip("<>").split()[0].lower() if tag else key_of(line.strip(_DECORATION))
    return "" if name.replace(" ", "_") in w.NEUTRAL_HEADINGS else name


def _line_label(body: str) -> str:
    """ "topic:" for a line that begins so; calls for attention such as "Note:" are none."""
    match = _LABEL.match(body)
    if match is None or match[1].lower().split()[-1] in w.EMPHASIS:
        return ""
    return f"{match[1].lower()}:"


def _requirements(block: Block, body: str, scope: tuple[str, ...], courtesy: bool) -> Iterator[Requirement]:
    if block.kind is BlockKind.HEADING:
        body = body.split("\n", 1)[0]
        body = body.rstrip(_DECORATION + ":")
    clauses = read(body, courtesy)
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
    """Where the branch changes, and the names of the arms that hold from there; empty without branches.

    An arm is named by the control statements that opened its group up to it ("if vip / else"), or by what the
    code around it says, so that numbers given to groups elsewhere do not matter.
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
                names[arm.group, arm.arm] = f"branch:{arm.said or ' / '.join(said)}"
        held = tuple(names[arm.group, arm.arm] for arm in segment.branch)
        if segment.text and held != changes[-1][1]:
            changes.append((tile.span.start, held))
    return changes if len(changes) > 1 else []
