"""The hooks see every file that promptlint reads, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from promptlint.extract import NAMES, SUFFIXES, kind_of

HOOKS = yaml.safe_load(Path(__file__).parent.parent.joinpath(".pre-commit-hooks.yaml").read_text())
OTHERS = ("a.toml", "a.html", "a.pyi", "a.css", "a.tsv", "Makefile", "ajs", "cursorrules", "a.vue", "a.json5")


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_is_given_what_is_read(hook: dict[str, str]) -> None:
    files = re.compile(hook["files"])
    for name in (
        *(f"a{suffix}" for suffix in SUFFIXES),
        *NAMES,
        "x/README.MD",
        *(f"x/{name}" for name in NAMES),
    ):
        assert files.search(name), name
    for name in OTHERS:
        assert kind_of(name) is None, name
        assert not files.search(name), name
