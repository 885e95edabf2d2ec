"""Makes prompts of what a walk found: texts folded, constants followed, ids given."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from promptlint.extract.common.openings import addresses
from promptlint.extract.common.values import Runs, static
from promptlint.extract.common.wording import is_filler, is_prompt, is_prose, may_be_prompt, role_of
from promptlint.extract.script.calls import call_of, merged
from promptlint.extract.script.chats import is_chat, is_message, turn
from promptlint.extract.script.fold import fold, fold_or_slot, slot
from promptlint.extract.script.follow import Use, Work, refer, survey, value_of
from promptlint.extract.script.judgement import (
    decided,
    holds_prompts,
    is_entry_prompt,
    is_loose_prompt,
    variables,
)
from promptlint.extract.script.names import Binding, Scope, Site
from promptlint.extract.script.nodes import Script, bare, fields, literal
from promptlint.extract.script.tools import parameters
from promptlint.identity import unique
from promptlint.model import Call, Message, Prompt, Reference, Role, SegmentKind
from promptlint.records import dataclass
from promptlint.syntax.literals import Run, segments
from promptlint.syntax.script import Node

_NO_CALL = Call()


@dataclass(frozen=True, slots=True)
class _Draft:
    """A prompt to be, and the expression that holds it."""

    anchor: str
    node: Node
    messages: tuple[tuple[Role | None, Runs], ...]
    call: Call = _NO_CALL
    marks: tuple[str | None, ...] = ()


def prompts(script: Script) -> tuple[tuple[Prompt, ...], tuple[Reference, ...]]:
    """All prompts of a script, in source order, and what it says of those of other files."""
    work = survey(script)
    names = work.names
    drafts = [draft for site in names.sites if not site.loose for draft in _of_site(work, site)]
    taken = {id(draft.node) for draft in drafts}
    drafts += [
        draft for item in names.bindings if id(item.value) not in taken for draft in _of_binding(work, item)
    ]
    drafts += list(_of_wording(work, drafts))
    drafts.sort(key=lambda draft: draft.node.start)
    drafts = _outermost(drafts)
    ids = unique(f"{script.source.path}::{draft.anchor}" for draft in drafts)
    found = tuple(_prompt(work, draft, name) for draft, name in zip(drafts, ids, strict=True))
    return found, tuple(work.references)


def _outermost(drafts: list[_Draft]) -> list[_Draft]:
    """Each text in one prompt only: the first of those that share any."""
    result: list[_Draft] = []
    taken: set[tuple[int, int]] = set()
    for draft in drafts:
        places = {
            (run.start, run.end)
            for _, runs in draft.messages
            for run in runs
            if run.kind is SegmentKind.TEXT and run.text
        }
        if not places & taken:
            result.append(draft)
            taken |= places
    return result


def _prompt(work: Work, draft: _Draft, name: str) -> Prompt:
    uses = work.uses.get(id(draft.node), {})
    call = draft.call if draft.call.fields else merged([use.call for use in uses])
    marks = draft.marks or (None,) * len(draft.messages)
    messages = tuple(
        Message(role, segments(runs), mark) for (role, runs), mark in zip(draft.messages, marks, strict=True)
    )
    runs = tuple(run for _, runs in draft.messages for run in runs)
    return Prompt(name, work.script.source, messages, call, variables=variables(work.script, runs))


# --- sites ----------------------------------------------------------------------------------


def _of_site(work: Work, site: Site) -> Iterator[_Draft]:
    call = _call(work, site)
    if is_chat(work.script, site.node) or is_message(work.script, site.node):
        yield from _of_chat(work, site, call)
        return
    row = site.row
    if row is None or row.chat:
        refer(work, site.scope, site.node, Use(None, call))
        return
    runs, mark = _content(work, site.scope, site.node, Use(row.role, call, site.syntax))
    if is_prose(static(runs), row.words) and (row.role is not Role.USER or not is_filler(static(runs))):
        if row.role is Role.TOOL_DEFINITION:
            yield _Draft(site.anchor, site.node, _with_parameters(work, site, runs), call)
        else:
            said = (row.role, decided(work.script, runs, site.syntax))
            yield _Draft(site.anchor, site.node, (said,), call, (mark,))


def _with_parameters(work: Work, site: Site, runs: Runs) -> tuple[tuple[Role | None, Runs], ...]:
    """The description of a tool and those of its parameters, one message each, in source order."""
    found = {site.node.start: runs}
    for node in parameters(work.script, site.around[0]) if site.around else ():
        said = fold(work.script, node)
        if said is not None and static(said).strip():
            found[node.start] = said
    return tuple((Role.TOOL_DEFINITION, decided(work.script, found[at], site.syntax)) for at in sorted(found))


def _call(work: Work, site: Site) -> Call:
    """The call that a site is part of; read once for all that share the object around them."""
    if not site.around:
        return _NO_CALL
    key = id(site.around[0])
    if key not in work.calls:
        work.calls[key] = call_of(work.script, site.around, lambda node: value_of(work, site.scope, node))
    return work.calls[key]


def _of_chat(work: Work, site: Site, call: Call) -> Iterator[_Draft]:
    nodes = site.node.children if site.node.kind == "array" else (site.node,)
    messages: list[tuple[Role | None, Runs]] = []
    marks: list[str | None] = []
    for node in nodes:
        said = turn(work.script, node)
        syntax = "format" if said.template else ""
        runs: Runs = ()
        mark: str | None = None
        if said.content is not None:
            runs, mark = _content(work, site.scope, said.content, Use(said.role, call, syntax))
        outer = fields(work.script, node)
        messages.append((said.role, decided(work.script, runs, syntax or "none")))
        marks.append(mark or _mark(work, outer))
    lone = len(messages) == 1 and messages[0][0] in (Role.ASSISTANT, Role.TOOL)
    if not lone and any(_speaks(runs, role) for role, runs in messages):
        yield _Draft(site.anchor, site.node, tuple(messages), call, tuple(marks))


def _speaks(runs: Runs, role: Role | None) -> bool:
    """False for the "Hello" and "test" that a message holds to be there."""
    text = static(runs)
    if addresses(text):
        return True
    holes = any(run.kind is SegmentKind.SLOT for run in runs)
    least = 2 if holes or role in (Role.SYSTEM, Role.DEVELOPER) else 3
    return is_prose(text, least) and not is_filler(text)


def _content(work: Work, scope: Scope, node: Node, use: Use) -> tuple[Runs, str | None]:
    """The runs of a message's content, and its cache breakpoint."""
    node = bare(node)
    items = node.children if node.kind == "array" else (node,)
    mark = None
    runs: list[Run] = []
    for item in items:
        given = fields(work.script, item)
        text = given.get("text", given.get("content")) if given else item
        if text is None:
            runs.append(replace(slot(work.script, item), kind=SegmentKind.MEDIA, text="", name=""))
            continue
        if fold(work.script, text) is None:
            refer(work, scope, text, use)
        runs.extend(fold_or_slot(work.script, text))
        mark = _mark(work, given) or mark
    return tuple(runs), mark


