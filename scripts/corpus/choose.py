"""Draws the list of public prompts from a folder of checkouts, stratified by kind and repository, seeded.

Usage: python scripts/corpus/choose.py TREES [--seed 8] [--most 260] [--each 3] [--out FILE]. What a
prompt is, the extractors say; its kind is told by the words of its path and of its start. Nothing that
`compress` says is looked at.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path

import listed
from listed import KINDS, Listed

from promptlint import tokens
from promptlint.errors import PromptlintError
from promptlint.extract import extract, kind_of, promptless
from promptlint.files import read as read_file
from promptlint.model import Prompt
from promptlint.shots import shots
from promptlint.view import View

LEAST, LARGEST = 300, 8_000  # tokens
A_REPOSITORY = 3  # prompts of one kind of one repository
A_FILE = 2
_SKIPPED = re.compile(
    r"(?:^|/)(?:tests?|__tests__|__snapshots__|fixtures?|testdata|node_modules|vendor|dist|docs?|website|"
    r"blog|cassettes|changelogs?|licenses?|i18n|locales?)(?:/|$)|readme|changelog|licen[cs]e|contributing|"
    r"code_of_conduct|security\.md|(?:^|/)test_|_test\.py|\.test\.|\.spec\.",
    re.IGNORECASE,
)
_AGENT = re.compile(
    r"(?:^|/)(?:agents?|claude|gemini|skill|copilot-instructions)\.md$|\.mdc$|cursorrules|"
    r"\.(?:instructions|chatmode|agent)\.md$|(?:^|/)(?:skills|rules|agents|instructions)/[^:]*\.md$",
    re.IGNORECASE,
)
_JUDGE = re.compile(
    r"\b(?:evaluat\w*|judg\w*|grad(?:e|er|ing)|scor(?:e|ing)|critique|rubric|faithful\w*|correctness|"
    r"hallucinat\w*|rat(?:e|ing)s?)\b",
    re.IGNORECASE,
)
_EXTRACT = re.compile(
    r"\b(?:extract\w*|classif\w*|label\w*|entit(?:y|ies)|categori\w*|intent|taxonom\w*|moderat\w*|pars(?:e|er|ing)|"
    r"tagg\w*|rout(?:e|er|ing))\b",
    re.IGNORECASE,
)
_SYSTEM = re.compile(r"system|^\W*you are\b|^\W*you['’]re\b", re.IGNORECASE)
_START = 400  # characters in which a prompt says what it is for


def kind_of_prompt(path: str, prompt: Prompt, view: View) -> str:
    """One of KINDS."""
    if _AGENT.search(path):
        return "agent document"
    held = sum(shot.span.end - shot.span.start for shot in shots(view))
    if held >= 0.35 * len(prompt.text):
        return "few-shot"
    name = re.sub(r"[_/.:-]|(?<=[a-z])(?=[A-Z])", " ", prompt.id)
    about = f"{name} {prompt.text[:_START]}"
    for kind, pattern in (("judge", _JUDGE), ("extraction", _EXTRACT)):
        if len(pattern.findall(about)) >= 2 or pattern.search(name):
            return kind
    return "system" if _SYSTEM.search(f"{prompt.text[:80]}") or "system" in name.lower() else "generation"


def found(tree: Path) -> list[Listed]:
    """The prompts of a checkout that are long enough and mostly English."""
    sha = Path(f"{tree}.sha").read_text(encoding="utf-8").strip()
    repository = tree.name.replace("pypi+", "pypi:", 1).replace("+", "/", 1)
    listing = []
    for path in sorted(tree.rglob("*")):
        shown = path.relative_to(tree).as_posix()
        if kind_of(shown) is None or _SKIPPED.search(shown) or not path.is_file():
            continue
        for prompt, kind, count in _of_file(path, shown):
            anchor = prompt.id.partition("::")[2]
            listing.append(Listed(repository, sha, shown, anchor, listed.digest(prompt.text), kind, count))
    return listing


def _of_file(path: Path, shown: str) -> Iterator[tuple[Prompt, str, int]]:
    kind = kind_of(shown)
    assert kind is not None
    try:
        source = read_file(path, shown, kind)
    except PromptlintError:
        return
    if len(source.text) < 3 * LEAST or promptless(source):
        return
    for prompt in extract(source).prompts:
        text = prompt.text
        if not 3 * LEAST <= len(text) <= 6 * LARGEST or not _is_english(text):
            continue
        count = tokens.count(text, tokens.tokenizer("gpt-4o"))
        if LEAST <= count <= LARGEST:
            yield prompt, kind_of_prompt(shown, prompt, View(prompt, len)), count


def _is_english(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text.lower())
    common = {"the", "to", "a", "of", "and", "in", "is", "for", "you", "be", "or", "if"}
    return len(words) > 100 and sum(word in common for word in words) > 0.12 * len(words)


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trees", type=Path)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--most", type=int, default=260)
    parser.add_argument("--each", type=int, default=A_REPOSITORY)
    parser.add_argument("--out", type=Path, default=listed.LIST)
    values = parser.parse_args()
    trees = [path for path in sorted(values.trees.iterdir()) if path.is_dir()]
    with Pool(2) as pool:
        every = [each for part in pool.imap_unordered(found, trees) for each in part]
    chosen = drawn(every, values.seed, values.most, values.each)
    listed.write(chosen, values.out)
    print(f"{len(every):,} prompts of {len({each.repository for each in every})} repositories")
    for kind in KINDS:
        print(f"{kind:16} {sum(each.kind == kind for each in chosen):4} chosen")


def drawn(every: list[Listed], seed: int, most: int, each_: int) -> list[Listed]:
    """At most `most`, the kinds as even as they can be, `each_` of a repository and kind, no text twice."""
    random_ = random.Random(seed)  # a draw that can be repeated, nothing secret
    every = sorted(every, key=lambda each: (each.repository, each.path, each.id))
    random_.shuffle(every)
    pools: dict[str, list[Listed]] = defaultdict(list)
    seen: set[str] = set()
    of: dict[tuple[str, ...], int] = defaultdict(int)
    for each in every:
        keys = (each.repository, each.kind), (each.repository, each.path)
        if each.sha256 in seen or of[keys[0]] >= each_ or of[keys[1]] >= A_FILE:
            continue
        seen.add(each.sha256)
        for key in keys:
            of[key] += 1
        pools[each.kind].append(each)
    chosen: list[Listed] = []
    while len(chosen) < most and any(pools.values()):
        for kind in KINDS:
            if pools[kind] and len(chosen) < most:
                chosen.append(pools[kind].pop())
    return chosen


if __name__ == "__main__":
    main()
