"""Makes drafts of texts by their names, by who sends them, and by their wording alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from promptlint.extract.common.values import Runs, static
from promptlint.extract.common.wording import is_labels, is_prompt, is_prose, may_be_prompt, role_of
from promptlint.extract.python.draft import Draft, Work
from promptlint.extract.python.find.chats import is_chat, is_message
from promptlint.extract.python.find.loose import holds_prompts, is_loose_prompt
from promptlint.extract.python.find.walk import Binding, Site
from promptlint.extract.python.flow.reach import Use
from promptlint.extract.python.sited import speaks
from promptlint.extract.python.text.building import position
from promptlint.extract.python.text.fold import fold
from promptlint.extract.python.text.usage import decided
from promptlint.model import Role, SegmentKind

_ENDS = (".", "!", "?", ":", "。", "！", "？", "：", ">", "`")

_LONG = 400  # code points of a text that is no phrase, however it ends


# --- bindings -------------------------------------------------------------------------------


def of_binding(work: Work, binding: Binding) -> Iterator[Draft]:
    """The draft of a name that is bound to a prompt, if it is."""
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


def _is_added(work: Work, binding: Binding) -> bool:
    text = work.building.texts.get(position(binding.value))
    return text is not None and position(text.growth.first) != position(binding.value)


def _built_of(work: Work, binding: Binding) -> tuple[ast.expr, ...]:
    text = work.building.texts.get(position(binding.value))
    if text is not None:
        return tuple(part.node for part in text.growth.parts)
    return work.building.joined.get(id(binding.value), ())


def _uses(work: Work, binding: Binding) -> list[Use]:
    return [use for node in (binding.value, *_built_of(work, binding)) for use in work.uses.get(id(node), [])]


def _runs(work: Work, binding: Binding) -> Runs | None:
    text = work.building.texts.get(position(binding.value))
    return fold(work.module, binding.value) if text is None else text.runs


def _is_sent(uses: list[Use], runs: Runs) -> bool:
    """True if a call or message names it; the result of a tool is no prompt, nor a phrase in a text."""
    text = static(runs)
    sentence = is_prose(text, 5) and (text.rstrip().endswith(_ENDS) or len(text) >= _LONG)
    return any(
        use.role is not Role.TOOL and (sentence if use.part else speaks(runs, use.role)) for use in uses
    )


def _bound(work: Work, binding: Binding, runs: Runs) -> Draft:
    role = next((use.role for use in _uses(work, binding) if use.role), None) or role_of(binding.name)
    said = decided(runs, binding.name, work.known)
    return Draft(binding.anchor, binding.value, ((role, said),), built_of=_built_of(work, binding))


def of_found(work: Work, drafts: list[Draft]) -> Iterator[Draft]:
    """Texts without a name that are sent: entries of tables, what helpers return and are given."""
    taken = {id(child) for draft in drafts for node in draft.nodes for child in ast.walk(node)}
    for bound in work.found.values():
        uses = [use for use in work.uses.get(id(bound.value), []) if use.role or use.call.fields]
        if id(bound.value) in taken or is_chat(bound.value) or is_message(bound.value):
            continue
        runs = fold(work.module, bound.value)
        built_of = work.building.joined.get(id(bound.value), ())
        if runs is None or (built_of and is_labels(static(runs))):
            continue
        if is_prose(static(runs), 2) and _is_sent(uses, runs):
            role = next((use.role for use in uses if use.role), None)
            yield Draft(
                bound.anchor, bound.value, ((role, decided(runs, "", work.known)),), built_of=built_of
            )


# --- by wording alone -----------------------------------------------------------------------


def of_wording(work: Work, drafts: list[Draft]) -> Iterator[Draft]:
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


def _anonymous(work: Work, site: Site, runs: Runs) -> Draft:
    built_of = work.building.joined.get(id(site.node), ())
    return Draft(site.anchor, site.node, ((None, decided(runs, "", work.known)),), built_of=built_of)
