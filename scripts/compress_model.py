"""Compresses prompts with the small local model as judge, and writes what came of it as a table.

    python scripts/local_model.py serve --batched --port 8080 &
    python scripts/compress_model.py --base-url http://127.0.0.1:8080/v1            every task
    python scripts/compress_model.py --base-url ... --task support --record         and its recording

Answers are kept in `.model/answers` as soon as they come: a run that was ended goes on where it stopped. What
each task came to is kept in `.model/compress.json`; `--table` prints all of it and asks nobody.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "suites"))

import local_model
import public_tasks

from promptlint.compress import files, gated, judging, passes, suites
from promptlint.compress.tasks import Result, Task
from promptlint.compression import Compression
from promptlint.config import root_of
from promptlint.evals import recording
from promptlint.evals import suite as loading
from promptlint.evals.folder import Folder
from promptlint.evals.model import Provider, Suite
from promptlint.evals.progress import SILENT
from promptlint.evals.providers.keys import Keys
from promptlint.evals.recording import Header
from promptlint.evals.session import Setting
from promptlint.evals.store import Store
from promptlint.records import dataclass

FIXTURES = Path(__file__).parent.parent / "fixtures"
EVALS = FIXTURES / "evals"
_ENDING = ".compress"


@dataclass(frozen=True, slots=True)
class Job:
    """What is compressed: the prompt, the suite, the longest answer in tokens, the search's budget of calls.

    Of its cases the first `first` are taken; None: all.
    """

    target: str
    suite: Path
    most: int
    calls: int | None = None
    first: int | None = None


def public(task: public_tasks.Public, home: Path) -> Job:
    """A task of a published package."""
    target, suite = public_tasks.write(task, home)
    return Job(target, suite, task.most, 700)


def jobs(home: Path) -> dict[str, Callable[[], Job]]:
    """Every task by name; a published one is downloaded when it is asked for."""
    prompt = str(FIXTURES / "shop" / "prompts" / "support_assistant.md")
    tickets = str(EVALS / "prompts" / "tickets.md")
    return {
        "support": lambda: Job(prompt, EVALS / "support.compress.yaml", 72, 1750),
        **{task.name: lambda task=task: public(task, home / "public") for task in public_tasks.TASKS},  # type: ignore[misc]
        "tickets": lambda: Job(tickets, EVALS / "tickets.compress.yaml", 6, 700),
        "invoices": lambda: Job(str(EVALS / "prompts" / "invoices.md"), EVALS / "invoices.yaml", 64, 700),
        "too-small": lambda: Job(tickets, EVALS / "tickets.compress.yaml", 6, first=40),
    }


def compressed(job: Job, base_url: str, store: Store) -> tuple[Result, Compression]:
    """Search and prove, with the model at `base_url`."""
    found = files.found(job.target)
    root = root_of(job.suite.parent.resolve())
    if job.suite.stem.endswith(_ENDING) and not recorded(job).exists():  # a suite without it is refused
        recording.write(recorded(job), Header("openai", local_model.ALIAS), [])
    loaded = loading.load(job.suite, root)
    task = Task(
        ground=found.ground,
        proposals=judging.judged(found.ground, passes.ideas(found.ground)).proposals,
        suite=_live(loaded, job, base_url),
        setting=Setting(Folder(root, job.suite.parent.resolve()), Keys.of({}, None), SILENT, store=store),
        most_calls=job.calls,
    )
    result = suites.compressed(task, lambda each: print(each, flush=True))
    return result, gated.told(found.file, found.ground, result).document


def recorded(job: Job) -> Path:
    """The recording of a task of fixtures/evals."""
    return EVALS / "recordings" / f"{job.suite.stem.removesuffix(_ENDING)}{_ENDING}.jsonl"


def _live(found: Suite, job: Job, base_url: str) -> Suite:
    """The suite with the model in place of a recording."""
    parameters = {"temperature": 0.0, "max_tokens": job.most, "seed": 7}
    provider = Provider(
        "openai", local_model.ALIAS, base_url, parameters=parameters, timeout=1800.0, concurrency=16
    )
    return replace(found, provider=provider, cases=found.cases[: job.first])


def row(result: Result, doc: Compression, seconds: float) -> dict[str, object]:
    """What the table says of a run."""
    shown = result.proof.shown if result.proof else None
    at = result.proof.judged.index(shown) if result.proof and shown else None
    return {
        "tokens": [doc.before.tokens, doc.after.tokens],
        "verdict": doc.verdict,
        "reasons": list(doc.reasons),
        "search_cases": result.estimate.search_cases,
        "proof_cases": result.estimate.proof_cases,
        "score": None if at is None else result.proven[at].score,
        "difference": shown.verdict.difference if shown else None,
        "interval": list(shown.verdict.interval) if shown and shown.verdict.interval else None,
        "alpha": shown.alpha if shown else None,
        "finalist": None if at is None else at + 1,
        "finalists": result.proof.finalists if result.proof else 0,
        "margin": result.estimate.why_not or shown.verdict.margin if shown else None,
        "search_score": result.search_score,
        "search_calls": result.calls,
        "calls": result.spent.calls,
        "cached": result.spent.cached,
        "lost_items": len(doc.contract_losses),
        "halted": result.found.halted if result.found else result.why_not,
        "seconds": round(seconds),
        "text": doc.text,
    }


def table(rows: dict[str, dict[str, object]]) -> str:
    """The rows as Markdown."""
    lines = [
        "| prompt | cases: search, proof | tokens | change | verdict | score before | difference, interval |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, each in rows.items():
        before, after = each["tokens"]  # type: ignore[misc]
        change = f"{100 * (after - before) / before:+.1f} %"  # type: ignore[has-type]
        score = "-" if each["score"] is None else f"{100 * float(each['score']):.1f} %"  # type: ignore[arg-type]
        moved = "-"
        if each["difference"] is not None and each["interval"]:
            low, high = each["interval"]  # type: ignore[misc]
            moved = f"{100 * float(each['difference']):+.1f}, {100 * low:+.1f} to {100 * high:+.1f}"  # type: ignore[arg-type, has-type]
        lines.append(
            f"| {name} | {each['search_cases']}, {each['proof_cases']} | {before:,} -> {after:,} | {change} "  # type: ignore[has-type]
            f"| {each['verdict']} | {score} | {moved} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the tasks, one after the other, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--base-url", help="of the server")
    parser.add_argument("--task", action="append", help="all, if none is named")
    parser.add_argument("--record", action="store_true", help="write its answers as a recording")
    parser.add_argument("--threads", default="1", help="of the server, for the note in a recording")
    parser.add_argument("--work", type=Path, default=local_model.HOME, help="where answers are kept")
    parser.add_argument("--table", action="store_true", help="print what is known")
    given = parser.parse_args()
    home: Path = given.work
    home.mkdir(exist_ok=True)
    kept = home / "compress"
    kept.mkdir(exist_ok=True)
    every = jobs(home)
    for name in () if given.table else given.task or every:
        started = time.monotonic()
        with Store(home / "answers") as store:
            job = every[name]()
            result, doc = compressed(job, given.base_url, store)
        found = row(result, doc, time.monotonic() - started)
        (kept / f"{name}.json").write_text(json.dumps(found, indent=1))
        print(f"{name}: {doc.message}; {doc.reasons}", flush=True)
        if given.record and result.header is not None and job.suite.is_relative_to(EVALS):
            header = replace(result.header, note=local_model.note(given.threads))
            recording.write(recorded(job), header, result.exchanges)
    known = {name: kept / f"{name}.json" for name in every}
    print(table({name: json.loads(path.read_text()) for name, path in known.items() if path.is_file()}))


if __name__ == "__main__":
    main()
