"""Measures `promptlint diff` over 2,000 changed prompts, beside `git diff` of the same commits.

Usage: python bench/diff.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROMPTS = 2_000
TARGET = 5.0  # seconds
RULES = (
    "Never share the password of a customer.",
    "Answer in the language of the customer.",
    "Name at most three products, each with its price.",
    "If the order is late, say when it will arrive.",
    "In order to help, ask for the number of the order.",
    "Refunds above 200 dollars need a manager.",
)


def prompt(number: int, edition: int) -> str:
    """A prompt of about 250 tokens; another edition has another bound and one rule less."""
    lines = [f"You are assistant {number} of a shop that sells tents.", "", "## Rules"]
    lines += [f"- {rule} This holds for case {case}." for case in range(3) for rule in RULES[edition:]]
    lines += ["", f"Answer in at most {100 + edition} words."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Make two commits and time both commands."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "repository"
        (root / "prompts").mkdir(parents=True)
        git(root, "init", "-q")
        for edition in (0, 1):
            for number in range(PROMPTS):
                (root / "prompts" / f"p{number}.md").write_text(prompt(number, edition))
            git(root, "add", "-A")
            git(root, "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-qm", str(edition))
        check = [sys.executable, "-m", "promptlint", "check", "--format", "json", "."]
        diff = [sys.executable, "-m", "promptlint", "diff", "HEAD~1", "HEAD", "--format", "json"]
        environment = {**os.environ, "PROMPTLINT_CACHE_DIR": str(Path(place) / "cache")}
        taken = {"nothing known": seconds([*diff, "--no-cache"], root, environment)}
        git(root, "checkout", "-q", "HEAD~1")
        seconds(check, root, environment)  # as a job on the main branch does, whose cache is kept
        git(root, "checkout", "-q", "-")
        taken["the base known"] = seconds(diff, root, environment)
        taken["both known"] = seconds(diff, root, environment)
        floor = seconds(["git", "diff", "HEAD~1", "HEAD"], root, environment)
    for name, time_taken in taken.items():
        verdict = "ok" if time_taken <= TARGET else "MISSED"
        what = f"diff of {PROMPTS:,} changed prompts, {name}"
        print(f"{what}: {time_taken:.2f} s (target {TARGET:.0f} s: {verdict})")
    print(f"git diff of the same: {floor:.2f} s")


def git(root: Path, *arguments: str) -> None:
    """Run git in the scratch repository."""
    subprocess.run(["git", *arguments], cwd=root, check=True, stdout=subprocess.DEVNULL)


def seconds(command: list[str], root: Path, environment: dict[str, str]) -> float:
    """The wall-clock time of a command."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=root, env=environment, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit code {done.returncode}")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
