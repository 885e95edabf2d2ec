"""Puts the real output of real commands into README.md, between `<!-- run: ... -->` and `<!-- end -->`.

Usage: python scripts/build_readme.py [--check]
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"<!-- run: (?P<command>.+?) -->\n.*?<!-- end -->", re.DOTALL)


def output(command: str) -> str:
    """What the command prints, run in fixtures/ as a user would, 100 columns wide and without a cache."""
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [sys.executable, "-m", *command.split(), "--color", "never"],
            cwd=ROOT / "fixtures",
            env={**os.environ, "COLUMNS": "100", "PROMPTLINT_CACHE_DIR": cache},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout.strip("\n")


def block(match: re.Match[str]) -> str:
    """The marker, the command and its output."""
    command = match["command"]
    return f"<!-- run: {command} -->\n```console\n$ {command}\n{output(command)}\n```\n<!-- end -->"


def main() -> None:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if README.md is stale")
    check = parser.parse_args().check
    old = README.read_text(encoding="utf-8")
    new = BLOCK.sub(block, old)
    if new == old:
        return
    print(f"{'stale' if check else 'written'}: README.md")
    if check:
        sys.exit(1)
    README.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
