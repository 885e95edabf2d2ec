"""The JSON Schema of what a call is given as answer format or tools: classes and dictionaries of this module.

Nothing is run: a class is read by its annotations. What is not known is `{}`, which allows anything.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

from promptlint.extract.python.find.survey import survey
from promptlint.extract.python.find.walk import Scope
from promptlint.extract.python.flow.follow import Flow, resolve
from promptlint.extract.python.flow.orders import unordered
from promptlint.extract.python.module import span
from promptlint.extract.python.text.fold import called, literal
from promptlint.model import Field
from promptlint.words import pairs

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

SHAPED = ("response_format", "tools")
"""The parameters whose schema is kept, as JSON text, in a field `<name>.schema`."""

_DEEPEST = 8
_MOST = 2_000  # classes, fields and entries of one schema
_LONGEST = 200_000  # code points of its JSON
_SCALARS = pairs(
    "str/string date/string datetime/string time/string UUID/string EmailStr/string AnyUrl/string "
    "HttpUrl/string int/integer float/number Decimal/number bool/boolean None/null"
)
_ARRAYS = ("list", "List", "Sequence", "Iterable", "set", "Set", "frozenset", "tuple", "Tuple")
_OBJECTS = ("dict", "Dict", "Mapping")
_ENUMS = ("Enum", "StrEnum", "IntEnum")
_SCHEMA_METHODS = ("model_json_schema", "schema", "schema_json")
_WRAPPERS = (
    "type_to_response_format_param",
    "pydantic_function_tool",
    "TypeAdapter",
    "NativeOutput",
    "ToolOutput",
)
_BOUNDS = {"ge": "minimum", "le": "maximum"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def schema_of(flow: Flow, scope: Scope, name: str, node: ast.expr) -> Iterator[Field]:
    """The field `<name>.schema` of a parameter that is given a class, a dictionary or a list of them."""
    value, where = resolve(flow, scope, node)
    if name == "tools" and (source := unordered(flow, where, value, 0)):
        yield Field("tools.order", source, span(flow.module, node))
    reader = _Reader(flow)
    made = reader.tools(value, where) if name == "tools" else reader.given(value, where, 0)
    if not made or reader.spent > _MOST:
        return
    text = json.dumps(made, ensure_ascii=False)
    if len(text) <= _LONGEST and (name == "tools" or '"properties"' in text or '"items"' in text):
        yield Field(f"{name}.schema", text, span(flow.module, node))


class _Reader:
    """Makes JSON Schemas; counts what it reads, since a class may be named by many fields."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.spent = 0
        self.open: list[str] = []  # the classes that are being read
        if not flow.definitions:
            seen = survey(flow.module.tree)
            for _, definition in (*seen.functions, *seen.classes):
                flow.definitions[definition.name] = definition

    def tools(self, node: ast.expr, scope: Scope) -> Json:
        """The definitions of a list of tools, as far as they are known; None if none is."""
        if not isinstance(node, (ast.List, ast.Tuple)):
            return None
        made: list[Json] = []
        for item in node.elts[:_MOST]:
            value, where = resolve(self.flow, scope, item)
            found = self.function(value) or self.given(value, where, 0)
            if not isinstance(found, dict):
                return None  # a tool of another file: the list is not known
            if "name" not in found and "function" not in found:
                found = {"name": called(value) or "", "parameters": found}
            made.append(found)
        return made

    def function(self, node: ast.expr) -> Json:
        """A function of this module as a tool."""
        definition = self.flow.definitions.get(node.id) if isinstance(node, ast.Name) else None
        if not isinstance(definition, _FUNCTIONS):
            return None
        given = [*definition.args.posonlyargs, *definition.args.args, *definition.args.kwonlyargs]
        given = [item for item in given if item.arg not in ("self", "cls", "ctx", "context")]
        plain = len(definition.args.args) - len(definition.args.defaults)
        needed: list[Json] = [
            item.arg for item in given if item in definition.args.args[: max(0, plain)] and item.annotation
        ]
        properties: dict[str, Json] = {item.arg: self.typed(item.annotation, 1)[0] for item in given}
        schema: dict[str, Json] = {"type": "object", "properties": properties, "required": needed}
        return {"name": definition.name, "parameters": schema}

    def given(self, node: ast.expr, scope: Scope, depth: int) -> Json:
        """What a parameter is given, as JSON; None if that is not known."""
        self.spent += 1
        if depth > _DEEPEST or self.spent > _MOST:
            return None
        node, scope = resolve(self.flow, scope, node)
        if isinstance(node, ast.Dict):
            return self._entries(node, scope, depth)
        if isinstance(node, ast.Call):
            return self._called(node, scope, depth)
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            made, _ = self.typed(node, depth)
            return made or None
        return None

    def _called(self, node: ast.Call, scope: Scope, depth: int) -> Json:
        """`Answer.model_json_schema()` and `pydantic_function_tool(Answer)`."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in _SCHEMA_METHODS:
            return self.given(node.func.value, scope, depth + 1)
        if called(node.func) in _WRAPPERS and node.args:
            return self.given(node.args[0], scope, depth + 1)
        return None

    def _entries(self, node: ast.Dict, scope: Scope, depth: int) -> Json:
        made: dict[str, Json] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            name = literal(key) if key is not None else None
            if name is None:
                return None
            found = self._plain(value, scope, depth + 1)
            if found is None and not isinstance(value, ast.Constant):
                if name != "description":
                    return None
                found = ""
            made[name] = found
        return made

    def _plain(self, node: ast.expr, scope: Scope, depth: int) -> Json:
        self.spent += 1
        if depth > 2 * _DEEPEST or self.spent > _MOST:
            return None
        node, scope = resolve(self.flow, scope, node)
        if isinstance(node, ast.Constant):
            value = node.value
            return value if isinstance(value, (str, int, float, bool)) else None
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self._plain(item, scope, depth + 1) for item in node.elts]
        if isinstance(node, ast.Dict):
            return self._entries(node, scope, depth)
        return self.given(node, scope, depth) if isinstance(node, ast.Call) else None

    # --- types ----------------------------------------------------------------------------------

    def typed(self, node: ast.expr | None, depth: int) -> tuple[dict[str, Json], bool]:
        """The schema of an annotation, and whether it says that the field may be left out."""
        self.spent += 1
        if node is None or depth > _DEEPEST or self.spent > _MOST:
            return {}, False
        if isinstance(node, ast.Constant):
            return self._quoted(node, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return {
                "anyOf": [self.typed(node.left, depth + 1)[0], self.typed(node.right, depth + 1)[0]]
            }, False
        if isinstance(node, ast.Subscript):
            return self._generic(node, depth)
        name = called(node)
        if name in _SCALARS:
            return {"type": _SCALARS[name]}, False
        if name in _ARRAYS or name in _OBJECTS:
            return {"type": "array" if name in _ARRAYS else "object"}, False
        definition = self.flow.definitions.get(name) if isinstance(node, ast.Name) else None
        if not isinstance(definition, ast.ClassDef):
            return {}, False
        if name in self.open:
            return {"type": "object"}, False
        self.open.append(name)
        made = self.model(definition, depth)
        self.open.pop()
        return made, False

    def _quoted(self, node: ast.Constant, depth: int) -> tuple[dict[str, Json], bool]:
        if node.value is None:
            return {"type": "null"}, False
        if isinstance(node.value, str) and node.value.isidentifier():
            return self.typed(ast.Name(node.value), depth + 1)
        return {}, False

    def _generic(self, node: ast.Subscript, depth: int) -> tuple[dict[str, Json], bool]:
        name = called(node.value)
        inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name == "Literal":
            values = [item.value for item in inner if isinstance(item, ast.Constant)]
            return {"enum": [value for value in values if isinstance(value, (str, int))]}, False
        if name in ("Optional", "Union"):
            options: list[Json] = [self.typed(item, depth + 1)[0] for item in inner]
            if name == "Optional":
                options.append({"type": "null"})
            return {"anyOf": options}, False
        if name in ("NotRequired", "Required", "Annotated"):
            made, optional = self.typed(inner[0], depth + 1)
            for item in inner[1:]:
                made = {**made, **_bounds(item)}
            return made, optional or name == "NotRequired"
        if name in _ARRAYS:
            single = len(inner) == 1 or name not in ("tuple", "Tuple")
            return {
                "type": "array",
                **({"items": self.typed(inner[0], depth + 1)[0]} if single else {}),
            }, False
        return ({"type": "object"} if name in _OBJECTS else {}), False

    def model(self, node: ast.ClassDef, depth: int) -> dict[str, Json]:
        """The schema of a class: of its annotated fields, or of the values of an enumeration."""
        bases = [called(base) for base in node.bases]
        if any(base in _ENUMS for base in bases):
            values = [literal(item.value) for item in node.body if isinstance(item, ast.Assign)]
            return {"enum": [value for value in values if value is not None]} if all(values) else {}
        properties: dict[str, Json] = {}
        required: list[Json] = []
        for base in bases:
            parent = self.flow.definitions.get(base)
            if isinstance(parent, ast.ClassDef) and parent is not node and depth < _DEEPEST:
                above = self.model(parent, depth + 1)
                inherited, needed = above.get("properties"), above.get("required")
                properties |= inherited if isinstance(inherited, dict) else {}
                required += needed if isinstance(needed, list) else []
        partial = any(item.arg == "total" and _is_false(item.value) for item in node.keywords)
        for item in node.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                name, made, needed_too = self._field(item, item.target.id, depth)
                if name:
                    properties[name] = made
                    required += [name] if needed_too and not partial and name not in required else []
        if not properties:
            return {}
        closed = "allow" not in [
            literal(item.value) for item in ast.walk(node) if isinstance(item, ast.keyword)
        ]
        schema: dict[str, Json] = {"type": "object", "properties": properties, "required": required}
        return {**schema, "additionalProperties": False} if closed else schema

    def _field(self, item: ast.AnnAssign, name: str, depth: int) -> tuple[str, dict[str, Json], bool]:
        """Name, schema and whether it is required, of one field of a class; no name for what is no field."""
        if name.startswith("_") or name == "model_config" or called(item.annotation) == "ClassVar":
            return "", {}, False
        if isinstance(item.annotation, ast.Subscript) and called(item.annotation.value) == "ClassVar":
            return "", {}, False
        made, optional = self.typed(item.annotation, depth + 1)
        value = item.value
        if not (isinstance(value, ast.Call) and called(value.func) in ("Field", "field")):
            return name, made, value is None and not optional
        given = {one.arg: one.value for one in value.keywords}
        alias = literal(given["alias"]) if "alias" in given else None
        first = value.args[0] if value.args else given.get("default")
        has_default = "default_factory" in given or (first is not None and not _is_dots(first))
        return alias or name, {**made, **_bounds(value)}, not has_default and not optional


def _bounds(node: ast.expr) -> dict[str, Json]:
    if not isinstance(node, ast.Call):
        return {}
    return {
        _BOUNDS[item.arg]: item.value.value
        for item in node.keywords
        if item.arg in _BOUNDS
        and isinstance(item.value, ast.Constant)
        and isinstance(item.value.value, (int, float))
    }


def _is_dots(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
