"""Makes drafts of where prompts are passed: arguments, messages, lists of messages, tools."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from promptlint.extract.common.openings import addresses
from promptlint.extract.common.values import Runs, static
from promptlint.extract.common.wording import commands, is_filler, is_prose
from promptlint.extract.python.draft import NO_CALL, Draft, Work, refer
from promptlint.extract.python.find.chats import block, is_chat, is_message, turn
from promptlint.extract.python.find.parts import LEAST_OF_PARTS, cache_mark, said
from promptlint.extract.python.find.shapes import Argument
from promptlint.extract.python.find.walk import Scope, Site
from promptlint.extract.python.flow.calls import call_of
from promptlint.extract.python.flow.reach import Use
from promptlint.extract.python.text.adding import Part
from promptlint.extract.python.text.fold import fold, fold_or_slot, in_arms
from promptlint.extract.python.text.grow import Growth
from promptlint.extract.python.text.slots import slot
from promptlint.extract.python.text.usage import decided
from promptlint.model import Call, Role, SegmentKind
from promptlint.syntax.literals import Run

# --- sites ----------------------------------------------------------------------------------


def of_site(work: Work, site: Site) -> Iterator[Draft]:
    """The drafts of what is passed at a site; what goes into it is noted as used there."""
    call = call_of(work.flow, site.scope, site.call)
    if site.parts:
        yield from _of_parts(work, site, call)
        return
    if is_chat(site.node) or is_message(site.node):
        if not _is_built(work, site.node):
            parts = site.node.elts if isinstance(site.node, (ast.List, ast.Tuple)) else [site.node]
            yield from _of_chat(work, site, call, [Part(node) for node in parts])
        return
    role = site.row.role if site.row else None
    runs = fold(work.module, site.node)
    if site.row is None or not site.row.worded:  # such a name says too little to make what it is given sent
        refer(work, site.scope, site.node, Use(role, call))
    if isinstance(site.node, ast.Call) and id(site.node) in work.bound:
        return  # the binding's own
    if runs is not None and site.row and _is_said(runs, site.row):
        yield Draft(site.anchor, site.node, ((role, decided(runs, "", work.known)),), call)


def _is_said(runs: Runs, row: Argument) -> bool:
    text = static(runs)
    if row.worded:
        return commands(text, any(run.kind is SegmentKind.SLOT for run in runs))
    return is_prose(text, row.words)


def _of_parts(work: Work, site: Site, call: Call) -> Iterator[Draft]:
    for part in site.parts:
        if id(part.node) not in work.bound:
            refer(work, site.scope, part.node, Use(part.role, call))
    found = [item for part in site.parts for item in said(work.module, part)]
    text = " ".join(static(runs) for _, runs, _ in found)
    if is_prose(text, LEAST_OF_PARTS) and not is_filler(text):
        messages = tuple((role, runs) for role, runs, _ in found)
        yield Draft(site.anchor, site.node, messages, call, tuple(mark for *_, mark in found))


def _is_built(work: Work, node: ast.expr) -> bool:
    """True for a message, or a list of some, to which more is added."""
    first = node.elts[0] if isinstance(node, (ast.List, ast.Tuple)) and node.elts else node
    return id(first) in work.building.chats


def chats(work: Work) -> list[Growth]:
    """The lists of messages that are built statement by statement, each once."""
    return list({id(growth): growth for growth in work.building.chats.values()}.values())


def of_growth(work: Work, growth: Growth) -> Iterator[Draft]:
    """The draft of a list of messages that is built."""
    site = Site(growth.scope, ".".join((*growth.scope, growth.name)), growth.first, None, None)
    built_of = tuple(part.node for part in growth.parts)
    for draft in _of_chat(work, site, NO_CALL, growth.parts):
        yield replace(draft, built_of=built_of)


def _of_chat(work: Work, site: Site, call: Call, parts: Iterable[Part]) -> Iterator[Draft]:
    messages: list[tuple[Role | None, Runs]] = []
    marks: list[str | None] = []
    turns = [(part, turn(part.node)) for part in parts]
    if len(turns) == 1 and turns[0][1].role in (Role.ASSISTANT, Role.TOOL):
        return  # an answer, or what stands for one
    for part, one in turns:
        runs, mark = _content(work, site.scope, one.content)
        if one.content is not None:
            refer(work, site.scope, one.content, Use(one.role, call))
        runs = decided(runs, "", work.known) if one.template else runs
        messages.append((one.role, in_arms(runs, part.branch)))
        marks.append(mark)
    if any(speaks(runs, role) for role, runs in messages if role is not Role.TOOL):
        yield Draft(site.anchor, site.node, tuple(messages), call, tuple(marks))


def speaks(runs: Runs, role: Role | None) -> bool:
    """False for the "Hello" and "test" that a message holds to be there."""
    text = static(runs)
    if addresses(text):
        return True
    slots = any(run.kind is SegmentKind.SLOT for run in runs)
    least = 2 if slots or role in (Role.SYSTEM, Role.DEVELOPER) else 3
    return is_prose(text, least) and not is_filler(text)


def _content(work: Work, scope: Scope, node: ast.expr | None) -> tuple[Runs, str | None]:
    """The runs of a message's content, and its cache breakpoint."""
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return (), None
    if not isinstance(node, ast.List):
        return _text(work, node), None
    mark = None
    runs: list[Run] = []
    for item in node.elts:
        fields = block(item)
        if "text" in fields:
            runs.extend(_text(work, fields["text"]))
        elif fields:
            runs.append(replace(slot(work.module, item), kind=SegmentKind.MEDIA, text="", name=""))
        else:
            runs.extend(_text(work, item))
        mark = cache_mark(fields.get("cache_control")) or mark
    return tuple(runs), mark


def _text(work: Work, node: ast.expr) -> Runs:
    return fold_or_slot(work.module, node)
