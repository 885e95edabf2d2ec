"""Runs the main jobs on fixtures/: a check with dollars, a fix as a diff, and evals with recorded answers."""

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
    (
        "may a shorter prompt replace this one? 600 tickets, recorded answers of a tiny model: how it works, "
        "not what your model does",
        ["eval", "evals/tickets.short.yaml", "--no-cache"],
    ),
    (
        "and one that is shorter still, without the names of the labels?",
        ["eval", "evals/tickets.cut.yaml", "--no-cache"],
    ),
    (
        "may a support prompt go that says everything twice? 354 questions on what it says",
        ["eval", "evals/support.short.yaml", "--no-cache"],
    ),
    (
        "how much of a prompt is missed by nobody? searched on half of the tickets, proven on the other half",
        ["compress", "evals/prompts/tickets.md", "--suite", "evals/tickets.compress.yaml", "--no-cache"],
    ),
)


def main() -> None:
    """Show each command and its output; findings (exit code 1) and what is undecided (4) are no failures."""
    for title, arguments in STEPS:
        print(f"\n# {title}\n$ promptlint {' '.join(arguments)}\n", flush=True)
        color = "always" if sys.stdout.isatty() else "never"
        done = subprocess.run(
            [sys.executable, "-m", "promptlint", *arguments, "--color", color],
            cwd=FIXTURES,
            env={**os.environ, "COLUMNS": os.environ.get("COLUMNS", "110")},
            check=False,
        )
        if done.returncode not in (0, 1, 4):
            sys.exit(done.returncode)


if __name__ == "__main__":
    main()
