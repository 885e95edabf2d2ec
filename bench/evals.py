"""Measures `promptlint eval`: 10,000 replayed cases, and how well calls to a slow server overlap.

Usage: python bench/evals.py
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from promptlint.evals import prompting, recording, suite
from promptlint.evals.exchange import Reply, Request, Usage
from promptlint.evals.folder import Folder

CASES = 10_000
SECONDS, MEGABYTES = 10.0, 300.0

CALLS, AT_ONCE, LATENCY = 500, 32, 0.1
OVERHEAD = 1.15
RUNS = 3

LABELS = ("billing", "bug", "delivery", "other")
RULES = (
    "Answer with the label alone, in lower case.",
    "A charge, an invoice or a refund is billing, even if the customer is angry.",
    "An error of the app or the site is bug; a late or lost parcel is delivery.",
    "If two labels fit, take the one that the customer names first.",
)
SERVER = Path(__file__).resolve().parent.parent / "tests" / "evals_providers" / "server.py"


def main() -> None:
    """Make both suites and time them."""
    with tempfile.TemporaryDirectory() as place:
        environment = {**os.environ, "PROMPTLINT_CACHE_DIR": f"{place}/cache"}
        for candidate in (False, True):
            replay(Path(place) / f"replay{candidate:d}", environment, candidate)
        overlap(Path(place) / "calls", environment)


def replay(root: Path, environment: Mapping[str, str], candidate: bool) -> None:
    """All cases from a recording; with a candidate twice as many answers, and the gate."""
    file = written(root, CASES, {"kind": "replay", "recording": "answers.jsonl"}, candidate)
    record(root, file)
    ran = run(file, {**environment, "PROMPTLINT_DATA_DIR": f"{root}/data"})
    what = f"{CASES:,} replayed cases{', two prompts' if candidate else ''}"
    took, used = f"{ran.seconds:.2f} s, {ran.processor:.2f} s of them on the processor", ran.megabytes
    print(f"{what}: {took} (target {SECONDS:.0f} s: {verdict(ran.seconds <= SECONDS)})")
    print(f"{what}: {used:.0f} MB (target {MEGABYTES:.0f} MB: {verdict(used <= MEGABYTES)})")


def overlap(root: Path, environment: Mapping[str, str]) -> None:
    """Calls to a server that takes its time, each answer stored; the median of some runs."""
    ideal = math.ceil(CALLS / AT_ONCE) * LATENCY
    taken = []
    with server(LATENCY) as url:
        for number in range(RUNS):
            provider = {"kind": "openai", "base_url": url, "model": "small", "concurrency": AT_ONCE}
            file = written(root / str(number), CALLS, provider, candidate=False)
            out = run(file, {**environment, "PROMPTLINT_DATA_DIR": f"{root}/{number}/data"}).document
            assert out["calls"] == CALLS, out["calls"]
            taken.append(float(str(out["seconds"])))
    share = statistics.median(taken) / ideal
    what = f"{CALLS} calls of {1000 * LATENCY:.0f} ms, {AT_ONCE} at once"
    took = f"{statistics.median(taken):.2f} s, {share:.2f}x the ideal {ideal:.2f} s"
    print(f"{what}: {took} (target {OVERHEAD}x: {verdict(share <= OVERHEAD)})")


def verdict(met: bool) -> str:
    """What is said of a target."""
    return "ok" if met else "MISSED"


def written(root: Path, count: int, provider: Mapping[str, object], candidate: bool) -> Path:
    """A suite of so many cases in a folder of its own."""
    (root / "prompts").mkdir(parents=True)
    (root / "promptlint.toml").write_text("")
    for name, rules in (("tickets", RULES), ("short", RULES[:-1])):
        text = "\n".join(
            ("You sort the mail of a shop.", "", *(f"- {rule}" for rule in rules), "", "{{ticket}}")
        )
        (root / "prompts" / f"{name}.md").write_text(text + "\n")
    tests = [
        {
            "vars": {"ticket": f"Order {number}: {'the parcel is late again. ' * 8}"},
            "assert": [{"type": "label", "value": LABELS[number % 4], "config": {"labels": LABELS}}],
        }
        for number in range(count)
    ]
    content = {"prompt": "prompts/tickets.md", "provider": provider, "margin": 0.03, "tests": tests}
    if candidate:
        content["candidate"] = "prompts/short.md"
    (root / "suite.json").write_text(json.dumps(content))
    return root / "suite.json"


def record(root: Path, file: Path) -> None:
    """Record an answer to each request of a suite; one in twenty is wrong."""
    header = recording.Header("openai", "gpt-4o-mini", parameters={"temperature": 0})
    (root / "answers.jsonl").write_text("")  # what the suite names must be there
    loaded = suite.load(file, root)
    items = []
    for prompt in filter(None, (loaded.prompt, loaded.candidate)):
        template = prompting.template(prompt, Folder(root.resolve(), root.resolve()))
        for number, messages in enumerate(prompting.conversations(template, loaded.cases)):
            label = LABELS[(number + (number % 20 == 0)) % 4]
            reply = Reply(label, usage=Usage(180, 2), latency=400.0, model="gpt-4o-mini", finish="stop")
            items.append((Request(header.model, messages, header.parameters), reply))
    recording.write(root / "answers.jsonl", header, items)


@dataclass(frozen=True)
class Ran:
    """A finished run: wall time and processor time in seconds, peak megabytes, and what it printed."""

    seconds: float
    processor: float
    megabytes: float
    document: Mapping[str, object]


def run(file: Path, environment: Mapping[str, str]) -> Ran:
    """Run `promptlint eval` on a suite."""
    command = [sys.executable, "-m", "promptlint", "eval", str(file), "--anyway", "--format", "json"]
    out = file.with_name("out.json")
    start = time.perf_counter()
    with out.open("w") as stream:
        process = subprocess.Popen(command, cwd=file.parent, env=environment, stdout=stream)
        _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1, 4):
        raise SystemExit(f"{command}: exit code {process.returncode}")
    document = json.loads(out.read_text())
    assert document["cases"] == len(json.loads(file.read_text())["tests"]), document["reasons"]
    return Ran(taken, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, document)


@contextmanager
def server(latency: float) -> Iterator[str]:
    """The address of a server that answers with what it was asked, after some seconds."""
    command = [sys.executable, str(SERVER), "--port", "0", "--latency-ms", str(1000 * latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield f"http://127.0.0.1:{json.loads(running.stdout.readline())['port']}/v1"
        finally:
            running.terminate()


if __name__ == "__main__":
    main()
