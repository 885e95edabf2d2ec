"""Measures the three pre-commit hooks on the staged files of a usual commit, as pre-commit runs them.

Usage: python bench/hook.py
"""

from __future__ import annotations

import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import yaml

PROMPTS = 300
MODULES = 60
TIMES = 7
TARGET = 0.5  # seconds, each hook
HOOKS = Path(__file__).parents[1] / ".pre-commit-hooks.yaml"
ORDER = ("promptlint-fix", "promptlint", "promptlint-budget")
"""As `promptlint init` puts them down."""

ALL = "all three, one after the other, as in a commit"

CONFIG = '[budget]\n"**" = 150\n"prompts/p0.md" = 100\n'
RULES = (
    "Never share the password of a customer.",
    "Answer in the language of the customer.",
    "Name at most three products, each with its price.",
    "If the order is late, say when it will arrive.",
    "Refunds above 200 dollars need a manager.",
)


def prompt(number: int, edition: int) -> str:
    """A prompt of about 120 tokens with nothing to repair; it neither grows nor shrinks."""
    rules = "\n".join(f"- {rule} See case {case}." for case, rule in enumerate(RULES * 2))
    return f"You are assistant {number:03} of a shop that sells tents.\n\n{rules}\n\nUse form {edition:03}.\n"


def module(number: int, edition: int) -> str:
    """A module of 40 lines without a prompt."""
    body = "".join(f"    total += price * {line} + {edition}\n" for line in range(36))
    return f"def total_{number}(price: int) -> int:\n    total = 0\n{body}    return total\n"


def python(number: int, edition: int) -> str:
    """A module that holds a prompt."""
    return f'{module(number, edition)}\n\nSYSTEM_PROMPT = """\\\n{prompt(number, edition)}"""\n'


def data(number: int, edition: int) -> str:
    """A data file that holds a prompt."""
    lines = "".join(f"  {line}\n" if line else "\n" for line in prompt(number, edition).splitlines())
    return f"model: gpt-4o\nsystem_prompt: |\n{lines}"


KINDS = (("prompts/p{}.md", prompt), ("shop/agent_{}.py", python), ("agents/a{}.yaml", data))
STAGED = (0, 1)  # a prompt in Markdown, one in Python
CODE = (0, 1, 2)


def written(root: Path, edition: int, prompts: Sequence[int], modules: Sequence[int]) -> list[str]:
    """Write an edition of these files; their names."""
    names = []
    for number in prompts:
        name, make = KINDS[number % len(KINDS)]
        names.append(name.format(number))
        (root / names[-1]).write_text(make(number, edition))
    for number in modules:
        names.append(f"shop/module_{number}.py")
        (root / names[-1]).write_text(module(number, edition))
    return names


def main() -> None:
    """Make a repository, stage commits, time each hook and what nobody can go below."""
    with tempfile.TemporaryDirectory() as place:
        root, cache = Path(place) / "repository", Path(place) / "cache"
        environment = {**os.environ, "PROMPTLINT_CACHE_DIR": str(cache)}
        every = committed(root)
        for entry in commands().values():
            seconds([*entry, *every], root, environment)
        staged, taken = measured(root, cache, environment)
        bare = median([sys.executable, "-c", "pass"], root, environment)
        diff = median(["git", "diff", "--cached"], root, environment)
    print(f"{staged} staged files of {len(every):,}, {PROMPTS} prompts; medians of {TIMES} runs\n")
    for what, times in taken.items():
        found = statistics.median(times)
        verdict = "" if what == ALL else f", target {TARGET} s: {'ok' if found <= TARGET else 'MISSED'}"
        print(f"{what:<51} {found:.2f} s ({found / bare:.0f} times a bare Python{verdict})")
    print(f"{'python -c pass':<51} {bare:.3f} s")
    print(f"{'git diff --cached':<51} {diff:.3f} s")


def committed(root: Path) -> list[str]:
    """Make the repository; the names of its files."""
    for folder in ("prompts", "shop", "agents"):
        (root / folder).mkdir(parents=True)
    git(root, "init", "-q")
    (root / "promptlint.toml").write_text(CONFIG)
    every = written(root, 0, range(PROMPTS), range(MODULES))
    git(root, "add", "-A")
    git(root, "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-qm", "first")
    return every


def measured(root: Path, cache: Path, environment: dict[str, str]) -> tuple[int, dict[str, list[float]]]:
    """The staged files of each commit, and the times of what is run on them, by what it is."""
    filled = cache.with_name("filled")
    shutil.copytree(cache, filled)
    entries = commands()
    taken: dict[str, list[float]] = {}
    for edition in range(1, TIMES + 1):
        staged = written(root, edition, STAGED, CODE)
        git(root, "add", "-A")
        for name, entry in entries.items():
            renewed(cache, filled)
            for state in ("changed files new to the cache", "all files in the cache"):
                times = taken.setdefault(f"{name}, {state}", [])
                times.append(seconds([*entry, *staged], root, environment))
        renewed(cache, filled)
        whole = sum(seconds([*entry, *staged], root, environment) for entry in entries.values())
        taken.setdefault(ALL, []).append(whole)
    return len(staged), taken


def commands() -> dict[str, list[str]]:
    """What pre-commit would run for each hook, without the files."""
    hooks = {hook["id"]: hook for hook in yaml.safe_load(HOOKS.read_text())}
    found = {}
    for name in ORDER:
        program, *words = shlex.split(hooks[name]["entry"])
        found[name] = [str(Path(sys.executable).parent / program), *words, *hooks[name].get("args", ())]
    return found


def renewed(cache: Path, filled: Path) -> None:
    """Make the cache what it was before the commit."""
    shutil.rmtree(cache)
    shutil.copytree(filled, cache)


def git(root: Path, *arguments: str) -> None:
    """Run git in the scratch repository."""
    subprocess.run(["git", *arguments], cwd=root, check=True, stdout=subprocess.DEVNULL)


def median(command: list[str], root: Path, environment: dict[str, str]) -> float:
    """The median of several runs."""
    return statistics.median(seconds(command, root, environment) for _ in range(TIMES))


def seconds(command: list[str], root: Path, environment: dict[str, str]) -> float:
    """The wall-clock time of a command; a prompt over its budget is a finding, so it may exit with 1."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command[:3]}: exit code {done.returncode}\n{done.stderr}")
    return taken


if __name__ == "__main__":
    main()
