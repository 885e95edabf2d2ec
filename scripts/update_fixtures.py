"""Writes what promptlint says of each fixture beside it, as `<file>.expected.json`.

Run it after a change that is meant to alter findings, and read the diff like code.

Usage: python scripts/update_fixtures.py [--check]
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from promptlint import fix, lint, run
from promptlint.model import Finding, Safety, Source

ROOT = Path(__file__).parent.parent / "fixtures"
SUFFIX = ".expected.json"


def fixture_files() -> list[Path]:
    """Every fixture, hostile ones included; suites of evals, routes and logs have tests of their own."""
    known = [path for path in ROOT.rglob("*") if path.is_file() and not path.name.endswith(SUFFIX)]
    known = [path for path in known if path.relative_to(ROOT).parts[0] not in {"evals", "route", "traffic"}]
    return sorted(path for path in known if path.name != "promptlint.toml")


def expected(path: Path) -> str:
    """The JSON document for one fixture: its prompts, its findings, and what the safe fixes make of it."""
    request = run.Request(paths=(path,), force_exclude=False, use_cache=False)
    space = run.workspace(request)
    found, failed, _ = run.sources(request, space)
    document: dict[str, object] = {"prompts": [], "findings": []}
    for result in failed:
        document["findings"] = [_row(item) for item in result.findings]
    for place, source in found:
        settings = space.settings(place, source.path)
        fixed = fix.fix_source(_as_found(source), settings, Safety.SAFE)
        before = lint.check_source(_as_found(source), settings)
        document = {
            "reason": before.reason,
            "prompts": [
                {"id": item.id, "line": item.location.line, "tokens": item.tokens.high, "model": item.model}
                for item in before.prompts
            ],
            "findings": [_row(item) for item in before.findings],
            "safe_fixes": {
                "applied": len(fixed.applied),
                "refused": len(fixed.refused),
                "tokens_after": [item.tokens.high for item in fixed.after.prompts],
            },
        }
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def _as_found(source: Source) -> Source:
    """The source as if it had been found in a folder, so that the judgement of prompt or not is tested."""
    return Source(source.path, source.text, source.kind, named=False)


def _row(item: Finding) -> dict[str, object]:
    at = item.location
    row: dict[str, object] = {
        "code": item.code,
        "at": f"{at.line}:{at.column}-{at.end_line}:{at.end_column}",
        "message": item.message,
    }
    if item.fix is not None:
        row["fix"] = item.fix.safety.name.lower()
    if item.saving is not None:
        row["tokens"] = item.saving.input_tokens
    return row


def main() -> None:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is stale")
    check = parser.parse_args().check
    stale = []
    for path in fixture_files():
        target = path.with_name(path.name + SUFFIX)
        text = expected(path)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            stale.append(str(target.relative_to(ROOT.parent)))
            if not check:
                target.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{'stale' if check else 'written'}: {name}")
    sys.exit(1 if check and stale else 0)


if __name__ == "__main__":
    main()
