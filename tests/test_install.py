"""The product as users get it: the wheel in an empty environment."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


def run(*words: str | Path, cwd: Path, code: int | None = 0) -> str:
    done = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True, check=False)
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT, cwd=folder)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment that holds the wheel and its dependencies, nothing else."""
    folder = tmp_path_factory.mktemp("env")
    run(sys.executable, "-m", "venv", folder, cwd=folder)
    run(
        folder / "bin" / "python",
        "-m",
        "pip",
        "install",
        "-q",
        "-c",
        ROOT / "constraints.txt",
        wheel,
        cwd=folder,
    )
    return folder / "bin"


def test_the_wheel_carries_cards_vocabularies_and_notices(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    cards = {f"promptlint/_rules/{path.name}" for path in (ROOT / "rules").glob("*.yaml")}
    assert cards <= names
    assert {f"promptlint/_data/{name}" for name in ("cards.json", "prices.json", "o200k_base.vocab")} <= names
    assert any(name.endswith("NOTICE") for name in names)
    assert "promptlint/py.typed" in names


def test_the_installed_command_finds_the_same_cards(installed: Path, tmp_path: Path) -> None:
    rules = json.loads(run(installed / "promptlint", "rules", "--format", "json", cwd=tmp_path))
    codes = sorted(path.name.partition("-")[0] for path in (ROOT / "rules").glob("*.yaml"))
    assert [rule["code"] for rule in rules] == codes


def test_the_installed_commands_check_and_fix(installed: Path, tmp_path: Path) -> None:
    prompt = tmp_path / "a.prompt.md"
    prompt.write_text("You sort mail.\n\nIn order to help, be quick.\n")
    for words in (["promptlint", "check"], ["plint", "check"], ["python", "-m", "promptlint", "check"]):
        assert "TOK001" in run(installed / words[0], *words[1:], cwd=tmp_path, code=1)
    run(installed / "promptlint", "fix", cwd=tmp_path)
    assert prompt.read_text() == "You sort mail.\n\nTo help, be quick.\n"
