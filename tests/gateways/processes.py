"""Starts a gateway on loopback, waits until it answers, and ends it."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_TRIES, _PAUSE = 600, 0.1


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def started(
    command: Sequence[str], environment: Mapping[str, str], port: int, path: str = "", cwd: Path | None = None
) -> Iterator[None]:
    """A process that listens on a port and, with `path`, answers a GET of it; it ends with the block."""
    process = subprocess.Popen(
        command, env=environment, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(_TRIES):
            assert process.poll() is None, f"{Path(command[0]).name} has ended with {process.returncode}"
            if _answers(port, path):
                break
            time.sleep(_PAUSE)
        else:
            raise AssertionError(f"{Path(command[0]).name} does not answer on {port}")
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _answers(port: int, path: str) -> bool:
    try:
        if path:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).close()
        else:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
    except (OSError, urllib.error.URLError):
        return False
    return True


def sent(url: str, body: bytes, headers: Mapping[str, str], seconds: float = 60) -> tuple[int, bytes]:
    """Status and body of a POST; those of an error, too."""
    request = urllib.request.Request(url, body, {"content-type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
