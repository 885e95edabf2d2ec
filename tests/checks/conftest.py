"""Runs one rule, with its card's own parameters, over the prompts of a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from promptlint import tokens
from promptlint.cards import bind, load_cards
from promptlint.extract import extract
from promptlint.locate import source_edits
from promptlint.model import Edit, Hit, Prompt, Source, SourceKind
from promptlint.view import View

Found = list[tuple[Prompt, Hit]]
Run = Callable[..., Found]
Fixed = Callable[[Found], str]
P = TypeVar("P")
ANY: dict[str, dict[str, object]] = {
    "TOK001": {"min_words": 1},
    "TOK002": {"min_words": 1},
    "TOK003": {"min_saving": 0},
    "TOK007": {"min_words": 1},
    "CAC001": {"cache_minimum": 0},
    "OUT001": {"without_call": True},
}
"""What is found is tested, not from when on it is worth a word."""

RULES = {rule.card.code: rule for rule in bind(load_cards(), ANY, {})}
KINDS = {
    ".j2": SourceKind.JINJA,
    ".txt": SourceKind.TEXT,
    ".md": SourceKind.MARKDOWN,
    ".py": SourceKind.PYTHON,
    ".yaml": SourceKind.YAML,
    ".json": SourceKind.JSON,
    ".ts": SourceKind.TYPESCRIPT,
}


def count(text: str) -> int:
    return tokens.count(text, tokens.tokenizer("gpt-4o"))


def view_of(text: str, path: str = "prompts/x.j2") -> View:
    kind = KINDS["." + path.rpartition(".")[2]]
    return View(extract(Source(path, text, kind, named=True)).prompts[0], count)


def check(code: str, view: View) -> list[Hit]:
    rule = RULES[code]
    assert rule.check is not None
    return list(rule.check(view, rule.params))


def params_of(code: str, kind: type[P]) -> P:
    params = RULES[code].params
    assert isinstance(params, kind)
    return params


@pytest.fixture
def run() -> Run:
    def call(code: str, text: str, path: str = "prompts/x.j2") -> Found:
        kind = KINDS["." + path.rpartition(".")[2]]
        prompts = extract(Source(path, text, kind, named=True)).prompts
        assert prompts
        return [(prompt, hit) for prompt in prompts for hit in check(code, View(prompt, count))]

    return call


@pytest.fixture
def fixed() -> Fixed:
    def call(found: Found) -> str:
        edits: list[Edit] = []
        for prompt, hit in found:
            for edit in hit.edits:
                spelt = source_edits(prompt, edit)
                assert spelt is not None
                edits.extend(spelt)
        text = found[0][0].source.text
        for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
            text = text[: edit.span.start] + edit.new + text[edit.span.end :]
        return text

    return call
