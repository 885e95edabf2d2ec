"""A small project with a suite, whose answers a server on loopback gives as the tickets ask for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.evals_providers.server import Server

LABELS = ["billing", "bug", "other"]
LONG = "You sort the tickets of a shop.\n\nAnswer with one word: billing, bug or other.\n\n{{ticket}}\nsay:{{long}}\n"
SHORT = "Sort: billing, bug or other.\n{{ticket}}\nsay:{{short}}\n"

Case = Mapping[str, object]
Says = Callable[[int], str]


def right(index: int) -> str:
    """Always the wanted label."""
    return "billing"


def wrong_each(step: int) -> Says:
    """The wrong label for every so many cases."""
    return lambda index: "bug" if index % step == 0 else "billing"


def cases(
    count: int, long: Says = right, short: Says = right, critical: Sequence[int] = (), cluster: int = 0
) -> list[Case]:
    """Cases whose vars make the server say one label to the long prompt, and perhaps another to the short."""
    found: list[Case] = []
    for index in range(count):
        case: dict[str, object] = {
            "vars": {"ticket": f"number {index}", "long": long(index), "short": short(index)},
            "assert": [{"type": "label", "value": "billing", "config": {"labels": LABELS}}],
        }
        if index in critical:
            case["critical"] = True
        if cluster:
            case["cluster"] = f"c{index // cluster}"
        found.append(case)
    return found


def project(root: Path, server: Server | None, tests: Sequence[Case], **given: object) -> Path:
    """Write the prompts and the suite; its path. What is given replaces or adds keys of the suite."""
    (root / "prompts").mkdir(exist_ok=True)
    (root / "evals").mkdir(exist_ok=True)
    (root / "prompts" / "long.md").write_text(LONG)
    (root / "prompts" / "short.md").write_text(SHORT)
    provider: dict[str, object] = {"kind": "openai", "model": "small", "temperature": 0}
    if server is not None:
        provider["base_url"] = server.base_url
    suite: dict[str, object] = {
        "prompt": "prompts/long.md",
        "candidate": "prompts/short.md",
        "provider": provider,
        "margin": 0.05,
        "tests": list(tests),
    }
    suite.update(given)
    if suite["candidate"] in (None, "prompts/long.md"):
        for test in tests:
            test["vars"].pop("short", None)  # type: ignore[attr-defined]
    path = root / "evals" / "tickets.json"
    path.write_text(json.dumps({key: value for key, value in suite.items() if value is not None}))
    return path
