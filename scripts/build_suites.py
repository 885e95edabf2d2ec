"""Writes the demonstration suites of fixtures/evals: tickets, invoices, and questions on the support prompt.

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
import support_cases
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

CASES = {"all": "", "sample": ".sample", "pairs": ".pairs"}
"""Which cases a suite has: all, or one or two of each cluster."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the three suites of a task share.

    Args:
        name: of the files.
        what: is asked of the model.
        user: the turn after the prompt.
        asserted: of every case, as YAML of one line.
        cases: the tests.
        compressed: whether there is a suite for `promptlint compress`, with its recording.
    """

    name: str
    what: str
    user: str
    asserted: str
    cases: Callable[[], Iterable[dict[str, object]]]
    compressed: bool = False


TASKS = (
    Task(
        name="tickets",
        what="Which team a support ticket goes to: one of five labels",
        user="{{ticket}}",
        asserted=json.dumps(
            [{"type": "label", "value": "{{label}}", "config": {"labels": list(CORES)}}], ensure_ascii=False
        ),
        cases=ticket_cases.cases,
        compressed=True,
    ),
    Task(
        name="invoices",
        what="What an invoice says: JSON with four fields",
        user="{{invoice}}",
        asserted=json.dumps([{"type": "is-json", "value": SCHEMA}]),
        cases=invoice_cases.cases,
    ),
)

_COMPRESS = ".compress"

ENDINGS = {"sample": ("-1",), "pairs": ("-0", "-1")}
"""What the ids of a few cases of each cluster end in."""

CANDIDATES = {
    "": ("", "all"),
    ".short": ("without what says nothing", "all"),
    ".cut": ("without the names of the labels or fields", "sample"),
    _COMPRESS: ("", "pairs"),
}
"""The suites of a task by what their names end in: what the candidate is, and which cases it is tried on."""

_HEAD = """\
# Made by scripts/build_suites.py. The answers are those of a very small local model, given once and recorded:
# they show how the gate works, and prove nothing about anyone's production model. See README.md.
description: "{description}"
prompt: prompts/{name}.md
{candidate}provider:
  kind: replay
  recording: recordings/{recording}.jsonl
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


_SUPPORT = """\
# Made by scripts/build_suites.py. The answers are those of a very small local model, given once and recorded:
# they show how the gate works, and prove nothing about anyone's production model. See README.md.
description: "What the support prompt of fixtures/shop requires{what}"
prompt: {prompt}
{candidate}provider:
  kind: replay
  recording: recordings/{recording}.jsonl
  price: {{input: 0.15, cached_input: 0.075, output: 0.60}} # assumed, as in tickets.yaml
margin: 0.10
alpha: 0.05
repeats: 1
defaultTest:
  vars: {vars}
  messages: [{{role: user, content: "{{{{question}}}}"}}]
tests: file://cases/support.jsonl
"""

SUPPORT = {
    "": ("shop/prompts/support_assistant.md", "", ""),
    ".short": (
        "shop/prompts/support_assistant.md",
        "candidate: prompts/support.short.md\n",
        "; the candidate is written by hand and says everything once",
    ),
    ".once": ("prompts/support.short.md", "", ", said once: for `eval mutants`"),
    _COMPRESS: ("shop/prompts/support_assistant.md", "", ", with the answers that `compress` asks for"),
}
"""The suites of the support prompt by what their names end in: prompt, candidate, and what that is."""


def _support() -> Iterator[tuple[str, str]]:
    """The suites of the support prompt, and its cases."""
    for ending, (prompt, candidate, what) in SUPPORT.items():
        given = json.dumps(support_cases.VARS)
        own = ending if ending == _COMPRESS else ""
        text = _SUPPORT.format(
            what=what, prompt=prompt, candidate=candidate, vars=given, recording=f"support{own}"
        )
        yield f"support{ending}.yaml", text
    lines = [json.dumps(case, ensure_ascii=False) + "\n" for case in support_cases.cases()]
    yield "cases/support.jsonl", "".join(lines)


def made() -> Iterator[tuple[str, str]]:
    """Each file's name below TARGET, and its text."""
    yield from _support()
    for task in TASKS:
        for ending, (what, cases) in CANDIDATES.items():
            if cases == "pairs" and not task.compressed:
                continue
            text = _HEAD.format(
                description=f"{task.what}; the candidate is the prompt {what}" if what else task.what,
                name=task.name,
                candidate=f"candidate: prompts/{task.name}{ending}.md\n" if what else "",
                recording=f"{task.name}{'' if what else ending}",
                user=task.user,
                asserted=task.asserted,
                cases=CASES[cases],
            )
            yield f"{task.name}{ending}.yaml", text
        tests = list(task.cases())
        for which, ending in CASES.items():
            if which == "pairs" and not task.compressed:
                continue
            ends = ENDINGS.get(which, ("",))
            lines = [
                json.dumps(each, ensure_ascii=False) + "\n"
                for each in tests
                if str(each["id"]).endswith(ends)
            ]
            yield f"cases/{task.name}{ending}.jsonl", "".join(lines)


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