def _mark(work: Work, given: dict[str, Node]) -> str | None:
    """The time to live of an explicit cache breakpoint, or its type."""
    found = given.get("cache_control") or given.get("cacheControl")
    for name in ("providerOptions", "experimental_providerMetadata", "anthropic"):
        if found is None and name in given:
            return _mark(work, fields(work.script, given[name]))
    inner = fields(work.script, found)
    return literal(work.script, inner.get("ttl")) or literal(work.script, inner.get("type"))


# --- bindings -------------------------------------------------------------------------------


def _of_binding(work: Work, binding: Binding) -> Iterator[_Draft]:
    if is_chat(work.script, binding.value) or is_message(work.script, binding.value):
        return  # a site of its own
    uses = work.uses.get(id(binding.value), {})
    if not uses and not may_be_prompt(binding.name):
        return
    runs = fold(work.script, binding.value)
    if runs is None:
        return
    text = static(runs)
    named = is_prompt(binding.name, text) and (not binding.entry or is_entry_prompt(binding.name, text, runs))
    if named or (is_prose(text, 2) and _is_sent(uses, runs)):
        yield _bound(work, binding, runs)


def _is_sent(uses: Iterable[Use], runs: Runs) -> bool:
    """True if a call or message names it; the result of a tool is no prompt."""
    return any(use.role is not Role.TOOL and _speaks(runs, use.role) for use in uses)


def _bound(work: Work, binding: Binding, runs: Runs) -> _Draft:
    uses = work.uses.get(id(binding.value), {})
    role = next((use.role for use in uses if use.role), None) or role_of(binding.name)
    syntax = next((use.syntax for use in uses if use.syntax), "")
    return _Draft(binding.anchor, binding.value, ((role, decided(work.script, runs, syntax)),))


# --- by wording alone -----------------------------------------------------------------------


def _of_wording(work: Work, drafts: list[_Draft]) -> Iterator[_Draft]:
    """What opens like a prompt and is no part of one that was found; the outermost expression counts."""
    at_home = holds_prompts(work.script.source.path)
    starts, ends = _merged_ranges(drafts)
    done = 0
    bound = {id(binding.value): binding for binding in work.names.bindings}
    for site in work.names.sites:
        after = bisect_right(ends, site.node.start)
        within = after < len(starts) and starts[after] < site.node.end
        if not site.loose or within or site.node.start < done:
            continue
        runs = fold(work.script, site.node)
        if runs is None:
            continue
        holes = any(run.kind is SegmentKind.SLOT for run in runs)
        if is_loose_prompt(static(runs).strip(), holes, at_home):
            done = site.node.end
            binding = bound.get(id(site.node))
            anonymous = _Draft(site.anchor, site.node, ((None, decided(work.script, runs, "")),))
            yield _bound(work, binding, runs) if binding else anonymous


def _merged_ranges(drafts: list[_Draft]) -> tuple[list[int], list[int]]:
    """Where the expressions of the drafts begin and end, those that overlap as one."""
    starts: list[int] = []
    ends: list[int] = []
    for draft in sorted(drafts, key=lambda item: item.node.start):
        if ends and draft.node.start < ends[-1]:
            ends[-1] = max(ends[-1], draft.node.end)
        else:
            starts.append(draft.node.start)
            ends.append(draft.node.end)
    return starts, ends
