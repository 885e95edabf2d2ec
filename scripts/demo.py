"""Runs the main job on the example repository in fixtures/: a check with dollars, then a fix as a diff."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FIXTURES = Path(__file__).parent.parent / "fixtures"
STEPS = (
    ("what the prompts cost, and the findings worth most", ["check", "--format", "bill"]),
    ("every finding of one prompt", ["check", "--all", "shop/app/assistant.py"]),
    ("what to do first, in dollars", ["plan", "shop"]),
    ("what the safe fixes would change", ["fix", "--diff", "shop/app/assistant.py", "shop/AGENTS.md"]),
)


def main() -> None:
    """Show each command and its output; findings (exit code 1) are what a demo is for."""
    for title, arguments in STEPS:
        print(f"\n# {title}\n$ promptlint {' '.join(arguments)}\n", flush=True)
        color = "always" if sys.stdout.isatty() else "never"
        done = subprocess.run(
            [sys.executable, "-m", "promptlint", *arguments, "--color", color],
            cwd=FIXTURES,
            env={**os.environ, "COLUMNS": os.environ.get("COLUMNS", "110")},
            check=False,
        )
        if done.returncode not in (0, 1):
            sys.exit(done.returncode)


if __name__ == "__main__":
    main()
