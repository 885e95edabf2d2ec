"""A project whose prompt has sentences that its cases need, singly or one of two, and others that none needs.

The server on loopback answers with the whole message, so that a case can ask whether a sentence was sent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from promptlint.compress import files, judging, passes
from promptlint.compress.tasks import Task
from promptlint.evals import suite as suites
from promptlint.evals.folder import Folder
from promptlint.evals.progress import SILENT
from promptlint.evals.providers.keys import Keys
from promptlint.evals.session import Setting
from promptlint.evals.store import Store
from tests.evals_providers.server import Server

COLOURS = (
    *("amber", "beige", "coral", "denim", "ebony", "fawn", "green", "hazel", "ivory", "jade"),
    *("khaki", "lilac", "mauve", "navy", "ochre", "pearl", "quartz", "russet", "sable", "teal"),
)


def prompt(needless: Sequence[str] = COLOURS) -> str:
    """A prompt with a paragraph a colour, and its slot at the end."""
    said = [
        f"The {colour} shelf of the shop holds {len(colour)} boxes of wool and linen." for colour in needless
    ]
    return "\n\n".join(["# The shop", *said, "Ticket: {{ticket}}"]) + "\n"


def project(
    root: Path,
    server: Server | None,
    needed: Sequence[tuple[str, ...]],
    count: int = 240,
    text: str = "",
    **given: object,
) -> Path:
    """Write the prompt and a suite; its path.

    Args:
        root: of the project.
        server: that answers; None: the suite's provider is given.
        needed: groups of colours of which one must be there; each case asks for one group, in turn, and of
            ten cases the last asks for nothing.
        count: of cases.
        text: of the prompt; empty: of `prompt`.
        given: keys of the suite.
    """
    (root / "evals").mkdir(parents=True, exist_ok=True)
    (root / "promptlint.toml").touch()
    (root / "shop.md").write_text(text or prompt())
    tests: list[dict[str, object]] = []
    for index in range(count):
        group = needed[index % len(needed)] if needed and index % 10 != 9 else ("Ticket",)
        tests.append(
            {
                "vars": {"ticket": f"number {index}"},
                "assert": [{"type": "contains-any", "value": [f"{name}" for name in group]}],
            }
        )
    found: dict[str, object] = {"prompt": "shop.md", "margin": 0.05, "tests": tests}
    if server is not None:
        found["provider"] = {
            "kind": "openai",
            "model": "small",
            "temperature": 0,
            "base_url": server.base_url,
        }
    found.update(given)
    path = root / "evals" / "shop.json"
    path.write_text(json.dumps(found))
    return path


def task(path: Path, store: Store | None = None, name: str = "shop.md", **given: object) -> Task:
    """The task of a project that `project` wrote."""
    root = path.parents[1]
    ground = files.found(str(root / name)).ground
    setting = Setting(Folder(root, path.parent), Keys.of({}, None), SILENT, store=store)
    proposals = judging.judged(ground, passes.ideas(ground)).proposals
    loaded = suites.load(path, root)
    return Task(ground, proposals, loaded, setting, **given)  # type: ignore[arg-type]
