"""Writes what is generated from the rule cards: their pages, their schema, and the JSON in the wheel.

python scripts/build_docs.py           writes what has changed
python scripts/build_docs.py --check   writes nothing; exits 1 and names what is stale
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "labelled"))
import page as precision

from promptlint import tokens
from promptlint.cards import COMPILED
from promptlint.cards.examples import Container
from promptlint.cards.page import index, page
from promptlint.cards.params import explained, kinds
from promptlint.cards.reader import EXTRACTION, SUPPRESSION, Card, read_card, read_raw
from promptlint.checks import CHECKERS
from promptlint.errors import CardError
from promptlint.model import Safety, Severity

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules"
PAGES = ROOT / "docs" / "rules"
FIGURES = ROOT / "tests" / "data" / "labelled" / "figures.json"


def main() -> int:
    """Write the files, or compare them with what is there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if anything is stale")
    check = parser.parse_args().check
    wanted = generated()
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text("utf-8") != text]
    orphans = [path for path in sorted(PAGES.glob("*.md")) if path not in wanted]
    for path in stale + orphans:
        print(f"{'stale' if check else 'written' if path in wanted else 'removed'}: {path.relative_to(ROOT)}")
    if check:
        return 1 if stale or orphans else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], "utf-8")
    for path in orphans:
        path.unlink()
    return 0


def generated() -> dict[Path, str]:
    """All generated files and their text."""
    paths = sorted(RULES.glob("*.yaml"))
    cards = tuple(read_card(path) for path in paths)
    tokenizer = tokens.tokenizer("gpt-4o")
    figures = json.loads(FIGURES.read_text("utf-8")) if FIGURES.is_file() else {}
    files = {
        PAGES / f"{card.code}.md": page(card, lambda text: tokens.count(text, tokenizer))
        + measured(figures.get(card.code))
        for card in cards
    }
    files[PAGES / "README.md"] = index(cards)
    files[ROOT / "docs" / "precision.md"] = precision.page(cards)
    files[RULES / "schema.json"] = json.dumps(schema(cards), indent=2, ensure_ascii=False) + "\n"
    files[COMPILED] = compiled(paths)
    return files


def measured(figures: Mapping[str, list[int]] | None) -> str:
    """The section that says how often the rule was right on the labelled set; empty if it is not judged."""
    if figures is None:
        return ""
    lines = [
        "",
        "## How often it is right",
        "",
        "Measured on the [labelled set](../../tests/data/labelled/GUIDE.md); recall is of the faults that no"
        " other rule finds. The rule was made with the tuning part in view; the proof part was used once.",
        "",
        "| part | precision | recall |",
        "| --- | --- | --- |",
    ]
    for part, (right, wrong, found, missed) in figures.items():
        lines.append(f"| {part} | {_share(right, wrong)} | {_share(found, missed)} |")
    return "\n".join(lines) + "\n"


def _share(part: int, rest: int) -> str:
    """A share of counts; of fewer than ten it is no figure."""
    total = part + rest
    return f"{part / total:.2f} ({part} of {total})" if total >= 10 else f"no figure ({part} of {total})"


def compiled(paths: list[Path]) -> str:
    """All cards as one JSON object, from the path of each to what it holds; one line a card."""
    lines = (
        f"{json.dumps(path.relative_to(ROOT).as_posix())}: {json.dumps(read_raw(path), ensure_ascii=False)}"
        for path in paths
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def schema(cards: tuple[Card, ...]) -> dict[str, object]:
    """The JSON Schema of a card, for editors; the parameters depend on the checker."""
    text = {"type": "string", "minLength": 1}
    properties: dict[str, object] = {
        "code": {
            "type": "string",
            "pattern": "^[A-Z]{2,8}[0-9]{3}$",
            "description": "For ever; never reused.",
        },
        "name": {
            "type": "string",
            "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
            "description": "Names the problem.",
        },
        "summary": {**text, "description": "One line, without a full stop."},
        "severity": {"enum": [severity.name.lower() for severity in reversed(Severity)]},
        "since": {**text, "description": "The first version that has the rule."},
        "fix": {"enum": ["none", *(safety.name.lower() for safety in Safety)]},
        "check": {"enum": [*sorted(CHECKERS), EXTRACTION, SUPPRESSION]},
        "params": {"type": "object"},
        "default": {"enum": ["on", "off", True, False], "description": "Off: the rule must be selected."},
        "why": text,
        "source": {**text, "description": "Where the rule and its figures come from."},
        "examples": {"type": "array", "minItems": 1, "items": _example()},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "promptlint rule card",
        "type": "object",
        "properties": properties,
        "required": [key for key in properties if key not in ("params", "default")],
        "additionalProperties": False,
        "allOf": [_params_of(name) for name in sorted(CHECKERS)],
    }


def _example() -> dict[str, object]:
    marked = "Marks with «» what is reported."
    return {
        "type": "object",
        "properties": {
            "bad": {"type": "string", "description": marked},
            "good": {"type": "string", "description": "After the fix; alone: must stay silent."},
            "as": {"enum": [container.value for container in Container]},
            "params": {"type": "object", "description": "Parameters for this example only."},
            "files": {
                "type": "object",
                "description": "Other files of the project, by path.",
                "additionalProperties": {"type": "string"},
            },
        },
        "anyOf": [{"required": ["bad"]}, {"required": ["good"]}],
        "additionalProperties": False,
    }


def _params_of(name: str) -> Mapping[str, object]:
    params = CHECKERS[name].params
    meanings = explained(params)
    properties = {key: {**_type(hint), "description": meanings[key]} for key, hint in kinds(params).items()}
    wanted = {
        "type": "object",
        "properties": properties,
        "required": [key for key, hint in kinds(params).items() if hint in (int, float, bool, str)],
        "additionalProperties": False,
    }
    return {
        "if": {"properties": {"check": {"const": name}}, "required": ["check"]},
        "then": {"properties": {"params": wanted}, "required": ["params"] if properties else []},
    }


def _type(hint: object) -> dict[str, object]:
    types: dict[object, dict[str, object]] = {
        str: {"type": "string"},
        int: {"type": "integer", "minimum": 0},
        float: {"type": "number"},
        bool: {"type": "boolean"},
        tuple[str, ...]: {"type": "array", "items": {"type": "string"}},
        Mapping[str, str]: {"type": "object", "additionalProperties": {"type": "string"}},
    }
    return types[hint]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CardError as error:
        sys.exit(f"error: {error}")
