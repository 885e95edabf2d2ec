"""Reads the labelled prompts: our own with their texts, public ones by repository, commit and hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from training import Case

from promptlint.difficulty.features import Reading, read
from promptlint.extract import extract
from promptlint.model import Prompt, Source, SourceKind
from promptlint.run import Request, run, sources, workspace
from promptlint.view import View

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OWN, PUBLIC, EVALS = HERE / "prompts.jsonl", HERE / "public.jsonl", HERE / "evals.jsonl"
WORDS, SCENARIOS = 150, 6
"""So many words are counted, of those that prompts of so many scenarios use; the commonest."""


def rows(file: Path) -> list[dict[str, object]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def own() -> tuple[list[Case], list[str]]:
    """Our own prompts as cases, and the words that are counted."""
    found = rows(OWN)
    read_ = [reading(prompt_of(str(row["text"]))) for row in found]
    words = vocabulary(read_, [str(row["scenario"]) for row in found])
    return [case(row, each, words) for row, each in zip(found, read_, strict=True)], words


def case(row: dict[str, object], found: Reading, words: Sequence[str]) -> Case:
    """A row with labels, and what was read off its prompt."""
    labels = row["labels"]
    assert isinstance(labels, list)
    (one, low), (other, high) = labels
    values = (*found.values, *(float(word in found.words) for word in words))
    return Case(
        str(row["id"]),
        str(row.get("scenario") or str(row["id"]).partition("@")[0]),
        values,
        (one, other),
        (low, high),
    )


def vocabulary(found: Sequence[Reading], scenarios: Sequence[str]) -> list[str]:
    """The words of the most scenarios."""
    seen: dict[str, set[str]] = {}
    for item, scenario in zip(found, scenarios, strict=True):
        for word in item.words:
            seen.setdefault(word, set()).add(scenario)
    ranked = sorted((-len(where), word) for word, where in seen.items() if len(where) >= SCENARIOS)
    return [word for _, word in ranked[:WORDS]]


def prompt_of(text: str) -> Prompt:
    """The prompt of a template in a file of its own."""
    (found,) = extract(Source("a.prompt.txt", text, SourceKind.TEXT, named=True)).prompts
    return found


def reading(prompt: Prompt) -> Reading:
    """What is read off a prompt."""
    return read(View(prompt, len))


def data_hash() -> str:
    """The hash of the prompts with their labels."""
    return hashlib.sha256(OWN.read_bytes() + PUBLIC.read_bytes()).hexdigest()


def evaluated() -> list[tuple[str, Reading, int, int, str]]:
    """Prompts with real pass rates, of the recorded suites: file, reading, passed, cases, model."""
    found = []
    for row in rows(EVALS):
        file = ROOT / str(row["prompt"])
        source = Source(file.name, file.read_text(encoding="utf-8"), SourceKind.MARKDOWN, named=True)
        (prompt,) = extract(source).prompts
        passed, count = row["passed"], row["cases"]
        assert isinstance(passed, int)
        assert isinstance(count, int)
        found.append((str(row["prompt"]), reading(prompt), passed, count, str(row["model"])))
    return found


# --- public prompts -------------------------------------------------------------------------------


def public(words: Sequence[str]) -> list[Case]:
    """Public prompts as cases, by the features that `look_up` has written into their rows."""
    found = []
    for row in rows(PUBLIC):
        values, own_words = row["features"], row["words"]
        assert isinstance(values, list)
        assert isinstance(own_words, list)
        found.append(case(row, Reading(tuple(values), frozenset(own_words)), words))
    return found


def look_up(folder: Path, words: Sequence[str]) -> None:
    """Write the features of public prompts into their rows, from checkouts `owner+name` in a folder.

    Of their words only those are written that are counted.
    """
    made = []
    for row in rows(PUBLIC):
        name, _, rest = str(row["id"]).partition("@")
        prompt = _prompt(folder / name.replace("/", "+"), rest.partition(":")[2])
        if hashlib.sha256(shown(prompt).encode()).hexdigest() != row["sha256"]:
            raise SystemExit(f"{row['id']}: the checkout holds another text")
        found = reading(prompt)
        values = [round(value, 6) for value in found.values]
        made.append({**row, "features": values, "words": sorted(found.words & set(words))})
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made)
    PUBLIC.write_text(text, encoding="utf-8")


def shown(prompt: Prompt) -> str:
    """The text as labellers saw it: messages with their roles, if there are several."""
    parts = []
    for message in prompt.messages:
        role = f"[{message.role.value if message.role else 'text'}]\n" if len(prompt.messages) > 1 else ""
        parts.append(role + "".join(segment.text for segment in message.segments))
    return "\n".join(parts)


def _prompt(root: Path, name: str) -> Prompt:
    """A prompt of a checkout, read as a run reads it."""
    path = name.partition("::")[0]
    request = Request(paths=(root / path,), use_cache=False, jobs=1, isolated=True)
    done = run(request)
    for source in _sources(request, done.contexts, path):
        for prompt in extract(source).prompts:
            if prompt.id == name:
                return prompt
    raise SystemExit(f"{root.name}: {name} is not there")


def _sources(request: Request, contexts: object, path: str) -> Iterator[Source]:
    assert isinstance(contexts, dict)
    for _, source in sources(request, workspace(request))[0]:
        yield replace(source, context=contexts.get(source.path, source.context), path=path)
