"""Puts what was planted in logs, and what is recovered of it, into docs/traffic.md: a row a truth.

The table stands between `<!-- truths -->` and `<!-- end -->`. Logs are those of make_traffic.py; each format
is read twice, with the ids of prompts, and without them, so that prompts are told by their texts.

Usage: python scripts/build_truths.py [--check]
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import make_traffic
import traffic_formats

from promptlint.run import Request
from promptlint.traffic import engines, findings, repository
from promptlint.traffic.findings import Asked, Slot
from promptlint.traffic.overview import overview
from promptlint.traffic.settings import Settings
from promptlint.traffic_document import Traffic

DOCS = Path(__file__).resolve().parent.parent / "docs" / "traffic.md"
BLOCK = re.compile(r"<!-- truths -->\n.*?<!-- end -->", re.DOTALL)
CALLS, SEED = 720, 7
INPUT = {"gpt-4o": 2.5e-6, "claude-sonnet-4-5": 3e-6}
"""US dollars a token of input, as the price snapshot has them."""

ASKED = Asked(slots={"app/greet.py::GREETING": (Slot("now", 6, 6_266, True),)})
TEXTS = {
    "support.md": "You help the customers of a shop. " + "Be brief and kind. " * 20,
    "extract.md": "You extract the fields of a mail as JSON.",
    "agent.md": "You shop for people who are too busy.",
    "tag.md": "You tag products. " + "A tag is one word of the list. " * 200,
    "greet.jinja": "It is {{ now }}. You greet people. " + "Be kind to all of them. " * 260,
}
"""The repository: version 2 of `support.md` has more behind it; who answers questions is not there."""

FILES = {name.split(".")[0]: name for name in TEXTS} | {"question": ""}
FILES |= {"chat": "support.md", "job": "tag.md", "greeting": "greet.jinja"}
"""The prompt of a call, by the beginning of its id."""


Of = Callable[[Traffic], float | None]
"""A figure of a document; None: it does not say so."""


@dataclasses.dataclass(frozen=True)
class Row:
    """A truth: what was planted, how far off what is recovered may be (a share), and that, by format."""

    what: str
    planted: float
    tolerance: float
    found: Mapping[str, float | None]


def stake(found: Traffic, kind: str, rate: float) -> float | None:
    """Tokens of a finding, by its dollars; None: there is no such finding."""
    made = [each.at_stake for each in found.findings if each.kind == kind and each.at_stake is not None]
    return made[0] / rate if made else None


def hits(found: Traffic, cache: str) -> float | None:
    """Calls that a cache would have answered within an hour."""
    return next((each.hits for each in found.hits if each.cache == cache and each.ttl == 3_600), None)


def cut_off(found: Traffic) -> float | None:
    """Answers that the limit cut off."""
    return next((each.calls for each in found.findings if each.kind == "output"), None)


def jobs(found: Traffic) -> float:
    """Calls of the nightly prompt that could wait for a batch."""
    parts = (part for each in found.findings if each.kind == "batch" for part in each.parts)
    return sum(part.calls for part in parts if part.key.startswith("jobs/"))


def again(kind: str) -> Of:
    """Calls made again after what had gone wrong."""
    return lambda found: sum(each.calls for each in found.retries if each.kind == kind)


def changed(found: Traffic) -> float:
    """Tokens that a version added to the calls of its first turns."""
    return sum(each.calls * each.change for each in found.versions if each.named and each.change)


def moved(found: Traffic) -> float | None:
    """Tokens that a cache would serve if the slot stood at the end."""
    return next((each.moved_tokens for each in found.prefixes if each.slot), None)


def asked(truth: make_traffic.Truth) -> Iterator[tuple[str, float, float, Of]]:
    """What is planted, its tolerance, and how a document says it."""
    yield "calls", truth.calls, 0, lambda found: found.overview.calls
    grown = truth.grown_tokens
    yield "context growth, tokens", grown, 0, lambda found: stake(found, "growth", INPUT["gpt-4o"])
    for kind, count in sorted(truth.retries.items()):
        yield f"calls made again: {kind}", count, 0, again(kind)
    yield "tokens that a new version added", truth.drift_tokens, 0, changed
    yield "repeats within an hour, exact", truth.exact, 0, lambda found: hits(found, "exact")
    yield "the same, normalized", truth.normalized, 0, lambda found: hits(found, "normalized")
    rate = INPUT["claude-sonnet-4-5"] * 0.9
    yield "missed prefix, tokens", truth.missed_prefix, 0.05, lambda found: stake(found, "cache", rate)
    yield "tokens that a moved slot lets a cache serve", truth.moved_prefix, 0.05, moved
    idle = len(truth.tools_idle)
    yield "tools never called", idle, 0, lambda found: sum(not each.called for each in found.tools)
    yield "answers cut off", truth.truncated, 0, cut_off
    yield "calls that could wait", truth.jobs, 0, jobs


LACKS = {("langfuse", "answers cut off"), ("langfuse-csv", "answers cut off")}
"""Langfuse keeps no finish reason."""


def rows() -> list[Row]:
    """All truths, recovered from every format."""
    table: dict[str, tuple[float, float, dict[str, float | None]]] = {}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        matcher = shop(place / "shop")
        for format_ in make_traffic.FORMATS:
            maker = make_traffic.Maker(SEED, CALLS)
            calls = maker.calls()
            found = read(place, format_, calls)
            for what, planted, tolerance, of in asked(maker.truth):
                own = table.setdefault(what, (planted, tolerance, {}))[2]
                own[format_] = None if (format_, what) in LACKS else of(found)
            for what, planted, value in matched(place, format_, calls, matcher):
                table.setdefault(what, (planted, 0.0, {}))[2][format_] = value
    return [Row(what, *values) for what, values in table.items()]


def read(place: Path, format_: str, calls: list[make_traffic.Call]) -> Traffic:
    """The document of calls in a format."""
    settings = Settings(salt=b"truths", now=1_800_000_000.0)
    with engines.opened([written(place, format_, calls)], settings, engines.Options(jobs=1)) as engine:
        return findings.document(engine, settings, ASKED, overview(engine))[0]


def written(place: Path, format_: str, calls: list[make_traffic.Call]) -> Path:
    """The log of calls in a format."""
    path = place / "log"
    records = (make_traffic.FORMATS[format_](call) for call in calls)
    traffic_formats.spelt(path, format_, records)
    return path


def shop(folder: Path) -> repository.Repository:
    """The repository of the prompts that made the calls."""
    home = Path.cwd()
    (folder / "prompts").mkdir(parents=True)
    for name, text in TEXTS.items():
        (folder / "prompts" / name).write_text(text, encoding="utf-8")
    os.chdir(folder)
    try:
        return repository.read(Request(paths=(Path("prompts"),), isolated=True, use_cache=False))
    finally:
        os.chdir(home)


def matched(
    place: Path, format_: str, calls: list[make_traffic.Call], known: repository.Repository
) -> Iterator[tuple[str, float, float]]:
    """Calls that are told by their texts alone: rightly, wrongly, and those that no prompt made."""
    path = written(place, format_, [dataclasses.replace(call, prompt="") for call in calls])
    settings = Settings(salt=b"truths", now=1_800_000_000.0, matcher=known.matcher)
    with engines.opened([path], settings, engines.Options(jobs=1)) as engine:
        told = engine.query("SELECT * FROM calls").to_pylist()
    truth = {call.id: FILES[call.id.split("-")[0]] for call in calls}
    pairs = [
        (truth[row["request_id"]], (row["prompt_id"] or "").rsplit("/", 1)[-1] if row["match"] else "")
        for row in told
    ]
    yield "calls told by text alone", sum(map(bool, truth.values())), sum(a == b != "" for a, b in pairs)
    yield "the same, told wrongly", 0, sum(b not in ("", a) for a, b in pairs)
    yield "rows of the table with a user's address", 0, sum("@example.com" in str(row) for row in told)


def table(found: Sequence[Row]) -> str:
    """The block of the page: what all formats say alike is said once."""
    count = len(make_traffic.FORMATS)
    lines = [
        f"<!-- truths -->\n{next(row.planted for row in found):,.0f} generated calls, read from {count} "
        "spellings of four formats (`python scripts/build_truths.py` writes this table):\n",
        "| planted | how much | tolerance | recovered |",
        "|---|---|---|---|",
    ]
    for row in found:
        near = f"{row.tolerance:.0%}" if row.tolerance else "none"
        lines.append(f"| {row.what} | {row.planted:,.0f} | {near} | {recovered(row)} |")
    return "\n".join([*lines, "<!-- end -->"])


def recovered(row: Row) -> str:
    """The figure, and which formats say another one."""
    values = [value for value in row.found.values() if value is not None]
    usual = max(values, key=values.count, default=0.0)
    others = [
        f"{name}: {'not logged' if value is None else f'{value:,.0f}'}"
        for name, value in row.found.items()
        if value is None or round(value) != round(usual)
    ]
    return "; ".join([f"{usual:,.0f}", *others])


def main() -> None:
    """Write the table, or say that it is old."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    old = DOCS.read_text(encoding="utf-8")
    block = table(rows())
    new = BLOCK.sub(lambda _: block, old)
    if given.check and new != old:
        sys.exit("docs/traffic.md: the table of truths is old: run scripts/build_truths.py")
    DOCS.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
