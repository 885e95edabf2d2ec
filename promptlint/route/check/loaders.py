"""A configuration in its product's own loader, in a process of its own; what is not installed is SKIPPED.

A loader may import modules and reach services that the file names, so it is run only for whoever asks.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from promptlint.route.check.shared import SECRET
from promptlint.route.notes import Note, note

LOADERS: Mapping[str, tuple[str, ...]] = {
    "litellm": ("litellm", "--validate_config", "--config"),
    "vllm-sr": ("vllm-sr", "config", "validate", "--config"),
}
"""The command of each product that has one, before the file; sources: their `--help`."""

SECONDS = 300
_SHOWN = 300
_KEPT = ("PATH", "HOME", "VIRTUAL_ENV", "SYSTEMROOT", "TMPDIR", "TEMP")
_SERVICES = ("REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD", "REDIS_URL")
"""LiteLLM refuses a Redis cache whose address is nowhere; what they hold is never shown."""
_SET = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_COLOR": "1", "COLUMNS": "500", "TERM": "dumb"}
_COLOURS = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_ERRORS = re.compile(r"error|invalid|fail", re.IGNORECASE)


def loaded(path: Path, product: str) -> Iterator[Note]:
    """RTE231 if the product refuses a file, RTE232 if it was not asked, nothing if it takes it.

    Args:
        path: of the file.
        product: whose it is.
    """
    shown = str(path)
    if product not in LOADERS:
        yield note("RTE232", f"SKIPPED: {product} has no loader that takes a file", path=shown)
        return
    name, *options = LOADERS[product]
    program = shutil.which(name)
    if program is None:
        yield note("RTE232", f"SKIPPED: there is no program {name!r}", path=shown)
        return
    try:
        done = subprocess.run(  # noqa: S603  # a fixed command, and a path as one argument of its own
            [program, *options, str(path.absolute())],
            capture_output=True,
            check=False,
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
            env={**{key: os.environ[key] for key in (*_KEPT, *_SERVICES) if key in os.environ}, **_SET},
        )
    except subprocess.TimeoutExpired:
        yield note("RTE232", f"SKIPPED: {name} has not ended in {SECONDS} s", path=shown)
        return
    except OSError as error:
        yield note("RTE232", f"SKIPPED: {name} cannot be run: {error.strerror}", path=shown)
        return
    if done.returncode:
        yield note("RTE231", f"{name}: {_said(done.stdout + done.stderr)}", path=shown)


def _said(output: bytes) -> str:
    """The last line that speaks of an error, and those after it, without keys; before it are warnings."""
    lines = _COLOURS.sub("", output.decode("utf-8", "replace")).splitlines()
    start = max((index for index, line in enumerate(lines) if _ERRORS.search(line)), default=0)
    text = " ".join(" ".join(lines[start:]).split())
    for value in filter(None, map(os.environ.get, _SERVICES)):
        text = text.replace(value, "(of the environment)")
    found = SECRET.sub("(a key)", text) or "ended with an error, and says nothing"
    return found if len(found) <= _SHOWN else found[: _SHOWN - 1] + "…"
