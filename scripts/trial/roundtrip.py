"""Takes every file of a checkout through promptlint and back: nothing may be lost, misread, crash or hang.

Usage: python scripts/trial/roundtrip.py PATH... [--json FILE] [--jobs 2] [--no-fix]

For each file that promptlint reads: written back without an edit it has the same bytes; every TEXT run says
what the container's own parser reads there; every fix of `fix --unsafe` is applied and proven, or refused
with a reason, and a second run finds nothing more to do. Beyond that, words of some prompts are edited
("probed"). Prints a table and every fault; the exit code is 1 if there is one.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from multiprocessing.pool import Pool
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from probe import probe
from readback import read_back
from shape import shape
from trees import EXTRACT_SECONDS, Job, TooSlowError, jobs, limit, read

from promptlint import cards, config, files, fix, lint
from promptlint.errors import SourceError
from promptlint.extract import extract, kind_of
from promptlint.model import Extraction, Passed, Problem, Reference, Safety, Source

FIX_SECONDS = 60.0


@dataclass(slots=True)
class Outcome:
    """What one file gave; `seconds` is of its extraction, `faults` are sentences."""

    path: str
    kind: str
    prompts: int = 0
    runs: int = 0
    unread: int = 0
    applied: int = 0
    refused: list[str] = field(default_factory=list)
    probed: int = 0
    unspelt: int = 0
    unproven: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    mismatches: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


# --- one file -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trial:
    """What a file is put through; `extract` is promptlint's, unless the harness itself is on trial."""

    fixes: bool = True
    seconds: float = EXTRACT_SECONDS
    extract: Callable[[Source], Extraction] = extract


def examine(job: Job, trial: Trial = Trial()) -> Outcome:
    """All laws on one file; a crash or a hang is a fault of it."""
    kind = kind_of(job.shown)
    outcome = Outcome(job.shown, kind.value if kind else "")
    try:
        source = read(job)
    except SourceError as error:
        outcome.problems.append(error.problem.code)
        return outcome
    try:
        start = time.process_time()
        with limit(trial.seconds):
            extraction = trial.extract(source)
        outcome.seconds = time.process_time() - start
        with limit(FIX_SECONDS):
            _laws(job, source, extraction, outcome)
            if extraction.prompts and trial.fixes and not outcome.mismatches:
                _fixed(job, source, outcome)
                _probed(source, extraction, outcome)
    except TooSlowError:
        late = f"{trial.seconds:g} s to extract" if not outcome.seconds else f"{FIX_SECONDS:g} s to fix"
        outcome.faults.append(f"hang: more than {late}")
    except Exception as error:  # a crash is what we look for
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}:{frame.lineno}"
        outcome.faults.append(f"crash: {type(error).__name__}: {str(error)[:200]} ({where})")
    return outcome


def _laws(job: Job, source: Source, extraction: Extraction, outcome: Outcome) -> None:
    _unchanged(job, source, bool(extraction.prompts), outcome)
    outcome.problems += [problem.code for problem in extraction.problems]
    said: list[Problem | Passed | Reference] = [*extraction.problems, *extraction.passed]
    said += extraction.references
    outcome.faults += [f"outside of the file: {each}" for each in said if each.span.end > len(source.text)]
    outcome.prompts = len(extraction.prompts)
    reading = read_back(source, extraction.prompts)
    outcome.runs, outcome.unread = reading.runs, reading.unread
    outcome.mismatches += reading.wrong


def _unchanged(job: Job, source: Source, whole: bool, outcome: Outcome) -> None:
    data = (job.root / job.shown).read_bytes()
    if source.text.encode() != data:
        outcome.faults.append("written back without an edit, the bytes are others")
    if whole:  # through the real writer only where something is written at all
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "copy"
            files.write(copy, source.text, None)
            if copy.read_bytes() != data:
                outcome.faults.append("the writer changes bytes")


@cache
def _settings(root: Path) -> lint.Settings:
    chosen = config.override(config.Config(root), extend_select=("ALL",))
    return lint.settings(chosen, cards.load_cards(), (), frozenset())


