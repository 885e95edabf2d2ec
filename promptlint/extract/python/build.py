"""Makes prompts of what a walk found: texts folded, references followed, ids given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from promptlint.extract.python.bound import of_binding, of_found, of_wording
from promptlint.extract.python.draft import Draft, Work, lawful, refer
from promptlint.extract.python.find.walk import Names, walk
from promptlint.extract.python.flow.asis import sent_as_is
from promptlint.extract.python.flow.calls import merged
from promptlint.extract.python.flow.filled import filled
from promptlint.extract.python.flow.follow import Flow
from promptlint.extract.python.flow.histories import histories
from promptlint.extract.python.flow.index import index
from promptlint.extract.python.flow.references import named_by, references
from promptlint.extract.python.flow.senders import senders
from promptlint.extract.python.module import Module
from promptlint.extract.python.sited import chats, of_growth, of_site
from promptlint.extract.python.text.building import building
from promptlint.extract.python.text.usage import Usage, usage, variables
from promptlint.identity import unique
from promptlint.model import Call, Escaping, Field, Message, Prompt, Reference, SegmentKind
from promptlint.syntax.literals import segments


def build(module: Module) -> tuple[tuple[Prompt, ...], tuple[Reference, ...]]:
    """All prompts of a module, in source order, and what it says of other files."""
    work = _work(module)
    for use, node in named_by(module.source):
        refer(work, (), node, use)
    drafts = [draft for site in work.names.sites if not site.loose for draft in of_site(work, site)]
    drafts += [draft for growth in chats(work) for draft in of_growth(work, growth)]
    for sent in senders(work.flow):
        refer(work, sent.scope, sent.node, sent.use)
    drafts += [draft for binding in work.names.bindings for draft in of_binding(work, binding)]
    drafts += list(of_found(work, drafts))
    drafts += list(of_wording(work, drafts))
    drafts = lawful(drafts)
    drafts.sort(key=lambda draft: (draft.node.lineno, draft.node.col_offset))
    ids = unique(f"{module.source.path}::{draft.anchor}" for draft in drafts)
    told = _told(work.flow) if drafts else {}
    prompts = tuple(_prompt(work, draft, name, told) for draft, name in zip(drafts, ids, strict=True))
    return prompts, references(work.flow, work.known, work.mentions)


def _work(module: Module) -> Work:
    built = building(module)
    names = walk(module)
    known = usage(module.source.text) if _says_something(module, names) else Usage({}, {})
    for use in module.source.context.uses:
        if use.syntax:
            known.syntaxes.setdefault(use.name.rpartition(".")[2], use.syntax)
    flow = Flow(module, index(module, names), built.appended)
    return Work(module, names, flow, known, built, frozenset(id(item.value) for item in names.bindings))


def _says_something(module: Module, names: Names) -> bool:
    """False for a file of which nothing can be a prompt, nor be filled in."""
    return bool(names.sites or module.source.context.uses or "prompt" in module.source.text.lower())


def _told(flow: Flow) -> dict[int, list[Field]]:
    """What the code around the calls says of expressions, by identity: what fills them, what sends them."""
    told: dict[int, list[Field]] = {}
    for node, field in (*filled(flow), *histories(flow)):
        told.setdefault(node, []).append(field)
    return told


def _around(draft: Draft, told: dict[int, list[Field]]) -> tuple[Field, ...]:
    """What is told of a draft; a list that is sent whole only for the first prompt of the call."""
    found: dict[str, Field] = {}
    for node in draft.nodes:
        for field in told.get(id(node), ()):
            found.setdefault(field.name, field)
    history = found.get("history")
    if history is not None:
        for fields in told.values():
            if history in fields:
                fields.remove(history)
    return tuple(found.values())


def _prompt(work: Work, draft: Draft, name: str, told: dict[int, list[Field]]) -> Prompt:
    uses = [use for node in draft.nodes for use in work.uses.get(id(node), [])]
    call = merged([draft.call, *(use.call for use in uses), *_as_is(work, draft)])
    call = Call((*call.fields, *_around(draft, told))) if told else call
    marks = draft.marks or (None,) * len(draft.messages)
    messages = tuple(
        Message(role, segments(runs), mark) for (role, runs), mark in zip(draft.messages, marks, strict=True)
    )
    runs = tuple(run for _, runs in draft.messages for run in runs)
    found = variables(work.module.source.text, runs)
    return Prompt(name, work.module.source, messages, call, variables=found)


def _as_is(work: Work, draft: Draft) -> Iterator[Call]:
    """The field `unformatted` of a plain string with slots that is sent as it is spelt."""
    name = draft.anchor.rpartition(".")[2]
    if not isinstance(draft.node, ast.Constant) or name in work.known.syntaxes or name in work.known.replaced:
        return
    slots = (run for _, runs in draft.messages for run in runs if run.kind is SegmentKind.SLOT)
    if any(run.codec.escaping is Escaping.BRACES for run in slots):
        span = sent_as_is(work.module.source.text, name)
        if span is not None:
            yield Call((Field("unformatted", True, span),))
