"""`promptlint init` on a real terminal: it shows, asks, and writes only after a yes."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import Ran
from test_store import git

NAMES = {"promptlint.toml", ".pre-commit-config.yaml", ".github/workflows/promptlint.yml"}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals of POSIX")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.prompt.md").write_text("You sort mail.\n\nIn order to help, be quick.\n")
    return tmp_path


def written(root: Path) -> dict[str, str]:
    return {name: (root / name).read_text() for name in NAMES if (root / name).exists()}


BECOMES_OURS = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL);"
    " signal.pthread_sigmask(signal.SIG_SETMASK, []); os.execv(sys.executable, sys.argv[1:])"
)
"""An interrupt interrupts, even where whoever runs the tests has switched that off."""

CTRL_C = b"\x03"


def interrupt(process: subprocess.Popen[bytes]) -> None:
    """As often as it takes: one that comes just before a read begins is seen only when that ends."""
    for _ in range(60):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(1)
            return


def on_a_terminal(folder: Path, answer: bytes) -> Ran:
    """`promptlint init` as a user sees it, who gives `answer` to its question."""
    ours, theirs = os.openpty()
    words = [sys.executable, "-c", BECOMES_OURS, sys.executable, "-m", "promptlint", "init", "--ci", "github"]
    env = {**os.environ, "NO_COLOR": "1"}
    with subprocess.Popen(
        words, cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        seen = b""
        asked = False
        while select.select([ours], [], [], 60)[0]:
            try:
                read = os.read(ours, 65_536)
            except OSError:  # the other end is closed
                break
            if not read:
                break
            seen += read
            if not asked and b"[y/N]" in seen:
                asked = True
                if answer == CTRL_C:  # what a terminal makes of it; not every sandbox has one that does
                    interrupt(process)
                else:
                    os.write(ours, answer)
        else:
            process.kill()
    os.close(ours)
    assert asked, seen
    return Ran(process.returncode, seen.decode().replace("\r\n", "\n"), "")


def test_a_yes_on_the_terminal_writes_what_was_shown(repository: Path) -> None:
    ran = on_a_terminal(repository, b"y\n")
    assert ran.code == 0
    shown, _, after = ran.out.partition("Write these 3 files? [y/N]: ")
    assert set(written(repository)) == NAMES
    for name, text in written(repository).items():
        assert f"New file: {name}\n" in shown
        assert all(f"  {line}\n" in shown for line in text.splitlines() if line)
    assert "Wrote promptlint.toml, .pre-commit-config.yaml, .github/workflows/promptlint.yml." in after
    assert "`pre-commit install`" in after


@pytest.mark.parametrize(
    ("answer", "code"), [(b"n\n", 0), (b"\n", 0), (b"what\nn\n", 0), (CTRL_C, 130), (b"\x04", 130)]
)
def test_anything_but_a_yes_writes_nothing(repository: Path, answer: bytes, code: int) -> None:
    ran = on_a_terminal(repository, answer)
    assert ran.code == code
    assert "Nothing was written." in ran.out
    assert written(repository) == {}
