"""Measures what each rule costs beside tokenization of the same text, in one process.

Usage: python bench/rules.py [--rounds 3] [PATH ...]. Without paths it reads the fixtures, the labelled set
and the texts of the other benchmarks. What several rules share (contract, statements) counts for the rule
that asks first: the sum is what matters. The sum is processor time; of the rounds the fastest counts.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from corpus import write_prompts

from promptlint import run, tokens
from promptlint.extract import extract
from promptlint.lint import Settings, basics
from promptlint.model import Prompt
from promptlint.view import View
from promptlint.workspace import Request, workspace

ROOT = Path(__file__).parent.parent
TARGET = 3.0  # times the tokenization of the same text

Checked = tuple[Prompt, Settings]


def prompts(request: Request) -> list[Checked]:
    """Every prompt that the request names, with the settings of its file."""
    space = workspace(request)
    found, _, _ = run.sources(request, space)
    return [
        (prompt, settings)
        for path, source in found
        for settings in (space.settings(path, source.path),)
        for prompt in extract(source, settings.options).prompts
    ]


def measured(checked: list[Checked]) -> dict[str, float]:
    """Seconds by rule, of the tokenization ("") and of all together ("all": outline and rules)."""
    spent: dict[str, float] = defaultdict(float)
    encode = tokens._load("o200k_base").encode_ordinary
    for prompt, settings in checked:
        start = time.process_time()
        encode(prompt.text)
        spent[""] += time.process_time() - start
        count = partial(tokens.count, tokenizer=basics(prompt, settings.config).tokenizer)
        view = View(prompt, count)
        start, tick = time.process_time(), time.perf_counter()
        view.blocks  # noqa: B018
        spent["outline"] += time.perf_counter() - tick
        for rule in settings.rules:
            if rule.check is not None:
                tick = time.perf_counter()
                for _ in rule.check(view, rule.params):
                    pass
                spent[rule.card.code] += time.perf_counter() - tick
        spent["all"] += time.process_time() - start
    return spent


def main() -> None:
    """Measure and print a Markdown table, the dearest rule first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        paths = options.paths
        if not paths:
            write_prompts(Path(place), 200, 1_000)
            paths = [ROOT / "fixtures", ROOT / "tests" / "data" / "labelled" / "cases", Path(place)]
        checked = [each for path in paths for each in prompts(Request(paths=(path.resolve(),)))]
    rounds = [measured(checked) for _ in range(options.rounds)]
    floor = min(spent[""] for spent in rounds)
    best = {name: min(spent[name] for spent in rounds) for name in rounds[0] if name}
    total = best.pop("all")
    size = sum(len(prompt.text) for prompt, _ in checked)
    print(f"{len(checked):,} prompts, {size:,} characters; tokenization {floor * 1e3:.0f} ms\n")
    print("| rule | ms | times tokenization |\n|---|---:|---:|")
    for name, seconds in sorted(best.items(), key=lambda item: -item[1]):
        print(f"| {name} | {seconds * 1e3:.1f} | {seconds / floor:.2f} |")
    verdict = "ok" if total <= TARGET * floor else "MISSED"
    print(f"| all | {total * 1e3:.0f} | {total / floor:.2f} (target {TARGET:g}: {verdict}) |")


if __name__ == "__main__":
    main()
