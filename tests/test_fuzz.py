"""The fuzzer of scripts/trial/fuzz.py without its engine: seeds pass, and a planted fault is kept."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from promptlint import templates
from promptlint.model import SegmentKind, SourceKind
from promptlint.templates import Part

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts" / "trial"))

from fuzz import KINDS, Kept, decoded, faults, mutated, seeds  # noqa: E402

SEEDS = [decoded(data) for data in seeds(KINDS)]


def test_every_format_has_a_seed() -> None:
    assert {kind for kind, _ in SEEDS} == set(SourceKind)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
def test_seeds_pass(kind: SourceKind) -> None:
    for text in [text for each, text in SEEDS if each is kind]:
        assert list(faults(kind, text)) == [], text


def test_a_mutant_is_made_of_its_seed_alone() -> None:
    texts = [text for _, text in SEEDS]
    made = [mutated(texts[0], texts, random.Random(seed)) for seed in range(50)]
    assert made == [mutated(texts[0], texts, random.Random(seed)) for seed in range(50)]
    assert len(set(made)) > 40


def test_a_crash_and_a_broken_law_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "split", lambda text, syntax: (Part(SegmentKind.TEXT, 1, 2, "x"),))
    told = [sentence for _, sentence in faults(SourceKind.BAML, "abc")]
    assert "none: the parts do not tile at 0" in told
    assert "none: the parts end at 2 of 3" in told

    def crash(text: str, syntax: str) -> tuple[Part, ...]:
        raise KeyError(syntax)

    monkeypatch.setattr(templates, "split", crash)
    assert [sentence.partition(" (")[0] for _, sentence in faults(SourceKind.BAML, "abc")] == [
        "KeyError: 'none'"
    ]


def test_an_input_is_kept_once_for_each_fault(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    for place in ("a", "b", "a"):
        kept.keep(place, "told", SourceKind.PYTHON, "x\r\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["python-1.py", "python-2.py"]
    assert (tmp_path / "python-1.py").read_bytes() == b"x\r\n"


def test_without_the_engine_it_says_where_to_get_it() -> None:
    program = "import sys; sys.modules['atheris'] = None; sys.argv = ['fuzz']; import fuzz; fuzz.main()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT / "scripts" / "trial",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        1,
        "atheris is not installed here: `make fuzz`, or pip install atheris\n",
    )
