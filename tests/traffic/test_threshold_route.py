"""A threshold that logs have shown is written into the policy, and from there into a gateway's configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Runner
from tests.traffic.near import asked, questions
from tests.traffic.reading import write_lines

PROMPT = "Answer questions about the opening hours and the parking of our shop in one short sentence."
POLICY = """\
version: 1
tiers:
  - {{name: simple, below: 0.5, model: openai/gpt-4o-mini}}
  - {{name: complex, model: openai/gpt-4o}}
cache: {cache}
prompts: {prompts}
"""


@pytest.mark.parametrize(
    ("cache", "prompts"),
    [
        ("{mode: semantic, ttl: 600}", "[]"),
        ("{mode: exact}", "[{match: prompts/hours.md, cache: semantic}]"),
    ],
)
def test_from_logs_to_the_gateway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promptlint: Runner, cache: str, prompts: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "hours.md").write_text(f"---\nmodel: gpt-4o-mini\n---\n{PROMPT}\n")
    policy = tmp_path / "routing.yaml"
    policy.write_text(POLICY.format(cache=cache, prompts=prompts))
    records: list[dict[str, Any]] = questions(360)
    for record in records:
        record["request"]["messages"][0]["content"] = PROMPT
    records.append(asked(400, "Something else", "No.", system="Another prompt that the repository lacks."))
    write_lines(tmp_path / "log.jsonl", records)
    tuned = promptlint(
        "traffic", "threshold", "log.jsonl", "--answers", "--limit", "0.25", "--policy", str(policy)
    )
    assert tuned.code == 0, tuned.err
    assert "prompts/hours.md" in tuned.out
    threshold = yaml.safe_load(policy.read_text())["cache"]["threshold"]
    assert f"cache.threshold is {threshold:g}" in tuned.err
    assert 0.5 <= threshold < 0.95  # not the policy's default
    done = promptlint(
        "route", "compile", "prompts", "--policy", str(policy), "--target", "litellm", "-o", "c.yaml"
    )
    assert done.code in (0, 1), done.err
    params = yaml.safe_load((tmp_path / "c.yaml").read_text())["litellm_settings"]["cache_params"]
    assert (params["type"], params["similarity_threshold"]) == ("redis-semantic", threshold)
