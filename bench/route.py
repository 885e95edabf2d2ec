"""Measures compiling 5,000 prompts of a manifest to LiteLLM: at most 3 s."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from promptlint.route import emit, manifest, plan, reader

PROMPTS = 5_000
LIMIT = 3.0
POLICY = """\
tiers:
  - {name: simple, below: 0.3, model: openai/gpt-4o-mini}
  - {name: medium, below: 0.7, model: anthropic/claude-haiku-4-5}
  - {name: complex, model: openai/gpt-4o}
cascade: true
cache: {mode: exact}
prompts: [{match: "app/*", cascade: true}, {match: app/17/prompt-17.md, tier: complex}]
"""
MODELS = ("gpt-4o", "gpt-4o-mini", "claude-haiku-4-5", "gpt-4.1")


def row(index: int) -> dict[str, object]:
    """One prompt of a manifest."""
    path = f"app/{index % 97}/prompt-{index}.md"
    traits = {"system_hash": f"{index:012x}", "task": "", "task_basis": "", "difficulty": (index % 10) / 10}
    traits |= {"difficulty_basis": "declared", "output": "text", "latency": "interactive"}
    traits |= {"latency_basis": "assumed", "batchable": False, "batchable_basis": "assumed"}
    traits |= {"uncacheable": [], "output_tokens": 200, "owner": ""}
    return {
        "id": path,
        "path": path,
        "line": 1,
        "version": f"{index:064x}",
        "role": [],
        "tokens": 400,
        "slot_tokens": 40,
        "slots": ["question"],
        "prefix_tokens": 300,
        "model": MODELS[index % 4],
        "model_basis": "exact",
        "calls_per_month": None,
        "load": "every call",
        "profile": "prompt",
        "traits": traits,
    }


def main() -> int:
    """Print seconds; 1 if it took longer than the limit."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "routing.yaml").write_text(POLICY)
        document = {
            "schema_version": 1,
            "promptlint": "0",
            "prompts": [row(index) for index in range(PROMPTS)],
        }
        (folder / "manifest.json").write_text(json.dumps(document))
        start = time.perf_counter()
        compiled = plan.compiled(
            manifest.read(folder / "manifest.json"), reader.read(folder / "routing.yaml")
        )
        planned = time.perf_counter()
        made = emit.emitted(compiled, "litellm", "config.yaml")
        end = time.perf_counter()
    seconds = f"plan {planned - start:.2f} s, LiteLLM {end - planned:.2f} s"
    print(
        f"{PROMPTS:,} prompts: {seconds}, {len(made.text):,} bytes; {time.process_time():.2f} s of processor"
    )
    return 0 if end - start <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
