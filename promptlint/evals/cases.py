"""Reads the tests of a suite, which have promptfoo's shape, into cases."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from promptlint.evals import asked
from promptlint.evals.folder import Folder, is_code, is_file, is_readable
from promptlint.evals.graders import Graders
from promptlint.evals.model import Assertion, Case, Message
from promptlint.evals.slots import fill, names
from promptlint.evals.values import Value
from promptlint.records import dataclass

MAX_CASES = 100_000
"""More cases are refused: lists of vars multiply."""

KEYS = (
    "id",
    "description",
    "vars",
    "messages",
    "assert",
    "expected",
    "threshold",
    "metadata",
    "options",
    "critical",
    "cluster",
    "about",
    "provider",
    "providers",
    "prompts",
    "providerOutput",
    "assertScoringFunction",
)
_NOT_RUN = {
    "provider": "it has a provider of its own",
    "providers": "it is for some providers only",
    "prompts": "it is for some prompts only",
    "providerOutput": "its answer is fixed",
    "assertScoringFunction": "its score is made by code",
}
_READ_OPTIONS = frozenset({"disableVarExpansion", "disableDefaultAsserts"})
_IDLE_OPTIONS = frozenset({"rubricPrompt", "provider", "factuality", "disableConversationVar", "runSerially"})
_ROLES = ("system", "developer", "user", "assistant", "tool")

Layer = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Test:
    """A test with what it inherits: `layers` from the general to the test itself, `at` is the test."""

    layers: tuple[Layer, ...]
    at: Value

    def last(self, key: str) -> Value | None:
        """The value of a key in the last layer that has it."""
        return next((layer[key] for layer in reversed(self.layers) if key in layer), None)

    def all(self, key: str) -> list[Value]:
        """The values of a key in all layers."""
        return [layer[key] for layer in self.layers if key in layer and not layer[key].is_null()]

    def option(self, name: str) -> Value | None:
        """An option, in the last layer that has it."""
        found = [options.entries().get(name) for options in self.all("options")]
        return next((value for value in reversed(found) if value is not None), None)


def layer(value: Value) -> Layer:
    """The keys of a test, each known."""
    return value.fields(KEYS)


def read(
    tests: Sequence[Test], folder: Folder, templates: Mapping[str, Value], graders: Graders
) -> tuple[Case, ...]:
    """The cases of some tests; one with lists of vars makes several.

    Raises:
        SuiteError: a key or value is wrong, two cases have one id, or there are too many.
    """
    found: list[Case] = []
    seen: dict[str, Case] = {}
    for number, test in enumerate(tests, 1):
        setting = asked.Context({}, folder, templates, graders, test.option("provider"), _instructed(test))
        for case in _cases(test, number, setting):
            if case.id in seen:
                test.at.fail(f"the id {case.id!r} is that of the case in line {seen[case.id].line}, too")
            seen[case.id] = case
            found.append(case)
            if len(found) > MAX_CASES:
                test.at.fail(f"more than {MAX_CASES:,} cases")
    return tuple(found)


def _instructed(test: Test) -> bool:
    """Whether a test tells the judge in words of its own how to judge."""
    found = test.option("rubricPrompt")
    return found is not None and not found.is_null() and found.plain() != ""


def _cases(test: Test, number: int, setting: asked.Context) -> Iterator[Case]:
    id_ = ((given := test.layers[-1].get("id")) and _name(given)) or f"#{number}"
    variables, reasons = _variables(test, setting.folder)
    expanded = test.option("disableVarExpansion")
    several = list(_expanded(variables, test)) if not (expanded and expanded.flag()) else [variables]
    uses = frozenset(_named(test, setting.templates))
    for index, each in enumerate(several, 1):
        assertions = asked.judged(tuple(_assertions(test, replace(setting, vars=each))))
        messages, beyond = _messages(test, each)
        yield Case(
            id=id_ if len(several) == 1 else f"{id_}.{index}",
            vars=each,
            assertions=assertions,
            messages=messages,
            threshold=value.amount() if (value := test.last("threshold")) else None,
            critical=bool((value := _mark(test, "critical")) and value.flag()),
            cluster=_name(value) if (value := _mark(test, "cluster")) else None,
            description=value.text() if (value := test.last("description")) else "",
            unsupported=(*reasons, *beyond, *_unjudged(test, assertions)),
            uses=uses,
            about=_about(test),
            path=test.at.origin.path,
            line=test.at.line,
        )


def _named(test: Test, templates: Mapping[str, Value]) -> Iterator[str]:
    """The vars that a test names in what it asks for and in its messages."""
    for value in (*test.all("assert"), *test.all("expected"), *test.all("messages"), *templates.values()):
        yield from names(value.plain())


def _name(value: Value) -> str:
    """A text, or a number that stands for one."""
    return f"{value.number():g}" if value.kind == "a number" else value.text()


def _mark(test: Test, name: str) -> Value | None:
    """What the test itself, or else its metadata, says of a mark; the last layer counts."""
    metadata = [each.entries() for each in test.all("metadata")]
    marks = [*(each[name] for each in metadata if name in each), *test.all(name)]
    return marks[-1] if marks else None


def _about(test: Test) -> tuple[str, ...]:
    """Which words of the prompt a test is for; metadata of another shape are somebody else's."""
    found = _mark(test, "about")
    if found is None:
        return ()
    said = found.plain()
    texts = said if isinstance(said, list) else [said]
    return tuple([text for text in texts if isinstance(text, str) and text.strip()])


