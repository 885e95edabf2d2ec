"""Reads one assertion of a case: strictly, with its slots filled in, before anything is paid for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from promptlint.evals import assertions
from promptlint.evals.assertions import opinions
from promptlint.evals.folder import Folder, is_code, is_file
from promptlint.evals.graders import Graders
from promptlint.evals.model import Assertion
from promptlint.evals.slots import fill, names
from promptlint.evals.values import Value
from promptlint.records import dataclass

_KEYS = (
    "type",
    "value",
    "config",
    "threshold",
    "weight",
    "metric",
    "provider",
    "rubricPrompt",
    "transform",
    "contextTransform",
)
_SET_KEYS = ("type", "assert", "weight", "metric", "threshold", "config")
_TEMPLATES = "#/assertionTemplates/"
_DEEPEST = 5
_SCRIPT = "python"


@dataclass(frozen=True, slots=True)
class Context:
    """What the assertions of a case may name: its vars, files, the templates of the suite; whom they may ask.

    `grader` is whom the test names, None: nobody; `instructed`: it has words of its own for the judge.
    """

    vars: Mapping[str, object]
    folder: Folder
    templates: Mapping[str, Value]
    graders: Graders
    grader: Value | None = None
    instructed: bool = False


def read(value: Value, context: Context, depth: int = 0) -> Assertion:
    """The assertion that a mapping of promptfoo's shape says.

    Raises:
        SuiteError: a key, the type or the value is wrong.
    """
    if depth > _DEEPEST:
        value.fail("assertions are nested too deeply")
    found = value.entries()
    if "$ref" in found:
        return read(_template(found["$ref"], context), context, depth + 1)
    if "type" not in found:
        value.fail("the key `type` is missing")
    spelt = found["type"].text()
    type_ = spelt.removeprefix("not-")
    why = assertions.unsupported(type_)
    if why is None or spelt == f"not-{assertions.SET}":
        known = [*assertions.KINDS, assertions.SET, *assertions.UNSUPPORTED]
        near = get_close_matches(type_, known, 1)
        hint = f"; did you mean {near[0]}?" if near and why is None else ""
        found["type"].fail(f"{spelt!r} is no type of assertion{hint}")
    given = value.fields(_SET_KEYS if type_ == assertions.SET else _KEYS)
    made = Assertion(
        type=type_,
        threshold=given["threshold"].amount() if "threshold" in given else None,
        weight=given["weight"].amount() if "weight" in given else 1.0,
        negated=spelt != type_,
        metric=given["metric"].text() if "metric" in given else "",
        unsupported=why or "",
        line=value.line,
    )
    return (
        _set(made, given, context, depth) if type_ == assertions.SET else _single(made, value, given, context)
    )


def _template(reference: Value, context: Context) -> Value:
    name = reference.text()
    if not name.startswith(_TEMPLATES) or name.removeprefix(_TEMPLATES) not in context.templates:
        reference.fail(f"{name!r} names no template of the suite; expected `{_TEMPLATES}` and a name")
    return context.templates[name.removeprefix(_TEMPLATES)]


def _set(made: Assertion, given: Mapping[str, Value], context: Context, depth: int) -> Assertion:
    if "assert" not in given:
        return replace(made, unsupported="it has no assertions")
    parts = judged(tuple([read(item, context, depth + 1) for item in given["assert"].items()]))
    reasons = [f"{part.name}: {part.unsupported}" for part in parts if part.unsupported]
    if not any(part.weight for part in parts):
        reasons.append("no assertion in it could fail")
    return replace(made, parts=parts, unsupported="; ".join(reasons))


def _single(made: Assertion, at: Value, given: Mapping[str, Value], context: Context) -> Assertion:
    made = replace(made, unsupported=made.unsupported or _unasked(made, given, context))
    if "transform" in given or "contextTransform" in given:
        made = replace(made, unsupported=made.unsupported or "it has a transform, which is code")
    raw, is_script = given["value"].plain() if "value" in given else None, made.type == _SCRIPT
    if isinstance(raw, str) and raw.startswith(("file://", "package:")) and is_code(raw) and not is_script:
        made = replace(made, unsupported=made.unsupported or "its value is made by code")
    config = _config(made, given)
    if made.unsupported:
        return replace(made, value=raw, config=config)
    where = given.get("value", at)
    value, beyond = (_script if is_script else _filled)(raw, where, context)
    if beyond:
        return replace(made, unsupported=f"`{beyond}` is more of a template than a name in braces")
    made = replace(made, value=value, config=config)
    kind = assertions.KINDS[made.type]
    if wrong := kind.check(made):
        where.fail(f"{made.name}: {wrong}")
    return replace(made, unsupported=missing) if (missing := kind.missing(made)) else made


def _unasked(made: Assertion, given: Mapping[str, Value], context: Context) -> str:
    """Why nobody can be asked for the opinion that an assertion needs; empty: it needs none, or can be."""
    kind = assertions.KINDS.get(made.type)
    if kind is None or not kind.needs:
        return ""
    named = given.get("provider", context.grader)
    if kind.needs == "judge" and (context.instructed or "rubricPrompt" in given):
        return "it has instructions of its own for the judge; those of promptlint are pinned"
    differs = context.graders.differs(kind.needs, named) if named and kind.needs != "python" else ""
    return context.graders.lacks(kind.needs) or differs


def _script(raw: object, at: Value, context: Context) -> tuple[object, str]:
    """The code of an assertion: the module and the name of its function."""
    if is_file(raw):
        name = str(raw)
        path, _, function = name.rpartition(":") if not name.endswith(".py") else (name, "", "")
        source, _ = context.folder.text(context.folder.path(path, at))
        return {"source": sys.intern(source), "function": function or "get_assert"}, ""
    if not isinstance(raw, str) or not raw.strip():
        return raw, ""
    slots = [name for name in names(raw) if name in context.vars]
    if slots:  # what a var holds may not become code
        return None, f"{{{{{slots[0]}}}}}"
    return {"source": sys.intern(opinions.script(raw)), "function": "check"}, ""


def _config(made: Assertion, given: Mapping[str, Value]) -> dict[str, object]:
    """The settings that the type knows; those of promptfoo's types are for its own graders."""
    if "config" not in given:
        return {}
    kind = assertions.KINDS.get(made.type)
    found = given["config"].fields(kind.config) if kind and kind.config else given["config"].entries()
    return {name: item.plain() for name, item in found.items()}


def _filled(raw: object, at: Value, context: Context) -> tuple[object, str]:
    """The value with files read and slots filled; the second part is the syntax that stands against it."""
    if is_file(raw):
        return context.folder.data(str(raw), at), ""
    if isinstance(raw, list):
        pairs = [_filled(item, at, context) if isinstance(item, str) else (item, "") for item in raw]
        return [item for item, _ in pairs], next((beyond for _, beyond in pairs if beyond), "")
    if not isinstance(raw, str):
        return raw, ""
    filled = fill(raw, context.vars)
    if filled.lacks:
        at.fail(f"`{filled.lacks}` names no var of the case")
    return filled.text, filled.beyond


def equal(value: Value, context: Context) -> Assertion:
    """The assertion that a case's `expected` stands for: the answer equals it."""
    return _single(Assertion("equals", line=value.line), value, {"value": value}, context)


def judged(found: tuple[Assertion, ...]) -> tuple[Assertion, ...]:
    """The assertions without those that are not run and could not fail anyway."""
    return tuple([item for item in found if item.weight or not item.unsupported])
