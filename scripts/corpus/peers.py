"""Puts compressors side by side with `promptlint compress` on the listed prompts, in one run, counted alike.

Usage: python scripts/corpus/peers.py TREES VENVS [--json FILE]. VENVS has a virtual environment for each
package of PEERS, named like it; one that is missing is told and passed over. All get the same texts.

The counter knows nothing of promptlint's contract and is the same for all. Of each text it takes the numbers,
the words of negation and exception (NEGATIONS), the slots (`{x}`, `{{x}}`, `${x}`, `{% %}`) and code fences:
what is there less often after than before is lost, whether or not another sentence says it. An order is a
sentence or line with a word of duty (DUTY); it is lost if no sentence of the new text has 80 % of its words
of four letters or more, those aside that only call for attention (ATTENTION).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import listed
from compressors import PEERS, Peer
from listed import Case

from promptlint import __version__, tokens
from promptlint.compress import offline
from promptlint.compress.proposal import Tier
from promptlint.locate import edited
from promptlint.vet import merged

NEGATIONS = re.compile(
    r"\b(?:not|no|never|none|nor|neither|without|cannot|except|unless|only|avoid)\b|n['’]t\b", re.IGNORECASE
)
NUMBERS = re.compile(r"\d+(?:[.,:/]\d+)*%?")
SLOTS = re.compile(r"\{\{[^{}\n]{1,120}\}\}|\{%[^{}\n]{1,200}%\}|\$?\{[A-Za-z_][\w.\[\]]{0,60}\}")
FENCED = re.compile(r"^```[^\n]*\n.*?^```", re.MULTILINE | re.DOTALL)
DUTY = re.compile(
    r"\b(?:must|should|shall|never|always|do not|don['’]t|only|required?|ensure|at (?:most|least)|exactly)\b",
    re.IGNORECASE,
)
ATTENTION = frozenset(["make", "sure", "ensure", "please", "kindly", "note", "that", "must", "important"])
FEWEST, KEPT = 3, 0.8  # words of an order; the share of them that one sentence must still have
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"[a-z]{4,}")
LIMIT, SECONDS = 3, 600  # seconds for one text, and for all of one tool

_RUN = """
import json, signal, sys
signal.signal(signal.SIGALRM, signal.default_int_handler)
texts = json.load(sys.stdin)
out = sys.stdout
sys.stdout = sys.stderr
{setup}
def one(text):
    return {call}
made = []
for text in texts:
    signal.alarm({limit})
    try:
        made.append(str(one(text)))
    except (Exception, KeyboardInterrupt):
        made.append(None)
    signal.alarm(0)
json.dump(made, out)
"""


# --- the neutral counter --------------------------------------------------------------------


def things(text: str) -> dict[str, Counter[str]]:
    """What must not be lost of a text, by kind, each with how often it is there."""
    return {
        "numbers": Counter(NUMBERS.findall(text)),
        "negations": Counter(match.lower() for match in NEGATIONS.findall(text)),
        "slots": Counter(SLOTS.findall(text)),
        "code": Counter(FENCED.findall(text)),
    }


def losses(before: str, after: str) -> Counter[str]:
    """How many things of each kind are there less often than before."""
    new = things(after)
    return Counter({kind: (old - new[kind]).total() for kind, old in things(before).items()})


def orders(text: str) -> list[frozenset[str]]:
    """The words of each sentence or line with a word of duty."""
    parts = [part for part in _SENTENCE.split(text) if DUTY.search(part)]
    return [words for part in parts if len(words := _words(part)) >= FEWEST]


def orders_lost(before: str, after: str) -> int:
    """How many orders have no sentence after that has most of their words."""
    left = [_words(part) for part in _SENTENCE.split(after)]
    return sum(not any(len(words & other) >= KEPT * len(words) for other in left) for words in orders(before))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower())) - ATTENTION


# --- running --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What a tool made of all texts; `failed`: refused, broke or took too long, counted as they were."""

    name: str
    version: str
    before: int
    after: int
    worst: float
    changed: int
    failed: int
    lost: dict[str, int]
    seconds: float


