"""A whole suite against a server that fails: nothing is lost, and nothing that failed is a pass or a fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from .server import Server

KEY = "sk-very-secret-0123456789"
ENDS_WELL = (
    "ok",
    "500,ok",
    "503,ok",
    "429/ms50,ok",
    "429/1,ok",
    "drop,ok",
    "half,ok",
    "chunk,ok",
    "hang,ok",
    "drip,ok",
    "headers,ok",
)
FAILS = ("garbage", "truncated", "401", "404", "307", "html", "null", "hollow", "deep", "latin", "error")


def suite_of(folder: Path, base_url: str) -> dict[str, str]:
    """Write a suite with cases for each plan, well mixed, for a run of failures only would be given up.

    Returns:
        The plan of each case by its id.
    """
    mixed = [plan for pair in zip(FAILS, ENDS_WELL, strict=True) for plan in (*pair, "ok", "ok")]
    plans = {f"case {index} of {plan}": plan for index, plan in enumerate(mixed)}
    (folder / "long.md").write_text("Sort the ticket of a customer. {{ticket}}\n")
    (folder / "short.md").write_text("Sort it. {{ticket}}\n")
    tests = [
        {
            "id": name,
            "vars": {"ticket": f"{name} plan:{plan} say:billing"},
            "assert": [{"type": "equals", "value": "billing"}],
        }
        for name, plan in plans.items()
    ]
    suite = {
        "prompt": "long.md",
        "candidate": "short.md",
        "provider": {
            "kind": "openai",
            "base_url": base_url,
            "model": "small",
            "temperature": 0,
            "timeout": 2,
        },
        "margin": 0.2,
        "tests": tests,
    }
    (folder / "suite.json").write_text(json.dumps(suite))
    return plans


def run(folder: Path) -> tuple[dict[str, object], str]:
    """The document of the run, and all that it wrote."""
    environ = {
        "PATH": os.environ["PATH"],
        "PROMPTLINT_DATA_DIR": str(folder / "data"),
        "PROMPTLINT_CONFIG_DIR": str(folder / "config"),
        "OPENAI_API_KEY": KEY,
    }
    command = [sys.executable, "-m", "promptlint", "eval", "suite.json", "--format", "json", "--anyway"]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 4, done.stderr
    return json.loads(done.stdout), done.stdout + done.stderr


def test_nothing_is_lost_and_nothing_that_failed_counts(tmp_path: Path) -> None:
    with Server() as server:
        plans = suite_of(tmp_path, server.base_url)
        document, shown = run(tmp_path)
        first = len(server.log)
        assert document["verdict"] == "undecided"
        failed = {name for name, plan in plans.items() if plan in FAILS}
        assert set(document["incomplete"]) == failed
        results = {result["id"]: result for result in document["results"]}
        assert results.keys() == plans.keys()
        for name, result in results.items():
            for answer in (result["baseline"][0], result["candidate"][0]):
                assert answer["passed"] is (None if name in failed else True)
                assert (answer["failure"] is None) == (name not in failed)
                assert answer["tries"] == (2 if "," in plans[name] else 1)
        retried = sum("," in plan for plan in plans.values()) * 2
        assert (document["calls"], document["retries"]) == (first, retried)
        assert first == len(plans) * 2 + retried
        assert KEY not in shown
        assert all(entry["keys"] == {} for entry in server.log)

        again, _ = run(tmp_path)
        sent = Counter(entry["last"] for entry in server.log[first:])
        assert set(again["incomplete"]) == failed
        assert all(any(name in last for name in failed) for last in sent)
        assert set(sent.values()) == {1}  # of what had no answer some, for the run gives up; never another
        assert again["cached_calls"] == (len(plans) - len(failed)) * 2
    stored = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert stored
    assert KEY.encode() not in stored
