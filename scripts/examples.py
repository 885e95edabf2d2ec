"""Runs `route check` over configurations that the products' own repositories have as examples.

Their texts are not ours and are not kept here: fixtures/route/examples.jsonl has repository, commit, path,
hash and what is told of each. The repositories are read from clones that you name; others are SKIPPED.

Usage: python scripts/examples.py --repository OWNER/NAME=CLONE... [--write]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from promptlint.errors import UsageError
from promptlint.route import check

LIST = Path(__file__).resolve().parent.parent / "fixtures" / "route" / "examples.jsonl"


@dataclass(frozen=True)
class Source:
    """Where a repository has configurations of a product; `has` is a pattern of those that are meant."""

    product: str
    paths: str
    has: str
    embedded: bool = False


SOURCES: Mapping[str, Source] = {
    "agentgateway/agentgateway": Source(
        "agentgateway", r"examples/llm-[^k]*/[^d]*\.yaml", r"(?m)^(?:llm|binds):"
    ),
    "envoyproxy/ai-gateway": Source(
        "envoy", r"(?:examples/.*|cmd/aigw/testdata/.*\.in)\.yaml", r"(?m)^kind: AIGatewayRoute$"
    ),
    "Portkey-AI/gateway": Source(
        "portkey",
        r"(?:\.github/README.*|cookbook/.*)\.(?:md|ipynb)",
        r'\{\s*"(?:strategy|retry|cache)"\s*:',
        embedded=True,
    ),
    "vllm-project/semantic-router": Source(
        "vllm-sr",
        r"(?:config|deploy|e2e)/.*\.yaml",
        r"(?ms)^version: v0\.3$.*^routing:|^routing:.*^version: v0\.3$",
    ),
}


@dataclass(frozen=True)
class Example:
    """A configuration; `at` is the index of one that is embedded in a page, -1: the whole file."""

    source: str
    at: int
    sha256: str
    product: str
    told: tuple[str, ...]


def git(clone: Path, *arguments: str) -> str:
    """What git prints."""
    command = ["git", "-C", str(clone), *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8", errors="replace").stdout


def texts(clone: Path, commit: str, path: str, source: Source) -> list[str]:
    """The configurations of a file: itself, or those in its text that are whole JSON."""
    text = git(clone, "show", f"{commit}:{path}")
    if not source.embedded:
        return [text]
    if path.endswith(".ipynb"):
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    found: list[str] = []
    end = 0
    for match in re.finditer(source.has, text):
        if match.start() < end:
            continue  # inside of the one before it
        try:
            _, end = json.JSONDecoder().raw_decode(text, match.start())
        except ValueError:
            continue
        found.append(text[match.start() : end])
    return found


def told(text: str, product: str) -> tuple[str, ...]:
    """The codes of warnings and errors."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "config.json" if product == "portkey" else "config.yaml")
        file.write_text(text, encoding="utf-8")
        try:
            notes = check.checked(file, product=product)
        except UsageError as error:
            return (str(error).replace(str(file), "config"),)
    return tuple(sorted({item.code for item in notes if item.severity != "info"}))


def found(repository: str, clone: Path) -> Iterator[Example]:
    """Every example of a clone."""
    source, commit = SOURCES[repository], git(clone, "rev-parse", "HEAD").strip()
    for path in git(clone, "ls-tree", "-r", "--name-only", "HEAD").splitlines():
        if not re.fullmatch(source.paths, path):
            continue
        try:
            given = texts(clone, commit, path, source)
        except (subprocess.CalledProcessError, ValueError):  # not in this clone; a notebook that is none
            continue
        for index, text in enumerate(given):
            if re.search(source.has, text):
                sha256 = hashlib.sha256(text.encode()).hexdigest()
                at = index if source.embedded else -1
                yield Example(
                    f"{repository}@{commit}:{path}", at, sha256, source.product, told(text, source.product)
                )


def differs(example: Example, clone: Path) -> str | None:
    """What is otherwise than the list says; None: nothing."""
    repository, _, rest = example.source.partition("@")
    commit, _, path = rest.partition(":")
    text = texts(clone, commit, path, SOURCES[repository])[max(example.at, 0)]
    if hashlib.sha256(text.encode()).hexdigest() != example.sha256:
        return f"{example.source}: another text"
    now = told(text, example.product)
    return None if now == example.told else f"{example.source}: {', '.join(now) or 'nothing'} is told"


def main() -> int:
    """Write the list, or compare; 1 if something is told otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repository", action="append", default=[], metavar="OWNER/NAME=CLONE")
    parser.add_argument("--write", action="store_true", help="write the list")
    arguments = parser.parse_args()
    clones = {name: Path(place) for name, _, place in (each.partition("=") for each in arguments.repository)}
    if arguments.write:
        once = {item.sha256: item for name, clone in sorted(clones.items()) for item in found(name, clone)}
        LIST.write_text("".join(json.dumps(asdict(item)) + "\n" for item in once.values()), encoding="utf-8")
    rows = [json.loads(line) for line in LIST.read_text(encoding="utf-8").splitlines()]
    examples = [Example(**{**row, "told": tuple(row["told"])}) for row in rows]
    wrong = []
    for repository in SOURCES:
        mine = [item for item in examples if item.source.startswith(f"{repository}@")]
        if repository not in clones:
            print(f"SKIPPED {len(mine)} examples of {repository}: no clone is named")
            continue
        wrong += [problem for item in mine if (problem := differs(item, clones[repository]))]
        codes = Counter(code for item in mine for code in item.told)
        print(
            f"{repository}: {len(mine)} examples, {sum(not item.told for item in mine)} silent, {dict(codes)}"
        )
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
