"""Runs action.yml and the reusable workflows here as a runner would, against hosts on loopback.

python scripts/try_action.py                 all scenarios, a line each; exits 1 if one does not hold
python scripts/try_action.py --only fork     those with this word in their name
python scripts/try_action.py --keep FOLDER   leaves every job's folders there to be looked at

Scripts run in real bash, in checkouts of a scratch repository. pip installs this tree for the first scenario,
and the others use that. The actions of others are not run: something simple stands in for each
(scripts/ci/world.py). The template for GitLab runs as well.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "ci"))

from history import snapshot
from places import Places
from scenarios import SCENARIOS
from world import ROOT


def main() -> int:
    """Run the scenarios; 1 if one does not hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", metavar="WORD", help="those with this word in their name")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the folders there")
    given = parser.parse_args()
    folder = given.keep.resolve() if given.keep else Path(tempfile.mkdtemp(prefix="promptlint-action-"))
    try:
        return _all(folder, given.only)
    finally:
        if not given.keep:
            shutil.rmtree(folder)


def _all(folder: Path, word: str) -> int:
    tool = folder / "tool"
    snapshot(ROOT, tool)
    places, bad = Places(folder, tool), 0
    for name, scenario in SCENARIOS.items():
        if word not in name:
            continue
        began = time.perf_counter()
        try:
            said, good = scenario(places, folder / name), True
        except AssertionError as error:
            said, good = str(error) or "an assertion does not hold", False
        bad += not good
        print(
            f"{'ok  ' if good else 'FAIL'} {name} ({time.perf_counter() - began:.1f} s): {said}", flush=True
        )
    print(f"{bad} of the scenarios do not hold" if bad else "all hold")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
