"""The twelve prompts, and results of evals, for the tests of routes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("update_route", ROOT / "scripts" / "update_route.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def made() -> ModuleType:
    return _script()


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Path:
    """fixtures/route/project, which is the working directory."""
    place = ROOT / "fixtures" / "route" / "project"
    monkeypatch.chdir(place)
    return place
