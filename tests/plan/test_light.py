"""What `promptlint plan` loads: no library of the network, none of numbers, no parser that it does not need."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_imports import HEAVY, loaded

PROMPT = "You sort the mail of a shop into folders. In order to help, be quick.\n"


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_a_plan_loads_only_what_it_needs(tmp_path: Path, form: str) -> None:
    (tmp_path / "system_prompt.md").write_text(PROMPT)
    found = loaded(tmp_path, "plan", "--format", form)
    assert found & (HEAVY | {"jinja2", "yaml", "socket", "ssl"}) == set()
    others = {f"promptlint.report.plan.{name}" for name in ("page", "markdown_page", "text", "json_text")}
    assert len(found & others) == 1


def test_the_usage_file_needs_yaml_and_the_export_the_examples(tmp_path: Path) -> None:
    (tmp_path / "system_prompt.md").write_text(PROMPT)
    (tmp_path / "promptlint-usage.yaml").write_text("prompts:\n  '**': {turns: 2}\n")
    found = loaded(tmp_path, "plan")
    assert "yaml" in found
    assert "promptlint.plan.export" not in found
    assert found & HEAVY == set()
