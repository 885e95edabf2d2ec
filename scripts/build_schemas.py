"""Writes the JSON Schemas of promptlint's JSON documents to docs/schema; `--check` only compares."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from promptlint import compression, evaluation, planned, simulated, traffic_document, verdicts
from promptlint.evals import noticing
from promptlint.plan import usage_schema
from promptlint.plan.export import settings
from promptlint.report import change_text, coverage
from promptlint.report.json_report import schemas
from promptlint.route import compiled as routes
from promptlint.route import schema as routing
from promptlint.route.requests import model as requests
from promptlint.traffic import table
from promptlint.traffic.threshold import document as threshold

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "schema"


def main(arguments: list[str]) -> int:
    """Write or compare each schema; 1 if one is out of date."""
    stale = []
    others = {
        "compress": compression.schema(),
        "coverage": coverage.schema(),
        "diff": change_text.schema(),
        "eval": evaluation.schema(),
        "mutants": noticing.schema(),
        "requests": requests.schema(),
        "route": routes.schema(),
        "simulation": simulated.schema(),
        "routing": routing.schema(),
        "traffic": traffic_document.schema(),
        "traffic-table": table.described(),
        "traffic-threshold": threshold.schema(),
        "verdicts": verdicts.schema(),
    }
    others |= {"plan": planned.schema(), "usage": usage_schema.schema(), **settings.schemas()}
    for kind, schema in {**schemas(), **others}.items():
        path = FOLDER / f"{kind}.json"
        text = json.dumps(schema, indent=2) + "\n"
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in arguments:
            stale.append(path.name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    if stale:
        print(
            f"docs/schema is out of date ({', '.join(stale)}): run scripts/build_schemas.py", file=sys.stderr
        )
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
