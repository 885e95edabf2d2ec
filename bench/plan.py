"""Measures `promptlint plan` on the example shop and on 500 prompts, with and without known results.

Usage: python bench/plan.py
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from corpus import write_prompts

FIXTURES = Path(__file__).parent.parent / "fixtures"
PROMPTS = 500
TARGETS = {
    "the example shop, nothing known": 1.0,
    "the example shop, results known": 1.0,
    f"{PROMPTS} prompts, results known": 10.0,
}


def main() -> None:
    """Time each case once cold, then once with the results of the check known."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        shutil.copytree(FIXTURES / "shop", root / "shop", ignore=shutil.ignore_patterns("*.expected.json"))
        write_prompts(root / "many", PROMPTS, 4_000)
        environment = {**os.environ, "PROMPTLINT_CACHE_DIR": str(root / "cache")}
        for name, folder in (("the example shop", "shop"), (f"{PROMPTS} prompts", "many")):
            for state in ("nothing known", "results known"):
                wall, processor = seconds(root / folder, environment)
                target = TARGETS.get(f"{name}, {state}")
                verdict = (
                    f" (target {target:.0f} s: {'ok' if wall <= target else 'MISSED'})" if target else ""
                )
                print(f"plan of {name}, {state}: {wall:.2f} s, {processor:.2f} s of processor{verdict}")


def seconds(folder: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Wall and processor time of one run."""
    before, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "promptlint", "plan", "."],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - before, after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime


if __name__ == "__main__":
    main()
