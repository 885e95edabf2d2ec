"""Reads LangChain's prompt files (`_type: prompt`) and its dumps of objects (`lc: 1`)."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.extract.common import declared
from promptlint.extract.common.data.known.base import (
    Format,
    Item,
    called,
    file,
    items,
    keys,
    mapping,
    one,
    said,
)
from promptlint.extract.common.data.turns import Found, Hole, Path, Spot, Turn, examples_of, model, parts
from promptlint.model import Field, Role
from promptlint.syntax.nodes import Mapping, Node, Scalar, Sequence

_SYNTAXES = {"f-string": "format", "jinja2": "jinja", "mustache": "mustache"}
_ROLES = {
    "SystemMessagePromptTemplate": Role.SYSTEM,
    "HumanMessagePromptTemplate": Role.USER,
    "AIMessagePromptTemplate": Role.ASSISTANT,
    "ChatMessagePromptTemplate": None,
    "SystemMessage": Role.SYSTEM,
    "HumanMessage": Role.USER,
    "AIMessage": Role.ASSISTANT,
    "ToolMessage": Role.TOOL,
}
_DEEP = 5  # steps from a sequence to the model in it


def _syntax(node: Mapping) -> str:
    return _SYNTAXES.get(said(node.get("template_format")) or "f-string", "format")


def _inputs(node: Mapping) -> tuple[Field, ...] | None:
    """What is filled in: at each call, and once for all (`partial_variables`)."""
    listed = node.get("input_variables")
    if not isinstance(listed, Sequence):
        return None
    partial = node.get("partial_variables")
    names = declared.inputs(Mapping(((Scalar("inputs", listed.span), listed),), listed.span)) or ()
    given = partial.entries if isinstance(partial, Mapping) else ()
    return (*names, *(Field(key.key, None, key.span) for key, _ in given))


# --- prompt files ---------------------------------------------------------------------------


def _is_file(node: Mapping, _path: str) -> bool:
    kind, own = said(node.get("_type")), keys(node)
    if kind == "prompt":
        return bool(own & {"template", "template_path"})
    return kind == "few_shot" and bool(own & {"examples", "suffix", "suffix_path"})


def _file(spot: Spot) -> Iterator[Item]:
    node = spot.node
    assert isinstance(node, Mapping)
    fields = (*called(*(mapping(home, "llm") for home in reversed(spot.around))), *model(spot.around))
    for name in ("template_path", "prefix_path", "suffix_path"):
        target = node.get(name)
        if said(target) and target is not None:
            yield file(said(target), target.span, fields, _syntax(node))
    if said(node.get("_type")) == "few_shot":
        yield from _few_shot(spot.path, node, fields)
        return
    template = node.get("template")
    if said(template) and template is not None:
        yield one((*spot.path, "template"), None, template, fields, _syntax(node), _inputs(node))


def _few_shot(path: Path, node: Mapping, fields: tuple[Field, ...]) -> Iterator[Found]:
    """Prefix and suffix as one prompt; the examples between them are written by another template.

    Examples of two texts each are turns of their own: what is given, what is answered.
    """
    examples = node.get("examples")
    shown = examples_of(examples)
    hole = (Hole("examples", examples.span),) if examples is not None and not shown else ()
    prefix, suffix = (part for part in (node.get("prefix"), node.get("suffix")))
    texts = [part for part in (prefix, suffix) if said(part)]
    if not texts:
        return
    before = parts(prefix) if prefix is not None else ()
    after = parts(suffix) if suffix is not None else ()
    turns: tuple[Turn, ...] = (Turn(None, (*before, *hole, *after)),)
    if shown:
        turns = tuple(turn for turn in (Turn(None, before), *shown, Turn(Role.USER, after)) if turn.parts)
    yield Found(path, turns, False, fields, _inputs(node), _syntax(node))


# --- dumps ----------------------------------------------------------------------------------


def _class(node: Node | None) -> str:
    """The class whose constructor a mapping dumps; empty if it is none."""
    if not isinstance(node, Mapping) or node.get("lc") is None or mapping(node, "kwargs") is None:
        return ""
    way = items(node.get("id"))
    return said(way[-1]) if way else ""


def _is_dump(node: Mapping, _path: str) -> bool:
    name = _class(node)
    return name.endswith(("PromptTemplate", "StructuredPrompt")) or name in _ROLES


def _dump(spot: Spot) -> Iterator[Item]:
    node = spot.node
    assert isinstance(node, Mapping)
    own, name = mapping(node, "kwargs"), _class(node)
    assert own is not None
    fields = _model(spot.around)
    path = (*spot.path, "kwargs")
    if name == "FewShotPromptTemplate":
        yield from _few_shot(path, own, fields)
    elif items(own.get("messages")):
        yield from _chat((*path, "messages"), own, fields)
    elif name in _ROLES:
        turn = _turn(node)
        if any(isinstance(part, Scalar) and part.text for part in turn.parts):
            yield Found(spot.path, (turn,), False, fields, None, _syntax_of(node) or "none")
    else:
        template = own.get("template")
        if said(template) and template is not None:
            yield one((*path, "template"), None, template, fields, _syntax(own), _inputs(own))


def _chat(path: Path, own: Mapping, fields: tuple[Field, ...]) -> Iterator[Found]:
    listed = items(own.get("messages"))
    found = tuple(_turn(item) for item in listed)
    if not any(isinstance(part, Scalar) for turn in found for part in turn.parts):
        return
    syntax = next((spelt for item in listed if (spelt := _syntax_of(item))), "format")
    inputs = _inputs(own)
    if inputs is not None:
        names = {field.name for field in inputs}
        holes = (part for turn in found for part in turn.parts if isinstance(part, Hole))
        inputs += tuple(Field(hole.name, None, hole.span) for hole in holes if hole.name not in names)
    yield Found(path, found, True, fields, inputs, syntax)


def _turn(node: Node) -> Turn:
    """A message of a chat template: a template, a message as it is, or a place for messages."""
    own, name = mapping(node, "kwargs"), _class(node)
    if own is None:
        return Turn(None, (node,))
    if name == "MessagesPlaceholder":
        return Turn(None, (Hole(said(own.get("variable_name")), node.span, read=True),))
    prompt = own.get("prompt")
    content = mapping(prompt, "kwargs").get("template") if mapping(prompt, "kwargs") else own.get("content")  # type: ignore[union-attr]
    listed = [mapping(item, "kwargs") for item in items(prompt)]
    texts = [item.get("template") for item in listed if item is not None]
    found = tuple(part for text in (*texts, content) if text is not None for part in parts(text))
    return Turn(_ROLES.get(name), found)


def _syntax_of(node: Node) -> str:
    """The template language of a message; empty for one that is no template."""
    prompt = (mapping(node, "kwargs") or Mapping((), node.span)).get("prompt")
    inner = next(
        (mapping(item, "kwargs") for item in (prompt, *items(prompt)) if mapping(item, "kwargs")), None
    )
    return _syntax(inner) if inner is not None else ""


def _model(around: tuple[Mapping, ...]) -> tuple[Field, ...]:
    """The call of the model that stands in the same sequence."""
    for home in reversed(around):
        if _class(home):
            found = _called(home, _DEEP)
            if found:
                return found
    return ()


def _called(node: Node, depth: int) -> tuple[Field, ...]:
    if not isinstance(node, Mapping) or depth == 0:
        return ()
    own = mapping(node, "kwargs")
    if own is not None and _class(node) and keys(own) & {"model", "model_name", "model_id"}:
        return called(own)
    for _, value in node.entries:
        found = _called(value, depth - 1)
        if found:
            return found
    return ()


FORMATS = (
    Format("a LangChain prompt", "_type", _is_file, _file),
    Format("a LangChain object", "lc", _is_dump, _dump),
)
