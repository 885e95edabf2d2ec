"""The module for callers: strictly typed, of the standard library alone, a wrong prompt an error of types."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from promptlint.route import emit
from promptlint.route.compiled import Plan
from promptlint.route.requests import logs, training
from tests.route.test_requests import log_of, rows


@pytest.fixture
def modules(made: ModuleType, folder: Path, tmp_path: Path) -> dict[str, str]:
    """The module without a classifier of requests, and with one."""
    plan: Plan = made.the_plan(made.entries())
    classifier = training.trained(logs.read([log_of(tmp_path, rows(240))]))
    plans = {"plain": plan, "routing": replace(plan, requests=classifier)}
    return {name: emit.emitted(item, "client", f"{name}.py").text for name, item in plans.items()}


def imported(text: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {item.name.partition(".")[0] for item in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).partition(".")[0])
    return found


@pytest.mark.slow  # mypy begins without a cache: ten seconds
def test_callers_are_typed_strictly(modules: dict[str, str], tmp_path: Path) -> None:
    for name, text in modules.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        assert imported(text) <= set(sys.stdlib_module_names)
    (tmp_path / "caller.py").write_text(
        "import plain\n"
        "import routing\n"
        'body: dict[str, object] = plain.call("prompts/queue.prompt").litellm_body()\n'
        'tier: str = routing.route_request("Where is order 7?").tier\n'
        'plain.call("prompts/queu.prompt")\n'
    )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--cache-dir",
            os.devnull,
            "caller.py",
            "plain.py",
            "routing.py",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    assert [line for line in done.stdout.splitlines() if ": error:" in line] == [
        next(line for line in done.stdout.splitlines() if line.startswith("caller.py:5: error:"))
    ], done.stdout


@pytest.mark.slow
def test_callers_run_without_anything_else(modules: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "routing.py").write_text(modules["routing"], encoding="utf-8")
    program = (
        "import routing\n"
        'print(routing.call("prompts/queue.prompt").model, routing.route_request("Where is order 7?").tier)\n'
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, '.')\n{program}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["prompt/prompts/queue.prompt", "simple"]
