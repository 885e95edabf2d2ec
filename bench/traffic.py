"""Measures how fast and in how much memory logs are read, against DuckDB's own scan of the same file.

Usage: python bench/traffic.py [LOG.jsonl] [--times N] [--spark]

Without a log, one of 1 GB is made. `--times 10` reads it ten times over, as ten files: 10 GB, on which memory
must not depend (each call is then delivered ten times, and counts once). Seconds are of the wall; processor
seconds, of all processes, stand beside them, as a machine that others use makes the first kind unsure.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = os.sysconf("SC_PAGE_SIZE")
SLOWER, MEMORY = 3.0, 1024
"""Targets: times DuckDB's scan, and MB."""

PLAIN = """
import duckdb, sys
c = duckdb.connect(config={"threads": 2, "memory_limit": "900MB"})
columns = {"timestamp": "DOUBLE", "conversation_id": "VARCHAR", "latency_ms": "DOUBLE",
  "request": "STRUCT(model VARCHAR, messages STRUCT(role VARCHAR, content VARCHAR)[])",
  "response": "STRUCT(id VARCHAR, model VARCHAR, choices STRUCT(message STRUCT(content VARCHAR))[], "
    "usage STRUCT(prompt_tokens BIGINT, completion_tokens BIGINT))"}
numbers = "count(*), sum(response.usage.prompt_tokens), count(DISTINCT conversation_id)"
texts = ", sum(list_sum(list_transform(request.messages, lambda m: length(m.content))))"
texts += ", sum(length(response.choices[1].message.content))"
hashes = ", max(list_transform(request.messages, lambda m: md5(m.content)))"
more = {"numbers": "", "texts": texts, "hashes": texts + hashes}[sys.argv[2]]
print(c.execute(f"SELECT response.model, {numbers}{more} FROM read_json(?, format='newline_delimited', "
  f"columns={columns}) GROUP BY 1", [sys.argv[1].split(",")]).fetchall()[0][1])
"""

OURS = """
import sys
from pathlib import Path
from promptlint.traffic.engines import Options, opened
from promptlint.traffic.settings import Settings
if __name__ == "__main__":
    options = Options(engine=sys.argv[2], master="local[2]", jobs=2)
    with opened([Path(name) for name in sys.argv[1].split(",")], Settings(b"bench", 2e9), options) as engine:
        found = engine.query("SELECT model, count(*) AS n, sum(input_tokens) AS i, sum(usd_nano) AS usd, "
          "count(DISTINCT conversation_id) AS c FROM calls GROUP BY model ORDER BY model")
        print(sum(found.column("n").to_pylist()), sum(found.column("usd").to_pylist()))
"""


def main() -> None:
    """Make the log if there is none, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", nargs="?", type=Path)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--spark", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        log = given.log or made(Path(place) / "log.jsonl")
        files = [log]
        for number in range(1, given.times):  # links: the disk need not hold ten copies
            other = Path(place) / f"log{number}.jsonl"
            other.symlink_to(log.resolve())
            files.append(other)
        names = ",".join(map(str, files))
        size = log.stat().st_size * given.times
        load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        print(f"{size / 1e9:.2f} GB, {given.times} file(s), {load}")
        Path(place, "plain.py").write_text(PLAIN)
        Path(place, "ours.py").write_text(OURS)
        if given.times == 1:
            for what in ("numbers", "texts", "hashes"):
                told(f"DuckDB's own scan, {what}", measured([f"{place}/plain.py", names, what]))
        ours = measured([f"{place}/ours.py", names, "duckdb"])
        told("promptlint, DuckDB", ours)
        if given.spark:
            told("promptlint, Spark local[2]", measured([f"{place}/ours.py", names, "spark"]))


def made(path: Path) -> Path:
    """A log of 1 GB."""
    subprocess.run([sys.executable, ROOT / "scripts/make_traffic.py", path, "--calls", "292000"], check=True)
    return path


def measured(command: list[str]) -> tuple[float, float, float, str]:
    """Wall seconds, processor seconds, the most MB of all processes at once, and what was printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    most, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            most[0] = max(most[0], memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    printed, _ = process.communicate()
    wall = time.perf_counter() - begin
    done.set()
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if process.returncode:
        raise SystemExit(f"failed: {' '.join(command)}")
    return wall, used, most[0], printed.strip()


def memory(pid: int) -> float:
    """MB that a process and all below it hold, shared pages once (proportional set size)."""
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) / 1024
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, ValueError):
            continue
    return total


def told(name: str, found: tuple[float, float, float, str]) -> None:
    wall, used, most, printed = found
    print(f"{name:32} {wall:7.2f} s wall {used:7.2f} s processor {most:6.0f} MB   {printed}", flush=True)


if __name__ == "__main__":
    main()
