"""The start stays light: what a run loads is watched, because every commit pays for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "asyncio",
    "http.client",
    "libcst",
    "numpy",
    "pathspec",
    "pydantic",
    "requests",
    "sklearn",
    "spacy",
    "urllib.request",
}

PROGRAM = """
import json, sys
sys.argv = ["promptlint", *sys.argv[1:]]
from promptlint.cli import _run
code = _run()
print("\\n" + json.dumps([code, sorted(sys.modules)]))
"""


def loaded(tmp_path: Path, *arguments: str) -> set[str]:
    """The modules that a run of the command line has loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PROMPTLINT_CACHE_DIR": str(tmp_path / "cache"), "PATH": "/usr/bin:/bin"},
    )
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code in (0, 1), done.stderr
    return set(modules)


@pytest.mark.parametrize(
    ("name", "text", "unneeded"),
    [
        ("system_prompt.md", "You sort mail. In order to help, be quick.\n", {"jinja2", "yaml"}),
        ("system_prompt.txt", "You sort mail.\n", {"jinja2", "yaml"}),
        ("a.py", 'SYSTEM_PROMPT = "You sort the mail of a shop into folders."\n', {"jinja2", "yaml"}),
        ("x.prompt.yaml", "messages:\n  - role: user\n    content: Sort the mail of today.\n", {"jinja2"}),
        ("x.prompt.j2", "You sort {{ mail }} into folders.\n", {"yaml"}),
    ],
)
def test_a_cold_check_loads_only_what_the_format_needs(
    tmp_path: Path, name: str, text: str, unneeded: set[str]
) -> None:
    (tmp_path / name).write_text(text)
    assert loaded(tmp_path, "check", name) & (HEAVY | unneeded) == set()


@pytest.mark.parametrize("name", ["system_prompt.md", "x.prompt.j2", "x.prompt.yaml", "a.py"])
def test_a_warm_check_loads_neither_tokenizer_nor_parser(tmp_path: Path, name: str) -> None:
    text = (
        "messages: [{role: user, content: Sort the mail of today.}]\n"
        if name.endswith("yaml")
        else "x = 'y'\n"
    )
    (tmp_path / name).write_text(text)
    loaded(tmp_path, "check", name)
    unneeded = {"jinja2", "yaml", "tiktoken", "promptlint.lint", "promptlint.contract", "promptlint.checks"}
    warm = loaded(tmp_path, "check", "--format", "concise", name)
    assert warm & (HEAVY | unneeded) == set()


def test_importing_the_package_imports_nothing_else() -> None:
    program = "import sys, promptlint; print([m for m in sys.modules if m.startswith('promptlint.')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