def made_by(peer: Peer, venvs: Path, texts: Sequence[str]) -> list[str | None]:
    """What a tool makes of the texts, None where it fails."""
    code = _RUN.replace("{setup}", peer.setup).replace("{call}", peer.call).replace("{limit}", str(LIMIT))
    done = subprocess.run(
        [str(venvs / peer.package / "bin" / "python"), "-c", code],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    found: list[str | None] = json.loads(done.stdout)
    return found


def row(name: str, version: str, texts: Sequence[str], made: Sequence[str | None], seconds: float) -> Row:
    """Count what a tool has made."""
    lost: Counter[str] = Counter()
    counts = []
    for old, new in zip(texts, made, strict=True):
        after = old if new is None else new
        counts.append((_tokens(old), _tokens(after)))
        lost.update(losses(old, after))
        lost["orders"] += orders_lost(old, after)
    return Row(
        name,
        version,
        sum(old for old, _ in counts),
        sum(new for _, new in counts),
        max(new / old for old, new in counts) - 1,
        sum(new is not None and new != old for old, new in zip(texts, made, strict=True)),
        sum(new is None for new in made),
        dict(lost),
        seconds,
    )


def _tokens(text: str) -> int:
    return tokens.count(text, tokens.tokenizer("gpt-4o"))


def _version(venvs: Path, package: str) -> str:
    name = package.replace("-", "_")
    found = next((venvs / package).glob(f"lib/python3*/site-packages/{name}-*.dist-info"), None)
    return found.name.removeprefix(f"{name}-").removesuffix(".dist-info") if found is not None else ""


def ours(cases: Sequence[Case], tier: Tier) -> list[str | None]:
    """The texts as `compress` leaves them without a suite, with edits of a tier and those below it."""
    found: list[str | None] = []
    for case in cases:
        done = offline.shorten(case.file, case.ground, offline.Target())
        chosen = [each for each in done.chosen if each.tier <= tier]
        found.append(edited(case.ground.prompt, merged(chosen)).text)
    return found


def compared(cases: Sequence[Case], venvs: Path) -> Iterator[Row]:
    """A row for promptlint, and one for each peer that is installed."""
    texts = [case.ground.prompt.text for case in cases]
    for name, tier in (("safe", Tier.SAFE), ("safe + subsuming", Tier.SUBSUMING)):
        start = time.perf_counter()
        made = ours(cases, tier)
        yield row(f"promptlint compress, {name}", __version__, texts, made, time.perf_counter() - start)
    for peer in PEERS:
        if not (venvs / peer.package / "bin" / "python").exists():
            print(f"not installed: {peer.package}", file=sys.stderr)
            continue
        start = time.perf_counter()
        try:
            made = made_by(peer, venvs, texts)
        except (subprocess.SubprocessError, ValueError) as error:
            print(f"{peer.name}: {str(error)[-300:]}", file=sys.stderr)
            continue
        version = _version(venvs, peer.package)
        yield row(peer.name, version, texts, made, time.perf_counter() - start)


KINDS = ("orders", "slots", "numbers", "negations", "code")


def table(found: Sequence[Row], totals: Counter[str]) -> Iterator[str]:
    """Tokens saved against what is lost; the head of a column says of how many."""
    heads = " | ".join(f"{kind} lost (of {totals[kind]:,})" for kind in KINDS)
    yield f"| tool | tokens saved | {heads} | texts changed | failed |"
    yield "|---|--:|" + "--:|" * (len(KINDS) + 2)
    for each in found:
        lost = " | ".join(f"{each.lost.get(kind, 0):,}" for kind in KINDS)
        saved = f"{100 * (1 - each.after / each.before):.1f} %"
        yield f"| {each.name} {each.version} | {saved} | {lost} | {each.changed} | {each.failed} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("trees", type=Path)
    parser.add_argument("venvs", type=Path)
    parser.add_argument("--json", type=Path)
    values = parser.parse_args()
    cases = list(listed.cases(values.trees, listed.read()))
    found = list(compared(cases, values.venvs))
    totals: Counter[str] = Counter()
    for case in cases:
        text = case.ground.prompt.text
        totals.update({kind: count.total() for kind, count in things(text).items()})
        totals["orders"] += len(orders(text))
    print(f"{len(cases)} prompts, {found[0].before:,} tokens")
    print("\n".join(table(found, totals)))
    if values.json:
        values.json.write_text(json.dumps([asdict(each) for each in found], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
