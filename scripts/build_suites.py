"""Writes the demonstration suites of fixtures/evals: 600 tickets, 600 invoices, all with known answers.

    python scripts/build_suites.py             writes the cases and the suites
    python scripts/build_suites.py --check     compares them with what stands there; exit code 1: they differ

The cases are drawn from templates with fixed seeds. The prompts and the recorded answers are not made here:
the prompts are written by hand, the answers by `scripts/record_suites.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "suites"))

import invoice_cases
import ticket_cases
from ticket_texts import CORES

from promptlint.records import dataclass

TARGET = Path(__file__).parent.parent / "fixtures" / "evals"

SCHEMA = {
    "type": "object",
    "required": ["vendor", "number", "currency", "total"],
    "properties": {
        "vendor": {"type": "string"},
        "number": {"type": "string"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "total": {"type": "number"},
    },
}

CASES = {"all": "", "sample": ".sample"}
"""Which cases a suite has: all, or a few of each cluster."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the three suites of a task share.

    Args:
        name: of the files.
        what: is asked of the model.
        user: the turn after the prompt.
        asserted: of every case, as YAML of one line.
        cases: the tests.
        sample: what the ids of the few cases of each cluster end in.
    """

    name: str
    what: str
    user: str
    asserted: str
    cases: Callable[[], Iterable[dict[str, object]]]
    sample: tuple[str, ...]


TASKS = (
    Task(
        name="tickets",
        what="Which team a support ticket goes to: one of five labels",
        user="{{ticket}}",
        asserted=json.dumps(
            [{"type": "label", "value": "{{label}}", "config": {"labels": list(CORES)}}], ensure_ascii=False
        ),
        cases=ticket_cases.cases,
        sample=("-1",),
    ),
    Task(
        name="invoices",
        what="What an invoice says: JSON with four fields",
        user="{{invoice}}",
        asserted=json.dumps([{"type": "is-json", "value": SCHEMA}]),
        cases=invoice_cases.cases,
        sample=("-1",),
    ),
)

CANDIDATES = {
    "": ("", "all"),
    ".short": ("without what says nothing", "all"),
    ".cut": ("without the names of the labels or fields", "sample"),
}
"""The suites of a task by what their names end in: what the candidate is, and which cases it is tried on."""

_HEAD = """\
# Made by scripts/build_suites.py. The answers are those of a very small local model, given once and recorded:
# they show how the gate works, and prove nothing about anyone's production model. See README.md.
description: "{description}"
prompt: prompts/{name}.md
{candidate}provider:
  kind: replay
  recording: recordings/{name}.jsonl
  # Assumed, so that there are costs to see: the list price of gpt-4o-mini, in US dollars per million tokens.
  # The model that answered runs on one's own machine.
  price: {{input: 0.15, cached_input: 0.075, output: 0.60}}
margin: 0.05
alpha: 0.05
repeats: 1
defaultTest:
  messages: [{{role: user, content: "{user}"}}]
  assert: {asserted}
tests: file://cases/{name}{cases}.jsonl
"""


def made() -> Iterator[tuple[str, str]]:
    """Each file's name below TARGET, and its text."""
    for task in TASKS:
        for ending, (what, cases) in CANDIDATES.items():
            text = _HEAD.format(
                description=f"{task.what}; the candidate is the prompt {what}" if what else task.what,
                name=task.name,
                candidate=f"candidate: prompts/{task.name}{ending}.md\n" if ending else "",
                user=task.user,
                asserted=task.asserted,
                cases=CASES[cases],
            )
            yield f"{task.name}{ending}.yaml", text
        tests = list(task.cases())
        lines = [json.dumps(test, ensure_ascii=False) + "\n" for test in tests]
        yield f"cases/{task.name}.jsonl", "".join(lines)
        sample = [
            line for line, test in zip(lines, tests, strict=True) if str(test["id"]).endswith(task.sample)
        ]
        yield f"cases/{task.name}.sample.jsonl", "".join(sample)


def main() -> None:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is stale")
    check = parser.parse_args().check
    stale = []
    for name, text in made():
        path = TARGET / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{'stale' if check else 'written'}: fixtures/evals/{name}")
    sys.exit(1 if check and stale else 0)


if __name__ == "__main__":
    main()
