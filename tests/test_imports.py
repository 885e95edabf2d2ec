"""The start stays light: what a run loads is watched, because every commit pays for it."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import promptlint

HEAVY = {
    "asyncio",
    "duckdb",
    "github",
    "gitlab",
    "http.client",
    "libcst",
    "model2vec",
    "numpy",
    "pathspec",
    "orjson",
    "pyarrow",
    "pydantic",
    "pyspark",
    "requests",
    "sklearn",
    "spacy",
    "tree_sitter",
    "tree_sitter_typescript",
    "urllib.request",
    "urllib3",
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


OWNERS = {
    "github": {"bot"},
    "gitlab": {"bot"},
    "click": {"cli"},
    "jinja2": {"templates"},
    "libcst": set(),
    "model2vec": {"traffic"},
    "duckdb": {"traffic"},
    "multiprocessing": {"render", "rendering", "traffic", "workers"},
    "orjson": {"traffic"},
    "pathspec": {"walk"},
    "pickle": set(),
    "pyarrow": {"traffic"},
    "pyspark": {"traffic"},
    "sqlite3": {"cache", "evals"},
    "regex": {"evals"},
    "sklearn": {"difficulty", "traffic"},
    "socket": set(),
    "subprocess": {"evals", "git", "route"},
    "tiktoken": {"tokens"},
    "tree_sitter": {"syntax"},
    "tree_sitter_typescript": {"syntax"},
    "urllib3": {"evals"},
    "yaml": {"syntax"},
}
"""Who may import what: the top-level module or package of promptlint; an empty set means nobody."""


def test_each_library_has_one_owner() -> None:
    root = Path(promptlint.__file__).parent
    for path in root.rglob("*.py"):
        home = path.relative_to(root).parts[0].removesuffix(".py")
        for name in imported(path):
            assert home in OWNERS.get(name, {home}), f"{path} imports {name}"


def test_nothing_evaluates_text() -> None:
    root = Path(promptlint.__file__).parent
    for path in root.rglob("*.py"):
        calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        names = {func.id for func in calls if isinstance(func, ast.Name)}
        assert not names & {"eval", "exec", "compile", "__import__"}, path


def imported(path: Path) -> set[str]:
    """The top-level names of all imports in a file, at run time or for types."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found
