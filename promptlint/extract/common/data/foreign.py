"""Knows data files of other uses, which hold no prompts: most of them by their text, before any parse."""

from __future__ import annotations

import re
from collections.abc import Callable

from promptlint.syntax.nodes import Mapping, Node, Sequence

_HEAD = 4000  # code points of a file that say what it is
_LOCK = re.compile(r"(?:.*/)?[\w.-]*(?:-lock|\.lock)\.(?:ya?ml|json)")
_TEST_DATA = re.compile(r"(?:^|/)(?:[\w.]*Tests/(?:[^/]+/){0,5}?(?:Test)?Data|testdata|test_data|TestData)/")
_API = re.compile(r"\s*\{?\s*[\"']?(?:swagger|openapi)[\"']?\s*:")
_RECORDED = re.compile(
    r"^(?:interactions:\s{1,100}- +(?:request|response):"
    r"|[ \t{]{0,100}\"interactions\"\s?:\s?\[\s{0,100}\{\s{0,100}\"request\")",
    re.MULTILINE,
)
_MANIFEST = re.compile(
    r"^apiVersion:.*\n(?:.*\n){0,5}?kind:|^kind:.*\n(?:.*\n){0,5}?apiVersion:", re.MULTILINE
)
_HELM = re.compile(r"\{\{-?\s*(?:\.(?:Values|Release|Chart)\b|include\s+\")")
_TASK = (
    r"(?:ansible\.\w{1,30}\.\w{1,40}|register|become|notify|include_tasks|import_tasks|import_playbook"
    r"|include_role|import_role|vars_prompt|set_fact|pause|gather_facts|changed_when|hosts)"
)
_PLAYBOOK = re.compile(rf"^(?:- |  ){_TASK}:", re.MULTILINE)
_LISTS = re.compile(r"(?:[ \t]*(?:#.*|---.*)?\n){0,100}?- ")

_TEXTS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("an OpenAPI document", lambda head: _API.match(head) is not None),
    ("recorded responses", lambda head: _RECORDED.search(head) is not None),
    ("a Kubernetes manifest", lambda head: _MANIFEST.search(head) is not None),
    (
        "an Ansible playbook",
        lambda head: _LISTS.match(head) is not None and _PLAYBOOK.search(head) is not None,
    ),
)


def of_text(path: str, text: str) -> str:
    """What well-known kind of file this is, told without a parse; empty if it is none."""
    if _LOCK.fullmatch(path):
        return "a lock file"
    if _TEST_DATA.search(path):
        return "test data"
    head = text[:_HEAD]
    return next((kind for kind, holds in _TEXTS if holds(head)), "")


def is_chart(text: str) -> bool:
    """True for the template of a Helm chart."""
    return _HELM.search(text) is not None


def of_tree(root: Node) -> str:
    """What well-known kind of document this is; empty if it is none."""
    if isinstance(root, Sequence) or not isinstance(root, Mapping):
        return ""
    keys = {key.key for key, _ in root.entries}
    kinds = {
        "an OpenAPI document": keys & {"openapi", "swagger"},
        "a Kubernetes manifest": {"apiVersion", "kind"} <= keys,
        "a CI workflow": "jobs" in keys and keys & {"on", "true", "name"},
        "a compose file": "services" in keys and not keys & {"messages", "model"},
        "a lock file": keys & {"lockfileVersion"},
        "a JSON schema": "$schema" in keys and keys & {"properties", "$defs", "definitions"},
        "a package manifest": {"name", "version"} <= keys and keys & {"dependencies", "devDependencies"},
    }
    return next((kind for kind, holds in kinds.items() if holds), "")