def _fixed(job: Job, source: Source, outcome: Outcome) -> None:
    settings = _settings(job.root)
    done = fix.fix_source(source, settings, Safety.UNSAFE)
    outcome.applied = len(done.applied)
    outcome.refused = [f"{item.finding.code}: {item.reason}" for item in done.refused]
    if not done.converged:
        outcome.faults.append(f"fixes were still found after {fix.ROUNDS} rounds")
    if done.text == source.text:
        return
    new = replace(source, text=done.text)
    again = fix.fix_source(new, settings, Safety.UNSAFE)
    if again.text != done.text:
        codes = sorted({item.code for item in again.applied})
        outcome.faults.append(f"a second fix changes more: {', '.join(codes)}")
    if shape(source) != shape(new):
        outcome.faults.append("a fix changed what the file is besides its strings")
    reading = read_back(new, extract(new).prompts)
    outcome.mismatches += [f"after the fixes: {fault}" for fault in reading.wrong]


def _probed(source: Source, extraction: Extraction, outcome: Outcome) -> None:
    probed = probe(source, extraction.prompts)
    outcome.probed, outcome.unspelt, outcome.unproven = probed.tried, probed.unspelt, probed.refused
    outcome.mismatches += probed.wrong


# --- one tree -------------------------------------------------------------------------------


def tree(root: Path, pool: Pool, trial: Trial) -> list[Outcome]:
    """What all files below `root` gave, each read as the other files say of it."""
    return list(pool.imap(partial(examine, trial=trial), jobs(root, pool), chunksize=4))


# --- telling --------------------------------------------------------------------------------

_COLUMNS = (
    "tree",
    "files",
    "with prompts",
    "prompts",
    "runs",
    "unread",
    "mismatches",
    "applied",
    "refused",
    "probed",
    "unspelt",
    "unproven",
    "faults",
    "slowest s",
)


def row(name: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """A line of the table."""
    values = (
        len(outcomes),
        sum(each.prompts > 0 for each in outcomes),
        sum(each.prompts for each in outcomes),
        sum(each.runs for each in outcomes),
        sum(each.unread for each in outcomes),
        sum(len(each.mismatches) for each in outcomes),
        sum(each.applied for each in outcomes),
        sum(len(each.refused) for each in outcomes),
        sum(each.probed for each in outcomes),
        sum(each.unspelt for each in outcomes),
        sum(len(each.unproven) for each in outcomes),
        sum(len(each.faults) for each in outcomes),
    )
    slowest = max((each.seconds for each in outcomes), default=0.0)
    return (name, *(f"{value:,}" for value in values), f"{slowest:.2f}")


def table(rows: Sequence[Sequence[str]], columns: Sequence[str] = _COLUMNS) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(columns)} |", f"|---|{'--:|' * (len(columns) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(each)} |" for each in rows)])


def by_kind(outcomes: Sequence[Outcome]) -> str:
    """The same counts by kind of file."""
    kinds = sorted({each.kind for each in outcomes})
    rows = [row(kind, [each for each in outcomes if each.kind == kind]) for kind in kinds]
    return table(rows, ("kind", *_COLUMNS[1:]))


def told(path: Path, outcomes: Sequence[Outcome]) -> list[str]:
    """A line for everything that is wrong."""
    return [f"{path}/{each.path}: {fault}" for each in outcomes for fault in (*each.faults, *each.mismatches)]


def main() -> None:
    """Run, print, and exit with 1 if something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--json", type=Path, help="write everything that was found here")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-fix", action="store_true", help="read only")
    options = parser.parse_args()
    found: dict[str, list[Outcome]] = {}
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        for path in options.paths:
            found[str(path)] = tree(path, pool, Trial(fixes=not options.no_fix))
            print(" ".join(row(path.name, found[str(path)])), file=sys.stderr)
            print("".join(f"  {fault}\n" for fault in told(path, found[str(path)])), end="", file=sys.stderr)
    everything = [each for outcomes in found.values() for each in outcomes]
    rows = [row(Path(path).name, outcomes) for path, outcomes in found.items()]
    print(table([*rows, row("total", everything)]), end="\n\n")
    print(by_kind(everything), end="\n\n")
    for path, outcomes in found.items():
        for each in outcomes:
            for reason in each.refused:
                print(f"refused: {path}/{each.path}: {reason}")
            for reason in each.unproven:
                print(f"unproven: {path}/{each.path}: {reason}")
    bad = [fault for path, outcomes in found.items() for fault in told(Path(path), outcomes)]
    print("\n".join(bad))
    if options.json:
        data = {path: [asdict(each) for each in outcomes] for path, outcomes in found.items()}
        options.json.write_text(json.dumps(data, indent=1), encoding="utf-8")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
