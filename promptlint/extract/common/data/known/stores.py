"""Reads prompts as tools keep them: GitHub Models, llm's templates, Langfuse, Bedrock."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.extract.common.data.fields import is_long
from promptlint.extract.common.data.known.base import (
    Format,
    Item,
    called,
    items,
    keys,
    mapping,
    named,
    one,
    prose,
    said,
    unknown,
)
from promptlint.extract.common.data.turns import Found, Path, Spot, Turn, is_turns, parts, turns
from promptlint.model import Field, Role
from promptlint.syntax.nodes import Mapping, Sequence

# --- GitHub Models --------------------------------------------------------------------------

_GITHUB = {"testData", "evaluators", "modelParameters", "responseFormat", "jsonSchema"}
_PROMPT_FILE = re.compile(r".*\.prompt\.(?:ya?ml|json)")


def _is_github(root: Mapping, path: str) -> bool:
    messages = root.get("messages")
    known = bool(keys(root) & _GITHUB) or (_PROMPT_FILE.fullmatch(path) is not None and "model" in keys(root))
    return known and messages is not None and is_turns(messages)


def _github(spot: Spot) -> Iterator[Item]:
    """The messages, and the prompts of the judges; the test data are none."""
    root = spot.node
    assert isinstance(root, Mapping)
    messages = root.get("messages")
    assert isinstance(messages, Sequence)
    fields = called(root)
    schema = root.get("jsonSchema")
    if schema is not None and not any(field.name == "response_format" for field in fields):
        fields = (*fields, *unknown(schema, "response_format"))
    yield Found(("messages",), turns(messages), True, fields, None, "curly")
    for number, item in enumerate(items(root.get("evaluators"))):
        judge = mapping(item, "llm")
        if judge is not None:
            yield from _judge(("evaluators", number, "llm"), judge)


def _judge(path: Path, judge: Mapping) -> Iterator[Found]:
    said_first, asked = judge.get("systemPrompt"), judge.get("prompt")
    texts = ((Role.SYSTEM, said_first), (Role.USER, asked))
    found = tuple(Turn(role, parts(node)) for role, node in texts if node is not None and said(node))
    if found:
        yield Found(path, found, True, called(judge), None, "curly")


# --- llm ------------------------------------------------------------------------------------

_LLM = {
    *("name", "prompt", "system", "model", "defaults", "options", "attachments", "attachment_types"),
    *("extract", "extract_last", "schema_object", "fragments", "system_fragments", "tools", "functions"),
}
_LLM_OWN = _LLM - {"name", "prompt", "system", "model", "tools", "options"}
_LLM_LEAST = {"name", "prompt", "system", "model"}
_VARIABLE = re.compile(r"(?<!\$)\$(?:[A-Za-z_]\w{0,100}|\{[A-Za-z_]\w{0,100}\})")
_INPUT = re.compile(r"(?<!\$)\$(?:input\b|\{input\})")


def _is_llm(root: Mapping, path: str) -> bool:
    own = keys(root) if path.endswith((".yaml", ".yml")) else frozenset()
    texts = [said(root.get(name)) for name in ("system", "prompt")]
    if not own or not own <= _LLM or not any(texts):
        return False
    sure = bool(own & _LLM_OWN) or bool(_INPUT.search("\n".join(texts))) or all(texts)
    sure = sure or (own <= _LLM_LEAST and is_long(texts[0] or texts[1]))
    return sure and any(prose(root.get(name)) for name in ("system", "prompt"))


def _llm(spot: Spot) -> Iterator[Item]:
    """System text and prompt as the messages of one call."""
    root = spot.node
    assert isinstance(root, Mapping)
    pairs = (("system", Role.SYSTEM), ("prompt", Role.USER))
    given = [(name, role, root.get(name)) for name, role in pairs if said(root.get(name))]
    found = tuple(Turn(role, parts(node)) for _, role, node in given if node is not None)
    texts = "\n".join(said(node) for _, _, node in given)
    syntax = "dollar" if _VARIABLE.search(texts) else "none"
    fields = (*named(root.get("model")), *_without_model(called(root, mapping(root, "options"))))
    yield Found((given[-1][0],), found, len(found) > 1, fields, None, syntax)


def _without_model(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    return tuple(field for field in fields if field.name != "model")


# --- Langfuse -------------------------------------------------------------------------------


def _is_langfuse(node: Mapping, _path: str) -> bool:
    prompt = node.get("prompt")
    kept = {"name", "version", "prompt"} <= keys(node) and bool(keys(node) & {"labels", "config", "tags"})
    return kept and prompt is not None and (bool(said(prompt)) or is_turns(prompt))


def _langfuse(spot: Spot) -> Iterator[Item]:
    node = spot.node
    assert isinstance(node, Mapping)
    prompt = node.get("prompt")
    fields = called(mapping(node, "config"))
    path = (*spot.path, "prompt")
    if isinstance(prompt, Sequence):
        yield Found(path, turns(prompt), True, fields, None, "curly")
    elif prompt is not None:
        yield one(path, None, prompt, fields, "curly")


FORMATS = (
    Format("a GitHub Models prompt", "messages", _is_github, _github, root=True),
    Format("a template of llm", "system", _is_llm, _llm, root=True),
    Format("a template of llm", "prompt", _is_llm, _llm, root=True),
    Format("a Langfuse prompt", "prompt", _is_langfuse, _langfuse),
)
