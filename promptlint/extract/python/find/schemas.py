"""Finds the classes and functions that calls of models are given as schemas and as tools."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from promptlint.extract.python.find.frameworks import ROOTS
from promptlint.extract.python.find.passing import dotted
from promptlint.extract.python.find.shapes import calls_model
from promptlint.extract.python.find.survey import Function, Scope, Survey, origin, survey, within
from promptlint.extract.python.module import Module
from promptlint.extract.python.text.fold import called

_ARGUMENTS_TEXT = """
response_model response_format text_format output_type result_type output_schema response_schema
args_schema output_pydantic output_json output_cls
"""
_ARGUMENTS = frozenset(_ARGUMENTS_TEXT.split())
_METHODS_TEXT = """
with_structured_output bind_tools pydantic_function_tool as_structured_llm PydanticOutputParser
JsonOutputParser structured_predict
"""
_METHODS = frozenset(_METHODS_TEXT.split())
_FIRST = frozenset({"schema", "pydantic_object", "tools", "output_cls"})
_ROUTES_TEXT = "get post put patch delete head options api_route route websocket add_api_route"
_ROUTES = frozenset(_ROUTES_TEXT.split())
_MODELS = frozenset({"BaseModel", "RootModel", "TypedDict", "OpenAISchema"})
_SENDS = re.compile(rf"\b(?:{'|'.join(_ARGUMENTS)})\s*[=:]|\b(?:{'|'.join(_METHODS)})\(")
_DESCRIBES = re.compile(r"Field\(|Annotated\[|^ +[rR]?\"\"\"", re.MULTILINE)
_LISTED = re.compile(r"tools\w{0,40}\s{0,9}(?:=|:[^=\n]{0,60}=|\()\s{0,99}\[([^\]]{1,1000})\]")
_IDENTIFIER = re.compile(r"\w+")
_NEAR = 200  # characters in which the class stands that an argument is given


def sends_schemas(text: str) -> bool:
    """True if a file may define a class that a call of a model is given; a cheap test of its text."""
    if not any(name in text for name in _MODELS):
        return False
    return _SENDS.search(text) is not None and _DESCRIBES.search(text) is not None


def sent_classes(module: Module, seen: Survey) -> Iterator[tuple[Scope, ast.ClassDef]]:
    """The classes of a module that are given to a model call as a schema, and those that their fields name.

    A class must be a model of data: a child of pydantic's BaseModel and its like, itself or by another one. A
    route of a web server that answers with such a class is no call of a model.
    """
    if not sends_schemas(module.source.text):
        return
    classes = (seen if seen.classes else survey(module.tree)).classes
    models = _models(classes)
    near = (
        module.source.text[match.end() : match.end() + _NEAR] for match in _SENDS.finditer(module.source.text)
    )
    if not any(name in models for text in near for name in _IDENTIFIER.findall(text)):
        return
    waiting = [name for name in _named(module.tree) if name in models]
    sent: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in sent:
            sent.add(name)
            node = models[name]
            waiting.extend(item for item in _annotated(node) if item in models)
            waiting.extend(item for item in map(called, node.bases) if item in models)
    yield from (
        (scope, node) for scope, node in classes if models.get(node.name) is node and node.name in sent
    )


def _models(classes: Iterable[tuple[Scope, ast.ClassDef]]) -> dict[str, ast.ClassDef]:
    models: dict[str, ast.ClassDef] = {}
    for _, node in classes:
        bases = {called(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases}
        if bases & _MODELS or bases & models.keys():
            models[node.name] = node
    return models


def _named(tree: ast.Module) -> Iterator[str]:
    """The names in what calls are given as schemas."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = called(node.func)
            for item in node.keywords:
                route = item.arg == "response_model" and name in _ROUTES
                if (item.arg in _ARGUMENTS and not route) or (item.arg in _FIRST and name in _METHODS):
                    yield from _names(item.value)
            if name in _METHODS and node.args:
                yield from _names(node.args[0])
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == "args_schema":
                yield from _names(node.value)


def _names(node: ast.AST) -> Iterator[str]:
    return (item.id for item in ast.walk(node) if isinstance(item, ast.Name))


def _annotated(node: ast.ClassDef) -> Iterator[str]:
    """The names in the annotations of a class, quoted ones too."""
    for item in node.body:
        if isinstance(item, ast.AnnAssign):
            for part in ast.walk(item.annotation):
                if isinstance(part, ast.Name):
                    yield part.id
                elif (
                    isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and part.value.isidentifier()
                ):
                    yield part.value


def sent_functions(module: Module, seen: Survey) -> Iterator[tuple[Scope, Function]]:
    """The functions of a module that the tools of a model call, or of a framework's agent, list."""
    known = {node.name for _, node in seen.functions}
    listed = (match[1] for match in _LISTED.finditer(module.source.text)) if known else iter(())
    if not any(name in known for text in listed for name in _IDENTIFIER.findall(text)):
        return
    lists = {
        target.id: node.value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    names: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and (called(node.func) == "bind_tools" or _takes_tools(node, seen)):
            given = [item.value for item in node.keywords if item.arg == "tools"]
            given += node.args[:1] if called(node.func) == "bind_tools" else []
            for value in given:
                items = lists.get(value.id) if isinstance(value, ast.Name) else value
                if isinstance(items, ast.List):
                    names |= {item.id for item in items.elts if isinstance(item, ast.Name)}
    yield from ((scope, node) for scope, node in seen.functions if node.name in names)


def _takes_tools(node: ast.Call, seen: Survey) -> bool:
    return within(origin(seen.imports, node.func), ROOTS) or calls_model(dotted(node.func))


def descriptions(node: ast.AST, keys: tuple[str, ...]) -> Iterator[ast.expr]:
    """What the fields in a node are described by: `Field(description=...)`, `Annotated[str, "..."]`."""
    stack: list[ast.AST] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, ast.Call):
            if called(item.func).endswith("Field"):
                yield from (one.value for one in item.keywords if one.arg in keys)
        elif isinstance(item, ast.Subscript) and called(item.value) == "Annotated":
            notes = item.slice.elts[1:] if isinstance(item.slice, ast.Tuple) else []
            yield from (one for one in notes if isinstance(one, ast.Constant) and isinstance(one.value, str))
            stack.extend(one for one in reversed(notes) if isinstance(one, ast.Call))
        elif not isinstance(item, (ast.Constant, ast.Name)):
            stack.extend(reversed(list(ast.iter_child_nodes(item))))
