"""Measures `promptlint compress` without a suite: a prompt of about 2,000 tokens, after start-up.

Usage: python bench/compress.py
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from promptlint import lint, run
from promptlint.compress import ground, offline
from promptlint.compress.ground import File
from promptlint.compress.offline import Shortened, Target
from promptlint.model import Source, SourceKind

MILLISECONDS = 50.0
RUNS = 40
FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "shop" / "prompts" / "support_assistant.md"
MORE = (
    "\n## **Returns of Item {0}**\n\nItem {0} is sent back to warehouse {0} with label {0}. "
    "In order to return item {0}, the customer needs slip {0}. The slip of item {0} must not be folded.\n"
)


def main() -> None:
    """Time whole runs: reading, all passes, the contract, the proof. Each text is new to every memory."""
    found = None
    taken: list[float] = []
    processor: list[float] = []
    for number in range(RUNS + 3):
        source = made(number)
        found = found or settings(source)
        start, used = time.perf_counter(), time.process_time()
        done = once(ground.read(source, found))
        processor.append(1000 * (time.process_time() - used))
        taken.append(1000 * (time.perf_counter() - start))
        assert done.after.tokens.high < done.before.tokens.high
    taken = taken[3:]
    median, slow = statistics.median(taken), sorted(taken)[int(0.95 * len(taken))]
    met = "met" if median <= MILLISECONDS else "MISSED"
    print(
        f"{done.before.tokens.high:,} tokens, {RUNS} prompts: median {median:.0f} ms (on the processor "
        f"{statistics.median(processor[3:]):.0f} ms), 95 % within {slow:.0f} ms "
        f"(target {MILLISECONDS:.0f} ms: {met})"
    )


def made(number: int) -> Source:
    """The fixture with some more sections, their numbers other ones each time."""
    text = FIXTURE.read_text(encoding="utf-8").replace("120 words", f"{120 + number} words")
    text += "".join(MORE.format(1000 * number + each) for each in range(3))
    return Source("bench.prompt.md", text, SourceKind.MARKDOWN, named=True)


def settings(source: Source) -> lint.Settings:
    """Those of a project without a configuration."""
    space = run.workspace(run.Request(isolated=True))
    return ground.settings(space.settings(Path(source.path), source.path))


def once(file: File) -> Shortened:
    """All edits that the contract agrees to."""
    return offline.shorten(file, file.grounds[0], Target())


if __name__ == "__main__":
    main()
