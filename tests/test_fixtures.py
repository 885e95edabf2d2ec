"""Every fixture, globbed: what is found stands beside it, and its fixes are proven and converge."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from promptlint import fix, run
from promptlint.model import Safety, SourceKind

SCRIPT = Path(__file__).parent.parent / "scripts" / "update_fixtures.py"
_spec = importlib.util.spec_from_file_location("update_fixtures", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
update_fixtures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(update_fixtures)

FILES = update_fixtures.fixture_files()
TIGHT = [path for path in FILES if "tight" in path.parts]


def name(path: Path) -> str:
    return path.relative_to(update_fixtures.ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_what_is_found_is_what_stands_beside_the_file(path: Path) -> None:
    beside = path.with_name(path.name + update_fixtures.SUFFIX)
    assert update_fixtures.expected(path) == beside.read_text(encoding="utf-8")


def test_there_are_enough_fixtures() -> None:
    assert len([path for path in FILES if "hostile" not in path.parts]) >= 15


@pytest.mark.parametrize("path", TIGHT, ids=name)
def test_tight_prompts_are_silent(path: Path) -> None:
    outcome = run.run(run.Request(paths=(path,), use_cache=False))
    assert sum(len(file.prompts) for file in outcome.result.files) == 1
    assert [item.message for file in outcome.result.files for item in file.findings] == []


@pytest.mark.parametrize("path", [path for path in FILES if "hostile" not in path.parts], ids=name)
@pytest.mark.parametrize("safety", [Safety.SAFE, Safety.UNSAFE], ids=["safe", "unsafe"])
def test_fixes_are_proven_and_converge(path: Path, safety: Safety) -> None:
    request = run.Request(paths=(path,), use_cache=False)
    space = run.workspace(request)
    for place, source in run.sources(request, space)[0]:
        settings = space.settings(place, source.path)
        fixed = fix.fix_source(source, settings, safety)
        assert fixed.converged
        assert fixed.refused == ()
        again = fix.fix_source(update_fixtures.Source(source.path, fixed.text, source.kind), settings, safety)
        assert again.text == fixed.text
        if source.kind is SourceKind.PYTHON:
            compile(fixed.text.removeprefix("\ufeff"), source.path, "exec")