def _unjudged(test: Test, assertions: Sequence[Assertion]) -> Iterator[str]:
    """Why no answer to a case can be judged."""
    yield from (reason for key, reason in _NOT_RUN.items() if test.all(key))
    for options in test.all("options"):
        for name, value in options.entries().items():
            empty = value.is_null() or value.plain() == ""
            if name not in _READ_OPTIONS | _IDLE_OPTIONS and not empty:
                yield f"the option `{name}` is not known here"
    yield from dict.fromkeys(f"{item.name}: {item.unsupported}" for item in assertions if item.unsupported)
    if not any(item.weight for item in assertions):
        yield "no assertion could fail"


def _assertions(test: Test, context: asked.Context) -> Iterator[Assertion]:
    own = test.option("disableDefaultAsserts")
    for each in test.layers[-1:] if own and own.flag() else test.layers:
        if "assert" in each and not each["assert"].is_null():
            for item in each["assert"].items():
                yield asked.read(item, context)
    expected = test.last("expected")
    if expected is not None:
        yield asked.equal(expected, context)


# --- vars -----------------------------------------------------------------------------------


def _variables(test: Test, folder: Folder) -> tuple[dict[str, object], tuple[str, ...]]:
    """The vars of a test, and why they are not all as promptfoo would make them."""
    found: dict[str, object] = {}
    reasons: dict[str, None] = {}
    for spelt in test.all("vars"):
        given = folder.tree(spelt.text(), spelt) if spelt.kind == "a text" else spelt
        for name, value in given.entries().items():
            plain = value.plain()
            if plain is None:
                value.fail("a var has no value; for an empty text write ''")
            if isinstance(plain, str) and is_file(plain):
                if is_code(plain):
                    reasons[f"the var `{name}` is made by code"] = None
                elif not is_readable(plain):
                    reasons[f"the var `{name}` is a file that is no text"] = None
                else:
                    texts = folder.variables(plain, value)
                    plain = texts if "*" in plain else texts[0]
            found[name] = plain
    for name, plain in found.items():
        if any(other in found for other in names(plain)):
            reasons[f"the var `{name}` names another var"] = None
    return found, tuple(reasons)


def _expanded(variables: Mapping[str, object], test: Test) -> Iterator[dict[str, object]]:
    """One set of vars for each combination of the items of the vars that are lists of texts."""
    choices = [
        value if isinstance(value, list) and value and isinstance(value[0], str) else [value]
        for value in variables.values()
    ]
    if math.prod(map(len, choices)) > MAX_CASES:
        test.at.fail(f"the lists of vars make more than {MAX_CASES:,} cases")
    for combination in itertools.product(*choices):
        yield dict(zip(variables, combination, strict=True))


# --- messages -------------------------------------------------------------------------------


def _messages(test: Test, variables: Mapping[str, object]) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """The turns before the answer, slots filled in; and why that cannot be done."""
    given = test.last("messages")
    found, beyond = [], dict[str, None]()
    for item in given.items() if given else ():
        fields = item.fields(("role", "content", "tool_calls", "tool_call_id"))
        if "role" not in fields or ("content" not in fields and "tool_calls" not in fields):
            item.fail("a message needs `role` and `content`")
        content = fields.get("content")
        filled = fill(content.text() if content and not content.is_null() else "", variables)
        if filled.lacks:
            item.fail(f"`{filled.lacks}` names no var of the case")
        if filled.beyond:
            beyond[f"`{filled.beyond}` in a message is more of a template than a name in braces"] = None
        found.append(
            Message(
                role=fields["role"].word(_ROLES),
                content=filled.text,
                calls=tuple(_calls(fields)),
                call_id=fields["tool_call_id"].text() if "tool_call_id" in fields else None,
            )
        )
    return tuple(found), tuple(beyond)


def _calls(fields: Mapping[str, Value]) -> Iterator[Mapping[str, object]]:
    for item in fields["tool_calls"].items() if "tool_calls" in fields else ():
        item.entries()
        plain = item.plain()
        assert isinstance(plain, dict)
        yield plain
