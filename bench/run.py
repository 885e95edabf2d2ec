"""Measures promptlint beside its peers and the floor, in one run, and prints a Markdown table.

Usage: python bench/run.py [--runs 10] [--quick]. Everything lives in bench/.work; each peer has an
environment of its own, because several install a command of our name. One that does not install is SKIPPED.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from corpus import prompt_text, token_script, write_prompts, write_python_tree

WORK = Path(__file__).parent / ".work"
ROOT = Path(__file__).parent.parent
PEERS = {  # distribution -> command that checks a file or folder
    "promptlint-cli": ["promptlint", "--file", "{path}"],
    "lintlang": ["lintlang", "scan", "{path}"],
    "promptproof": ["promptproof", "{path}"],
    "promptdoctor": ["promptdoctor", "{path}"],
}


@dataclass(frozen=True)
class Row:
    """One measurement: seconds of every run, the peak memory in MB, the target in seconds."""

    name: str
    seconds: list[float]
    memory: float
    target: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def environment(name: str, *packages: str) -> Path | None:
    """A virtual environment with `packages`, bytecode compiled; None if they do not install."""
    folder = WORK / "envs" / name
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        return None
    subprocess.run([str(python), "-m", "compileall", "-q", str(folder / "lib")], check=False)
    return folder / "bin"


def timed(name: str, command: list[str], runs: int, target: float | None = None, fresh: bool = False) -> Row:
    """Run `command` `runs` times; `fresh` removes the result cache before each run."""
    env = {**os.environ, "PROMPTLINT_CACHE_DIR": str(WORK / "cache"), "PROMPTLINT_BENCH": "1"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    seconds = []
    peak = 0.0
    for number in range(runs + 1):
        if fresh:
            shutil.rmtree(WORK / "cache", ignore_errors=True)
        start = time.perf_counter()
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        if number:  # the first run warms the disk
            seconds.append(time.perf_counter() - start)
            peak = max(peak, usage.ru_maxrss / 1024)
    return Row(name, seconds, peak, target)


def ours(bin_: Path, runs: int, files: dict[str, Path]) -> list[Row]:
    """promptlint's own rows, each with its target."""
    check = [str(bin_ / "promptlint"), "check", "--format", "concise"]
    rows = []
    for kind, path in files.items():
        target = 0.25 if kind in ("j2", "yaml") else 0.15
        rows.append(timed(f"one {kind} file, warm", [*check, str(path)], runs, target))
    for kind, path in files.items():
        rows.append(timed(f"one {kind} file, cold", [*check, str(path)], runs, 0.4, fresh=True))
    many = str(WORK / "many")
    rows.append(timed("1,000 prompt files, cold", [*check, many], max(3, runs), 2.5, fresh=True))
    rows.append(timed("1,000 prompt files, warm", [*check, many], runs, 0.4))
    tree = str(WORK / "tree")
    rows.append(timed("300,000 lines of Python, cold", [*check, tree], max(3, runs), 5.0, fresh=True))
    return rows


def peers(runs: int, path: Path) -> list[Row]:
    """What peers take for one file; they read formats and find things of their own, so compare with care."""
    rows = []
    for name, command in PEERS.items():
        bin_ = environment(name, name)
        if bin_ is None:
            print(f"SKIPPED {name}: does not install here", file=sys.stderr)
            continue
        words = [str(bin_ / command[0]), *(word.format(path=path) for word in command[1:])]
        rows.append(timed(f"{name}, one md file", words, runs))
    return rows


def prepare() -> dict[str, Path]:
    """Write the corpus once."""
    if not (WORK / "many").exists():
        size = write_prompts(WORK / "many", 1000, 2000)
        print(f"1,000 prompt files: {size / 1e6:.2f} MB", file=sys.stderr)
    if not (WORK / "tree").exists():
        lines = write_python_tree(WORK / "tree", Path(sysconfig.get_paths()["purelib"]), 300_000)
        print(f"Python tree: {lines:,} lines", file=sys.stderr)
    files = {}
    for kind in ("md", "txt", "py", "j2", "yaml"):
        number = {"md": 0, "txt": 4, "py": 9, "j2": 6, "yaml": 8}[kind]
        files[kind] = next((WORK / "many").rglob(f"p{number}.{kind}"))
    (WORK / "floor.py").write_text(token_script(sorted((WORK / "many").rglob("p*.*"))))
    (WORK / "floor_one.py").write_text(token_script([files["md"]]))
    assert prompt_text(0, 100)
    return files


def report(rows: list[Row], start: Row, floor: Row) -> str:
    """The table, with ratios to `import click` and to bare tokenization of the same text."""
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, "
        f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB, Python "
        f"{sys.version.split()[0]}; medians of {len(rows[0].seconds)} runs",
        "",
        "| what | median | target | x `import click` | x bare tokenization | peak MB |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        base = floor if "1,000" in row.name else rows[1]
        target = (
            "" if row.target is None else f"{'ok' if row.median <= row.target else 'MISSED'} {row.target:g} s"
        )
        lines.append(
            f"| {row.name} | {row.median * 1000:.0f} ms | {target} | {row.median / start.median:.1f} "
            f"| {row.median / base.median:.1f} | {row.memory:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="three runs, no peers")
    options = parser.parse_args()
    runs = 3 if options.quick else options.runs
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    shutil.rmtree(WORK / "cache", ignore_errors=True)
    bin_ = environment("promptlint", "--force-reinstall", "--no-deps", str(ROOT)) and environment(
        "promptlint", "-c", str(ROOT / "constraints.txt"), str(ROOT)
    )
    if bin_ is None:
        raise SystemExit("promptlint itself does not install")
    files = prepare()
    python = str(bin_ / "python")
    start = timed("python -c 'import click'", [python, "-c", "import click"], runs)
    one = timed("bare tokenization, one md file", [python, str(WORK / "floor_one.py")], runs)
    floor = timed("bare tokenization, 1,000 files", [python, str(WORK / "floor.py")], runs)
    rows = [start, one, floor, *ours(bin_, runs, files)]
    if not options.quick:
        rows += peers(runs, files["md"])
    print(report(rows, start, floor))


if __name__ == "__main__":
    main()
