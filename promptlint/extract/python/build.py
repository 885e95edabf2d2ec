"""Makes prompts of what a walk found: texts folded, references followed, ids given."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import field, replace

from promptlint.extract.common.openings import addresses
from promptlint.extract.common.values import Runs, static
from promptlint.extract.common.wording import is_filler, is_prompt, is_prose, may_be_prompt, role_of
from promptlint.extract.python.building import Building, building, position
from promptlint.extract.python.calls import call_of, merged
from promptlint.extract.python.chats import block, is_chat, is_message, turn
from promptlint.extract.python.fold import fold, fold_or_slot, slot
from promptlint.extract.python.follow import Flow
from promptlint.extract.python.grow import Growth, Part, in_arms
from promptlint.extract.python.index import Bound, index
from promptlint.extract.python.loose import holds_prompts, is_loose_prompt
from promptlint.extract.python.module import Module
from promptlint.extract.python.parts import LEAST_OF_PARTS, cache_mark, said
from promptlint.extract.python.reach import Use, reach
from promptlint.extract.python.references import Mention, named_by, references
from promptlint.extract.python.senders import senders
from promptlint.extract.python.usage import Usage, decided, usage, variables
from promptlint.extract.python.walk import Binding, Names, Scope, Site, walk
from promptlint.identity import unique
from promptlint.model import Call, Message, Prompt, Reference, Role, SegmentKind
from promptlint.records import dataclass
from promptlint.syntax.literals import Run, segments

_NO_CALL = Call()
_ENDS = (".", "!", "?", ":", "。", "！", "？", "：", ">", "`")


@dataclass(frozen=True, slots=True)
class _Draft:
    """A prompt to be, and the expression that holds it, or those that it is `built_of`."""

    anchor: str
    node: ast.expr
    messages: tuple[tuple[Role | None, Runs], ...]
    call: Call = _NO_CALL
    marks: tuple[str | None, ...] = ()
    built_of: tuple[ast.expr, ...] = ()

    @property
    def nodes(self) -> tuple[ast.expr, ...]:
        """The expressions whose texts are in it."""
        return (self.node, *self.built_of)


@dataclass(frozen=True, slots=True)
class _Work:
    """What building needs, and what grows as uses are followed.

    `uses` are by identity of the expression that is used; `found` are expressions on the way that no name is
    bound to; `mentions` are names that other modules give.
    """

    module: Module
    names: Names
    flow: Flow
    known: Usage
    building: Building
    bound: frozenset[int]
    uses: dict[int, list[Use]] = field(default_factory=dict)
    found: dict[int, Bound] = field(default_factory=dict)
    mentions: list[Mention] = field(default_factory=list)


def build(module: Module) -> tuple[tuple[Prompt, ...], tuple[Reference, ...]]:
    """All prompts of a module, in source order, and what it says of other files."""
    work = _work(module)
    for use, node in named_by(module.source):
        _refer(work, (), node, use)
    drafts = [draft for site in work.names.sites if not site.loose for draft in _of_site(work, site)]
    drafts += [draft for growth in _chats(work) for draft in _of_growth(work, growth)]
    for sent in senders(work.flow):
        _refer(work, sent.scope, sent.node, sent.use)
    drafts += [draft for binding in work.names.bindings for draft in _of_binding(work, binding)]
    drafts += list(_of_found(work, drafts))
    drafts += list(_of_wording(work, drafts))
    drafts.sort(key=lambda draft: (draft.node.lineno, draft.node.col_offset))
    ids = unique(f"{module.source.path}::{draft.anchor}" for draft in drafts)
    prompts = tuple(_prompt(work, draft, name) for draft, name in zip(drafts, ids, strict=True))
    return prompts, references(work.flow, work.known, work.mentions)


def _work(module: Module) -> _Work:
    built = building(module)
    names = walk(module)
    known = usage(module.source.text)
    for use in module.source.context.uses:
        if use.syntax:
            known.syntaxes.setdefault(use.name.rpartition(".")[2], use.syntax)
    flow = Flow(module, index(module, names), built.appended)
    return _Work(module, names, flow, known, built, frozenset(id(item.value) for item in names.bindings))


def _prompt(work: _Work, draft: _Draft, name: str) -> Prompt:
    uses = [use for node in draft.nodes for use in work.uses.get(id(node), [])]
    call = merged([draft.call, *(use.call for use in uses)])
    marks = draft.marks or (None,) * len(draft.messages)
    messages = tuple(
        Message(role, segments(runs), mark) for (role, runs), mark in zip(draft.messages, marks, strict=True)
    )
    runs = tuple(run for _, runs in draft.messages for run in runs)
    found = variables(work.module.source.text, runs)
    return Prompt(name, work.module.source, messages, call, variables=found)


def _refer(work: _Work, scope: Scope, node: ast.expr, use: Use) -> None:
    """Say of all that an expression is made of what is said of it."""
    for step in reach(work.flow, scope, node, use):
        work.uses.setdefault(id(step.node), []).append(step.use)
        if step.bound and id(step.node) not in work.bound:
            work.found.setdefault(id(step.node), step.bound)
        if step.away or isinstance(step.node, ast.Call):
            work.mentions.append(Mention(step.node, step.scope, step.use, step.place))


# --- sites ----------------------------------------------------------------------------------


def _of_site(work: _Work, site: Site) -> Iterator[_Draft]:
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
    _refer(work, site.scope, site.node, Use(role, call))
    if isinstance(site.node, ast.Call) and any(item.value is site.node for item in work.names.bindings):
        return  # the binding's own
    if runs is not None and site.row and is_prose(static(runs), site.row.words):
        yield _Draft(site.anchor, site.node, ((role, decided(runs, "", work.known)),), call)


def _of_parts(work: _Work, site: Site, call: Call) -> Iterator[_Draft]:
    for part in site.parts:
        if not any(item.value is part.node for item in work.names.bindings):
            _refer(work, site.scope, part.node, Use(part.role, call))
    found = [item for part in site.parts for item in said(work.module, part)]
    text = " ".join(static(runs) for _, runs, _ in found)
    if is_prose(text, LEAST_OF_PARTS) and not is_filler(text):
        messages = tuple((role, runs) for role, runs, _ in found)
        yield _Draft(site.anchor, site.node, messages, call, tuple(mark for *_, mark in found))


def _is_built(work: _Work, node: ast.expr) -> bool:
    """True for a message, or a list of some, to which more is added."""
    first = node.elts[0] if isinstance(node, (ast.List, ast.Tuple)) and node.elts else node
    return id(first) in work.building.chats


def _chats(work: _Work) -> list[Growth]:
    return list({id(growth): growth for growth in work.building.chats.values()}.values())


def _of_growth(work: _Work, growth: Growth) -> Iterator[_Draft]:
    site = Site(growth.scope, ".".join((*growth.scope, growth.name)), growth.first, None, None)
    built_of = tuple(part.node for part in growth.parts)
    for draft in _of_chat(work, site, _NO_CALL, growth.parts):
        yield replace(draft, built_of=built_of)


def _of_chat(work: _Work, site: Site, call: Call, parts: Iterable[Part]) -> Iterator[_Draft]:
    messages: list[tuple[Role | None, Runs]] = []
    marks: list[str | None] = []
    turns = [(part, turn(part.node)) for part in parts]
    if len(turns) == 1 and turns[0][1].role in (Role.ASSISTANT, Role.TOOL):
        return  # an answer, or what stands for one
    for part, one in turns:
        runs, mark = _content(work, site.scope, one.content)
        if one.content is not None:
            _refer(work, site.scope, one.content, Use(one.role, call))
        runs = decided(runs, "", work.known) if one.template else runs
        messages.append((one.role, in_arms(runs, part.branch)))
        marks.append(mark)
    if any(_speaks(runs, role) for role, runs in messages if role is not Role.TOOL):
        yield _Draft(site.anchor, site.node, tuple(messages), call, tuple(marks))


def _speaks(runs: Runs, role: Role | None) -> bool:
    """False for the "Hello" and "test" that a message holds to be there."""
    text = static(runs)
    if addresses(text):
        return True
    slots = any(run.kind is SegmentKind.SLOT for run in runs)
    least = 2 if slots or role in (Role.SYSTEM, Role.DEVELOPER) else 3
    return is_prose(text, least) and not is_filler(text)


def _content(work: _Work, scope: Scope, node: ast.expr | None) -> tuple[Runs, str | None]:
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


def _text(work: _Work, node: ast.expr) -> Runs:
    return fold_or_slot(work.module, node)


# --- bindings -------------------------------------------------------------------------------


def _of_binding(work: _Work, binding: Binding) -> Iterator[_Draft]:
    if is_chat(binding.value) or is_message(binding.value):
        return  # a site of its own
    if _is_added(work, binding):
        return  # a part of what is built before
    uses = _uses(work, binding)
    if not uses and not may_be_prompt(binding.name):
        return
    runs = _runs(work, binding)
    if runs is None:
        return
    text = static(runs)
    if is_prompt(binding.name, text) or (is_prose(text, 2) and _is_sent(uses, runs)):
        yield _bound(work, binding, runs)


def _is_added(work: _Work, binding: Binding) -> bool:
    text = work.building.texts.get(position(binding.value))
    return text is not None and position(text.growth.first) != position(binding.value)


def _built_of(work: _Work, binding: Binding) -> tuple[ast.expr, ...]:
    text = work.building.texts.get(position(binding.value))
    if text is not None:
        return tuple(part.node for part in text.growth.parts)
    return work.building.joined.get(id(binding.value), ())


def _uses(work: _Work, binding: Binding) -> list[Use]:
    return [use for node in (binding.value, *_built_of(work, binding)) for use in work.uses.get(id(node), [])]


def _runs(work: _Work, binding: Binding) -> Runs | None:
    text = work.building.texts.get(position(binding.value))
    return fold(work.module, binding.value) if text is None else text.runs


def _is_sent(uses: list[Use], runs: Runs) -> bool:
    """True if a call or message names it; the result of a tool is no prompt, nor a phrase in a text."""
    text = static(runs)
    sentence = is_prose(text, 5) and text.rstrip().endswith(_ENDS)
    return any(
        use.role is not Role.TOOL and (sentence if use.part else _speaks(runs, use.role)) for use in uses
    )


def _bound(work: _Work, binding: Binding, runs: Runs) -> _Draft:
    role = next((use.role for use in _uses(work, binding) if use.role), None) or role_of(binding.name)
    said = decided(runs, binding.name, work.known)
    return _Draft(binding.anchor, binding.value, ((role, said),), built_of=_built_of(work, binding))


def _of_found(work: _Work, drafts: list[_Draft]) -> Iterator[_Draft]:
    """Texts without a name that are sent: entries of tables, what helpers return and are given."""
    taken = {id(child) for draft in drafts for node in draft.nodes for child in ast.walk(node)}
    for bound in work.found.values():
        uses = [use for use in work.uses.get(id(bound.value), []) if use.role or use.call.fields]
        if id(bound.value) in taken or is_chat(bound.value) or is_message(bound.value):
            continue
        runs = fold(work.module, bound.value)
        if runs is not None and is_prose(static(runs), 2) and _is_sent(uses, runs):
            role = next((use.role for use in uses if use.role), None)
            built_of = work.building.joined.get(id(bound.value), ())
            yield _Draft(
                bound.anchor, bound.value, ((role, decided(runs, "", work.known)),), built_of=built_of
            )


# --- by wording alone -----------------------------------------------------------------------


def _of_wording(work: _Work, drafts: list[_Draft]) -> Iterator[_Draft]:
    """What opens like a prompt and is no part of one that was found; the outermost expression counts."""
    at_home = holds_prompts(work.module.source.path)
    roots = {id(node) for draft in drafts for node in draft.nodes}
    taken = {id(child) for draft in drafts for node in draft.nodes for child in ast.walk(node)}
    bound = {position(binding.value): binding for binding in work.names.bindings}
    for site in work.names.sites:
        if not site.loose or id(site.node) in taken:
            continue
        text = work.building.texts.get(position(site.node))
        node = site.node if text is None else text.growth.first
        inner = {id(child) for child in ast.walk(node)}
        runs = None if inner & roots else fold(work.module, site.node)
        if runs is None:
            continue
        slots = any(run.kind is SegmentKind.SLOT for run in runs)
        if is_loose_prompt(static(runs).strip(), slots, at_home):
            binding = bound.get(position(node))
            whole = binding if binding is not None and (text or binding.value is node) else None
            runs = runs if text is None else text.runs
            draft = _anonymous(work, site, runs) if whole is None else _bound(work, whole, runs)
            taken |= {id(child) for item in draft.nodes for child in ast.walk(item)}
            yield draft


def _anonymous(work: _Work, site: Site, runs: Runs) -> _Draft:
    built_of = work.building.joined.get(id(site.node), ())
    return _Draft(site.anchor, site.node, ((None, decided(runs, "", work.known)),), built_of=built_of)
