"""Writes what models take and can be held to, from the table that LiteLLM ships with its package.

    python scripts/build_abilities.py TABLE            writes promptlint/_data/abilities.json
    python scripts/build_abilities.py TABLE --check    compares it

TABLE is `litellm/model_prices_and_context_window_backup.json` of an installed LiteLLM; --version says which.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from promptlint import models

TARGET = Path(__file__).parent.parent / "promptlint" / "_data" / "abilities.json"
MAKERS = frozenset(("openai", "anthropic", "gemini", "mistral", "deepseek", "xai", "cohere_chat"))
HOSTS = frozenset(("groq", "together_ai", "fireworks_ai", "cerebras"))
"""Hosts of others' models: what they take is theirs to say, so their rows are under `host/model`."""

UNSTRUCTURED = ("gpt-3.5-turbo", "gpt-4", "gpt-4-turbo")
UNSTRUCTURED_SOURCE = "https://platform.openai.com/docs/guides/structured-outputs: from GPT-4o on"


def rows(table: Mapping[str, Mapping[str, object]]) -> dict[str, list[int | bool | None]]:
    """By canonical name: the most tokens of input, and whether answers can be held to a JSON Schema.

    Of several releases under one name the least counts.
    """
    found: dict[str, list[int | bool | None]] = {}
    for name, given in sorted(table.items()):
        host = str(given.get("litellm_provider"))
        if host not in MAKERS | HOSTS or given.get("mode") != "chat" or name.startswith("ft:"):
            continue
        most, shaped = given.get("max_input_tokens"), given.get("supports_response_schema")
        context = int(most) if isinstance(most, (int, float)) and most > 0 else None
        structured = shaped if isinstance(shaped, bool) else None
        base = models.canonical(name)
        row = found.setdefault(f"{host}/{base}" if host in HOSTS else base, [context, structured])
        row[0] = min(filter(None, (row[0], context)), default=None)
        row[1] = structured if row[1] is None else row[1] if structured is None else row[1] and structured
    for name in UNSTRUCTURED:
        found[name][1] = False
    return {name: row for name, row in found.items() if row != [None, None]}


def main() -> int:
    """Write or compare; 1 if it differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", type=Path)
    parser.add_argument("--version", default="1.106.2", help="of LiteLLM")
    parser.add_argument("--date", default="2026-11-23", help="when the table was taken")
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args()
    head = {
        "date": options.date,
        "source": f"LiteLLM {options.version}, model_prices_and_context_window_backup.json (MIT)",
        "unstructured_source": UNSTRUCTURED_SOURCE,
        "columns": ["max_input_tokens", "supports_response_schema"],
    }
    lines = [f" {json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
    found = rows(json.loads(options.table.read_text(encoding="utf-8")))
    body = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(found.items()))
    text = "\n".join(("{", *lines, ' "models": {', body, " }", "}", ""))
    if options.check:
        same = TARGET.read_text(encoding="utf-8") == text
        print("the same" if same else f"{TARGET} differs: run scripts/build_abilities.py", file=sys.stderr)
        return 0 if same else 1
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    print(f"{TARGET}: {len(found)} models")
    return 0


if __name__ == "__main__":
    sys.exit(main())
