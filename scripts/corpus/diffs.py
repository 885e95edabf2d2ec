"""Draws what `promptlint compress` changes without a suite, for readers who do not know what is a control.

Usage:
  python scripts/corpus/diffs.py draw TREES OUT KEY [--seed 8] [--most 320] [--controls 60] [--list FILE]
  python scripts/corpus/diffs.py score KEY R1 R2

A control is a change of meaning that was made on purpose: a "not", a number, a condition or a whole rule is
gone. `draw` writes `sheet1.md` ... and a key, which readers do not see; `score` says what they found.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import listed
from listed import Case

from promptlint.compress import offline
from promptlint.compress.proposal import Ground, Proposal
from promptlint.model import Edit, Span
from promptlint.places import places, removal

AROUND = 450  # code points of context on either side
A_SHEET = 60  # hunks
MOST_OF = {"rule-fixes TOK003": 30, "structure TOK004": 70, "structure TOK005": 60, "rule-fixes TOK002": 50}
"""Hunks of one kind at most: white space needs no hundred readings."""
SAME_WORDS = 30
"""Hunks that take the same words away, at most."""


@dataclass(frozen=True)
class Hunk:
    """A change, with its context; `elsewhere` are the stretches that are said to stay, "" if none are.

    In `shown` what goes stands as [[-old-]], what comes as [[+new+]]; `words` is that alone.
    """

    prompt: str
    what: str
    shown: str
    words: str
    elsewhere: str
    control: bool


# --- hunks of compress ----------------------------------------------------------------------


def hunks(case: Case) -> Iterator[Hunk]:
    """A hunk for each proposal that is made without a suite."""
    done = offline.shorten(case.file, case.ground, offline.Target())
    for proposal in done.chosen:
        yield _hunk(case, proposal.edits, _what(proposal), proposal.related, False)


def _what(proposal: Proposal) -> str:
    return f"{proposal.pass_name} {proposal.code}".strip()


def _hunk(case: Case, edits: Sequence[Edit], what: str, stays: Sequence[Span], control: bool) -> Hunk:
    text = case.ground.prompt.text
    start, end = _line_start(text, edits[0].span.start - AROUND), _line_end(text, edits[-1].span.end + AROUND)
    pieces, at = [], start
    for edit in edits:
        pieces += [_clipped(text[at : edit.span.start]), _marked(text, edit)]
        at = edit.span.end
    pieces.append(text[at:end])
    outside = [span for span in stays if span.start < start or span.end > end]
    elsewhere = "\n\n[...]\n\n".join(_around(text, span) for span in outside)
    words = " ".join(_marked(text, edit) for edit in edits).lower()
    return Hunk(case.listed.name, what, "".join(pieces), words, elsewhere, control)


def _marked(text: str, edit: Edit) -> str:
    """What goes and what comes; white space alone is made visible."""
    old, new = text[edit.span.start : edit.span.end], edit.new
    if not (old + new).strip():
        old, new = (part.replace(" ", "·").replace("\t", "→").replace("\n", "⏎\n") for part in (old, new))
    return (f"[[-{old}-]]" if old else "") + (f"[[+{new}+]]" if new else "")


def _clipped(between: str) -> str:
    """What stands between two edits of one hunk, without its middle where that is long."""
    if len(between) <= 3 * AROUND:
        return between
    return f"{between[:AROUND]}\n[... unchanged ...]\n{between[-AROUND:]}"


def _around(text: str, span: Span) -> str:
    return text[_line_start(text, span.start - 200) : _line_end(text, span.end + 200)]


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, max(0, at)) + 1 if at > 0 else 0


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", min(len(text), at))
    return found if found >= 0 else len(text)


# --- controls -------------------------------------------------------------------------------

_NOT = re.compile(r"\b(?:do|does|must|should|is|are|can|will) not\b(?! only)|\b[Nn]ever\b|\b[Dd]on't\b")
_NUMBER = re.compile(r"(?<![\w.#/-])(?:[2-9]|\d\d{1,2})(?= [a-z]{3,})")
_CONDITION = re.compile(r"(?<=\w) (?:if|unless|when|only if|except) [^.,;:\n{}]{12,80}(?=[.\n])")
_WORD = re.compile(r"[a-z]{4,}")
_RULE = re.compile(r"\b(?:must|never|always|do not|only|should|exactly)\b", re.IGNORECASE)


def controls(case: Case, random_: random.Random) -> Iterator[Hunk]:
    """Changes of the meaning of one prompt, at most one of each kind."""
    text = case.ground.prompt.text
    for what, edits in (
        ("not", list(_edits(text, _NOT, _without_not))),
        ("number", list(_edits(text, _NUMBER, lambda old: str(int(old) + random_.choice([1, 2, 3]))))),
        ("condition", list(_edits(text, _CONDITION, lambda _: ""))),
        ("rule", list(_rules(case.ground))),
    ):
        good = [edit for edit in edits if not _is_slot(case.ground, edit)]
        if good:
            yield _hunk(case, [random_.choice(good)], what, (), True)


def _without_not(old: str) -> str:
    lower = old.lower()
    if lower == "never":
        return "Always" if old[0].isupper() else "always"
    return old[: -len("n't")] if lower == "don't" else old[: -len(" not")]


def _edits(text: str, pattern: re.Pattern[str], new: object) -> Iterator[Edit]:
    assert callable(new)
    for match in pattern.finditer(text):
        yield Edit(Span(*match.span()), new(match[0]))


def _rules(ground: Ground) -> Iterator[Edit]:
    """Whole sentences that order something which no other sentence has most words of."""
    held = places(ground.prompt)
    said = [
        (block, set(re.findall(r"[a-z]{4,}", _text(ground, block.span)))) for block in ground.view.sentences
    ]
    for block, words in said:
        if len(words) < 5 or not _RULE.search(_text(ground, block.span)):
            continue
        rest: set[str] = set()
        for other, theirs in said:
            if other is not block and 2 * len(words & theirs) > len(words):
                rest |= theirs
        gone = removal(held, block.span)
        if not rest and gone is not None:
            yield Edit(gone, "")


def _text(ground: Ground, span: Span) -> str:
    return ground.view.text[span.start : span.end].lower()


def _is_slot(ground: Ground, edit: Edit) -> bool:
    return any(slot.overlaps(edit.span) for slot in places(ground.prompt).slots)


# --- commands -------------------------------------------------------------------------------


def _draw(values: argparse.Namespace) -> None:
    random_ = random.Random(values.seed)  # a draw that can be repeated, nothing secret
    made: list[Hunk] = []
    false: list[Hunk] = []
    for case in listed.cases(values.trees, listed.read(values.list)):
        made += hunks(case)
        false += controls(case, random_)
    random_.shuffle(made)
    random_.shuffle(false)
    chosen = _even(made, values.most) + _of_each(false, values.controls)
    random_.shuffle(chosen)
    values.out.mkdir(parents=True, exist_ok=True)
    pages = [_page(number, hunk) for number, hunk in enumerate(chosen, 1)]
    for sheet, first in enumerate(range(0, len(pages), A_SHEET), 1):
        joined = "\n".join(pages[first : first + A_SHEET])
        (values.out / f"sheet{sheet}.md").write_text(joined, encoding="utf-8")
    key = {f"d{number:03}": asdict(hunk) for number, hunk in enumerate(chosen, 1)}
    values.key.write_text(json.dumps(key, indent=1), encoding="utf-8")
    print(f"{len(made)} hunks of {len({each.prompt for each in made})} prompts")
    print(Counter(each.what for each in chosen))


def _even(made: Sequence[Hunk], most: int) -> list[Hunk]:
    """Hunks of all kinds, no more of a kind than is worth reading, no change twice."""
    of: Counter[str] = Counter()
    same: Counter[str] = Counter()
    seen, chosen = set(), []
    for hunk in made:
        many = of[hunk.what] >= MOST_OF.get(hunk.what, most) or same[hunk.words] >= SAME_WORDS
        if many or hunk.shown in seen:
            continue
        seen.add(hunk.shown)
        of[hunk.what] += 1
        same[hunk.words] += 1
        chosen.append(hunk)
    chosen.sort(key=lambda hunk: of[hunk.what])  # the rare kinds whole
    return chosen[:most]


def _of_each(false: Sequence[Hunk], many: int) -> list[Hunk]:
    """As many controls of each kind."""
    pools: dict[str, list[Hunk]] = defaultdict(list)
    for hunk in false:
        pools[hunk.what].append(hunk)
    chosen: list[Hunk] = []
    while len(chosen) < many and any(pools.values()):
        chosen += [pool.pop() for pool in pools.values() if pool]
    return chosen[:many]


def _page(number: int, hunk: Hunk) -> str:
    elsewhere = f"Elsewhere in the same prompt, not changed:\n\n{_fenced(hunk.elsewhere)}"
    return f"# d{number:03}\n\n{_fenced(hunk.shown)}" + (elsewhere if hunk.elsewhere else "")


def _fenced(text: str) -> str:
    return f"~~~~~~~~\n{text}\n~~~~~~~~\n"


def _score(values: argparse.Namespace) -> None:
    key = json.loads(values.key.read_text(encoding="utf-8"))
    answers = [_answers(path) for path in values.readers]
    both = {name: [each[name]["same"] for each in answers if name in each] for name in key}
    for control in (True, False):
        names = [name for name in key if key[name]["control"] is control]
        none = sum(both[name].count(False) == 0 for name in names)
        one = sum(both[name].count(False) == 1 for name in names)
        all_ = sum(both[name].count(False) > 1 for name in names)
        label = "controls" if control else "edits of compress"
        print(f"{label}: {len(names)}; called a change by nobody {none}, by one {one}, by both {all_}")
    for name in key:
        if not key[name]["control"] and False in both[name]:
            print(name, key[name]["what"], [each[name].get("why") for each in answers if name in each])


def _answers(path: Path) -> dict[str, dict[str, object]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {row["id"]: row for row in rows}


def main() -> None:
    """Run one of the commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(required=True)
    drawing = commands.add_parser("draw")
    drawing.add_argument("trees", type=Path)
    drawing.add_argument("out", type=Path)
    drawing.add_argument("key", type=Path)
    drawing.add_argument("--list", type=Path, default=listed.LIST)
    for name, default in (("--seed", 8), ("--most", 320), ("--controls", 60)):
        drawing.add_argument(name, type=int, default=default)
    drawing.set_defaults(run=_draw)
    scoring = commands.add_parser("score")
    scoring.add_argument("key", type=Path)
    scoring.add_argument("readers", type=Path, nargs="+")
    scoring.set_defaults(run=_score)
    values = parser.parse_args()
    values.run(values)


if __name__ == "__main__":
    main()
