"""Counts prompts of Python code without asking promptlint's extractor, and says which it has not taken.

Usage: python scripts/trial/recall.py PATH... [--misses FILE] [--sample N --seed S]

The count is a plain walk of the syntax tree: text of more than 200 characters that is given to an argument
named like a prompt's, to a template's constructor, to a message with a role, or to a constant named PROMPT,
INSTRUCTION, TEMPLATE or SYSTEM. Test code and docstrings are left out. What by its form is no prompt (HTML,
SQL, code) is counted apart. With --sample, N prompts that were taken are drawn for a reading of precision,
evenly over trees and kinds of file.
"""

from __future__ import annotations

import argparse
import ast
import json
import multiprocessing
import random
import re
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.pool import Pool
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from trees import EXTRACT_SECONDS, Job, jobs, limit, read

from promptlint.errors import SourceError
from promptlint.extract import extract
from promptlint.model import Extraction, Source, SourceKind, Span

LEAST = 200
"""Characters of static text from which a string counts."""

_ARGUMENTS = frozenset(
    {"content", "system", "instructions", "system_prompt", "system_message", "template", "prompt"}
)
_ROLES = frozenset({"system", "developer", "user", "human", "assistant", "ai", "model"})
_CONSTANT = re.compile(r"PROMPT|INSTRUCTION|TEMPLATE|SYSTEM", re.IGNORECASE)
_CONSTRUCTOR = re.compile(r"\w*(?:PromptTemplate|Prompt|Message)\Z|from_template\Z|from_messages\Z")
_WRAPPERS = frozenset({"dedent", "cleandoc", "strip", "lstrip", "rstrip", "format", "replace", "join"})
_TESTS = re.compile(r"(?:^|/)(?:tests?|testing|__tests__)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py\Z")
_FORMS = (
    (
        "HTML or XML",
        re.compile(r"\s*<(?:!DOCTYPE|html|head|body|div|svg|style|script|table|img|p|a|h\d|\?xml)\b", re.I),
    ),
    (
        "SQL",
        re.compile(r"\s*(?:--[^\n]*\n\s*)*(?:SELECT|CREATE|INSERT|UPDATE|DELETE|WITH|ALTER|DROP)\s[^.]*$"),
    ),
    ("code", re.compile(r"\s*(?:#!|import \w|from [\w.]+ import|def \w+\(|class \w+[(:]|\{%|package \w+;)")),
    ("a Dockerfile", re.compile(r"\s*FROM \S+:\S+\s")),
    (
        "a licence",
        re.compile(r".{0,300}(?:Licensed under|Permission is hereby granted|Copyright \(c\))", re.DOTALL),
    ),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A string of the independent count: how it was found, its first words, and what its form says it is."""

    path: str
    line: int
    kind: str
    size: int
    words: str
    form: str
    taken: bool
    why: str = ""


@dataclass(slots=True)
class Counted:
    """What one file gave: candidates, and the prompts that were taken (id, kind of file, text)."""

    candidates: list[Candidate] = field(default_factory=list)
    taken: list[tuple[str, str, str]] = field(default_factory=list)


# --- the independent count ------------------------------------------------------------------


def sites(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Expressions that stand where prompts stand, and how each was found."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(_CONSTANT.search(name) for target in targets for name in _names(target)):
                yield "constant", node.value
        elif isinstance(node, ast.Dict):
            keys = {
                key.value: value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            }
            if "role" in keys and "content" in keys:
                yield "role dictionary", keys["content"]
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
            role = node.elts[0]
            if isinstance(role, ast.Constant) and role.value in _ROLES:
                yield "role tuple", node.elts[1]


def _of_call(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    for keyword in node.keywords:
        if keyword.arg in _ARGUMENTS:
            yield f"{keyword.arg}=", keyword.value
    if node.args and _CONSTRUCTOR.search(name):
        yield f"{name}()", node.args[0]


def _names(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Attribute):
        yield target.attr


def static(node: ast.expr) -> str | None:
    """The fixed text of a string expression; None if it is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = [static(node.left), static(node.right)]
        return None if sides == [None, None] else "".join(side or "" for side in sides)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return static(node.left)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _WRAPPERS:
            inner = node.func.value if isinstance(node.func, ast.Attribute) else None
            said = static(inner) if inner is not None else None
            return said if said and len(said) > 3 else static(node.args[0]) if node.args else None
    return None


def candidates(source: Source, spans: Sequence[Span], why: str) -> Iterator[Candidate]:
    """All strings of a Python file that count; `spans` are of the prompts that were taken."""
    bom = int(source.text.startswith("\ufeff"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source.text[bom:])
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
    seen: set[tuple[int, int]] = set()
    offsets = _Offsets(source.text, bom)
    for kind, node in sites(tree):
        text = static(node)
        place = (node.lineno, node.col_offset)
        if text is None or len(text) <= LEAST or place in seen:
            continue
        seen.add(place)
        whole = offsets.span(node)
        covered = sum(max(0, min(each.end, whole.end) - max(each.start, whole.start)) for each in spans)
        taken = covered >= min(len(text), whole.end - whole.start) / 2
        form = next((name for name, pattern in _FORMS if pattern.match(text)), "")
        words = " ".join(text.split())[:90]
        yield Candidate(source.path, node.lineno, kind, len(text), words, form, taken, "" if taken else why)


class _Offsets:
    """From the lines and UTF-8 columns of `ast` to code points of the file."""

    def __init__(self, text: str, bom: int) -> None:
        self._text, self._bom = text, bom
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]

    def span(self, node: ast.expr) -> Span:
        """The range of a node."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return Span(self._place(node.lineno, node.col_offset), self._place(end_line, end_column))

    def _place(self, line: int, column: int) -> int:
        start = self._starts[line - 1] + (self._bom if line == 1 else 0)
        return start + len(self._text[start : start + column].encode()[:column].decode(errors="ignore"))


# --- against ours ---------------------------------------------------------------------------


def count(job: Job) -> Counted:
    """One file, both ways."""
    counted = Counted()
    try:
        source = read(job)
    except SourceError:
        return counted
    try:
        with limit(EXTRACT_SECONDS):
            extraction = extract(source)
    except Exception as error:  # roundtrip.py tells of crashes and hangs; here all of the file is missed
        extraction = Extraction(reason=f"failed: {type(error).__name__}")
    counted.taken = [(prompt.id, source.kind.value, prompt.text) for prompt in extraction.prompts]
    if source.kind is SourceKind.PYTHON and not _TESTS.search(job.shown):
        spans = [segment.span for prompt in extraction.prompts for segment in prompt.segments]
        passed = "; ".join(sorted({item.reason for item in extraction.passed}))
        counted.candidates = list(candidates(source, sorted(set(spans)), passed or extraction.reason))
    return counted


def tree(path: Path, pool: Pool) -> list[Counted]:
    """All files below `path`."""
    return list(pool.imap(count, jobs(path, pool), chunksize=4))


def drawn(taken: dict[str, list[tuple[str, str, str]]], number: int, seed: int) -> list[tuple[str, ...]]:
    """`number` prompts: one tree after the other, and within a tree one kind of file after the other."""
    chance = random.Random(seed)
    decks: dict[str, list[tuple[str, str, str]]] = {}
    for name, prompts in sorted(taken.items()):
        kinds: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for prompt in prompts:
            kinds[prompt[1]].append(prompt)
        for each in kinds.values():
            chance.shuffle(each)
        order = sorted(kinds)
        chance.shuffle(order)
        if prompts:
            decks[name] = _dealt(kinds, order)
    names = list(decks)
    chance.shuffle(names)
    found: list[tuple[str, ...]] = []
    while names and len(found) < number:
        for name in list(names):
            if len(found) < number:
                found.append((name, *decks[name].pop(0)))
            if not decks[name]:
                names.remove(name)
    return found


def _dealt(kinds: dict[str, list[tuple[str, str, str]]], order: Sequence[str]) -> list[tuple[str, str, str]]:
    deck = []
    while any(kinds.values()):
        deck += [kinds[kind].pop() for kind in order if kinds[kind]]
    return deck


# --- telling --------------------------------------------------------------------------------


def report(found: dict[str, list[Candidate]]) -> str:
    """The table: by tree, prompts counted, taken, recall; and what was counted apart."""
    lines = [
        "| tree | counted | taken | recall | no prompt by form | of these taken |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    every = [each for candidates in found.values() for each in candidates]
    for name, items in [*found.items(), ("total", every)]:
        plain = [each for each in items if not each.form]
        other = [each for each in items if each.form]
        taken, wrong = (sum(each.taken for each in part) for part in (plain, other))
        recall = f"{100 * taken / len(plain):.1f} %" if plain else ""
        lines.append(f"| {name} | {len(plain)} | {taken} | {recall} | {len(other)} | {wrong} |")
    return "\n".join(lines)


def main() -> None:
    """Count, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--misses", type=Path, help="write each miss here, a JSON object a line")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="draw N prompts that were taken")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    found: dict[str, list[Candidate]] = {}
    taken: dict[str, list[tuple[str, str, str]]] = {}
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        for path in options.paths:
            counted = tree(path, pool)
            found[path.name] = [each for item in counted for each in item.candidates]
            taken[path.name] = [each for item in counted for each in item.taken]
            print(path.name, file=sys.stderr, flush=True)
    print(report(found), end="\n\n")
    misses = [(name, each) for name, items in found.items() for each in items if not each.taken]
    for name, each in misses:
        form = f" [{each.form}]" if each.form else ""
        print(f"{name}/{each.path}:{each.line}: {each.kind} {each.size}{form} ({each.why}) {each.words}")
    kinds = Counter(each.kind for _, each in misses if not each.form)
    print("\nmisses by place:", dict(kinds.most_common()))
    if options.misses:
        rows = [
            {"tree": name, **{key: getattr(each, key) for key in each.__slots__}} for name, each in misses
        ]
        options.misses.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for number, (name, identity, kind, text) in enumerate(
        drawn(taken, options.sample, options.seed), start=1
    ):
        print(f"\n--- {number}. {name}/{identity} ({kind}, {len(text)} characters)\n{text[:300]}")


if __name__ == "__main__":
    main()
