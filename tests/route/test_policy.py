"""A policy is read strictly: each mistake names file, line and what was meant."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from promptlint.errors import ConfigError
from promptlint.route import reader, schema
from promptlint.route.policy import Policy

SMALLEST = """\
tiers:
  - {name: simple, below: 0.3, model: openai/gpt-4o-mini}
  - {name: medium, below: 0.7, model: anthropic/claude-haiku-4-5}
  - {name: complex, model: openai/gpt-4o}
cascade: true
"""


def read(tmp_path: Path, text: str) -> Policy:
    file = tmp_path / "routing.yaml"
    file.write_text(text)
    return reader.read(file)


def test_the_smallest_policy_of_the_issue(tmp_path: Path) -> None:
    found = read(tmp_path, SMALLEST)
    assert [(tier.name, tier.below, tier.model) for tier in found.tiers] == [
        ("simple", 0.3, "openai/gpt-4o-mini"),
        ("medium", 0.7, "anthropic/claude-haiku-4-5"),
        ("complex", None, "openai/gpt-4o"),
    ]
    assert found.cascade
    assert (found.cache.mode, found.window, found.canary, found.quality.floor) == ("none", None, 0.05, 0.9)


MISTAKES = {
    "unknown model": ("openai/gpt-4o-mini", "openai/gpt-4o-mimi", 2, "did you mean gpt-4o-mini?"),
    "gap in the middle": ("below: 0.7, ", "", 3, "a gap"),
    "gap at the end": (
        "{name: complex,",
        "{name: complex, below: 0.9,",
        4,
        "a gap: no tier takes scores from 0.9",
    ),
    "order": ("below: 0.7", "below: 0.2", 3, "out of order: 0.2 is not above 0.3"),
    "twice": ("name: medium", "name: simple", 3, "is there twice"),
    "unknown key": ("cascade: true", "cascades: true", 5, "did you mean `cascade`?"),
    "type": ("cascade: true", "cascade: maybe", 5, "expected true or false"),
    "no tiers": (SMALLEST, "cascade: true\n", 1, "the key `tiers` is missing"),
    "share": ("below: 0.3", "below: 30", 2, "from 0 to 1"),
    "tier of an override": (
        "cascade: true",
        "prompts: [{match: a, tier: hard}]",
        5,
        "none of simple, medium",
    ),
    "cycle of a cascade": (
        "cascade: true",
        "prompts:\n  - match: a\n    cascade: [simple, complex, simple]",
        7,
        "cyclic: the tier 'simple' comes again",
    ),
    "down": ("cascade: true", "prompts: [{match: a, cascade: [complex, simple]}]", 5, "escalates down"),
    "cycle of likes": (
        "cascade: true",
        "prompts:\n  - {match: a, like: b}\n  - {match: b, like: a}",
        6,
        "`like` is cyclic: a -> b -> a",
    ),
    "like nobody": ("cascade: true", "prompts:\n  - {match: abc, like: abd}", 6, "did you mean abc?"),
    "two targets": ("cascade: true", "prompts: [{match: a, tier: simple, keep: true}]", 5, "only one of"),
    "no such validator": ("cascade: true", "prompts: [{match: a, validators: [x]}]", 5, "is none of"),
    "kind": ("cascade: true", "validators: {a: {kind: label}}", 5, "did you mean labels?"),
    "need": ("cascade: true", "validators: {a: {kind: labels}}", 5, "needs `labels`"),
    "no meaning": ("cascade: true", "validators: {a: {kind: json, pattern: x}}", 5, "means nothing"),
    "regex": ("cascade: true", "validators: {a: {kind: regex, pattern: '('}}", 5, "no regular expression"),
    "exact threshold": ("cascade: true", "cache: {mode: exact, threshold: 0.9}", 5, "semantic cache only"),
    "latency": ("cascade: true", "latency: {realtme: [simple]}", 5, "did you mean `realtime`?"),
    "half a price": ("cascade: true", "models: {own/x: {input: 1}}", 5, "go together"),
    "version": ("cascade: true", "version: 2", 5, "reads version 1"),
    "twice a key": ("cascade: true", "cascade: true\ncascade: true", 6, "stands twice"),
}


@pytest.mark.parametrize(("old", "new", "line", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_names_file_line_and_what_was_meant(
    tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, SMALLEST.replace(old, new))
    assert str(caught.value).startswith(f"{tmp_path / 'routing.yaml'}:{line}: ")
    assert says in str(caught.value)


def test_the_schema_takes_what_is_read_and_refuses_other_keys(folder: Path) -> None:
    validator = jsonschema.Draft202012Validator(schema.schema())
    validator.check_schema(schema.schema())
    for text in (SMALLEST, (folder / "routing.yaml").read_text()):
        validator.validate(yaml.safe_load(text))
    assert list(validator.iter_errors({"tiers": [{"name": "a", "model": "b", "blow": 1}]}))


def test_a_model_of_ones_own_needs_a_line(tmp_path: Path) -> None:
    text = SMALLEST.replace("openai/gpt-4o}", "vllm/own-7b}")
    with pytest.raises(ConfigError, match="under `models`"):
        read(tmp_path, text)
    found = read(tmp_path, text + "models: {vllm/own-7b: {context: 32000, input: 0.1, output: 0.2}}\n")
    assert found.models["vllm/own-7b"].context == 32000
