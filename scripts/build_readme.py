"""Puts the real output of real commands into README.md, between `<!-- run: ... -->` and `<!-- end -->`.

`<!-- change: ... -->` runs in a repository with one commit, the example shop, and docs/example.patch on top.

Usage: python scripts/build_readme.py [--check]
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
FIXTURES = ROOT / "fixtures"
PATCH = ROOT / "docs" / "example.patch"
BLOCK = re.compile(r"<!-- (?P<where>run|change): (?P<command>.+?) -->\n.*?<!-- end -->", re.DOTALL)


def changed(place: Path) -> Path:
    """A repository with the example shop in its only commit, and the patch applied since."""
    shutil.copytree(FIXTURES / "shop", place / "shop", ignore=shutil.ignore_patterns("*.expected.json"))
    shutil.copy(FIXTURES / "promptlint.toml", place)
    author = ("-c", "user.name=example", "-c", "user.email=example@example.org")
    for step in (["init", "-q"], ["add", "-A"], [*author, "commit", "-qm", "shop"], ["apply", str(PATCH)]):
        subprocess.run(["git", *step], cwd=place, check=True)
    return place


def output(command: str, where: str) -> str:
    """What the command prints, run as a user would, 100 columns wide and without a cache."""
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            [sys.executable, "-m", *command.split(), "--color", "never"],
            cwd=FIXTURES if where == "run" else changed(Path(scratch)),
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
    where, command = match["where"], match["command"]
    return (
        f"<!-- {where}: {command} -->\n```console\n$ {command}\n{output(command, where)}\n```\n<!-- end -->"
    )


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
