"""Broken configurations are told, each by the code that is meant; valid ones are not."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.errors import UsageError
from promptlint.route import check
from promptlint.route.check import shared
from tests.route.broken import BROKEN, LITELLM, PORTKEY, VALID, Broken


@pytest.mark.parametrize("case", BROKEN, ids=[f"{case.product}-{case.name}" for case in BROKEN])
def test_a_broken_config_is_told_where_it_is(case: Broken, tmp_path: Path) -> None:
    file = tmp_path / ("config.json" if case.product == "portkey" else "config.yaml")
    file.write_text(case.text)
    found = [item for item in check.checked(file) if item.severity != "info"]
    meant = [item for item in found if (item.code, item.line) == (case.code, case.line)]
    assert meant, found
    assert case.says in meant[0].message
    assert len(found) <= 3, "one mistake, and at most two that follow from it"


@pytest.mark.parametrize(("name", "text"), VALID.items(), ids=VALID)
def test_a_valid_config_is_silent(name: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / ("config.json" if name.startswith("portkey") else "config.yaml")
    file.write_text(text)
    assert [item for item in check.checked(file) if item.severity != "info"] == []


def test_there_are_as_many_as_the_issue_asks_for() -> None:
    assert len(BROKEN) >= 40
    assert {case.product for case in BROKEN} == {"litellm", "portkey", "vllm-sr"}


def test_the_golden_configs_pass(folder: Path) -> None:
    for name in ("litellm.yaml", "portkey.json"):
        assert [item for item in check.checked(folder / "golden" / name) if item.severity != "info"] == []


def test_a_file_of_nobody(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    for text in ("a: 1\n", "", "- 1\n", "a: [\n", "a: 1\na: 2\n"):
        file.write_text(text)
        with pytest.raises(UsageError, match=r"x\.yaml"):
            check.checked(file)


def test_a_key_is_told_but_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    secret = "sk-" + "proj-abcdefghijklmnopqrstuvwx"
    file.write_text(
        f"model_list:\n  - model_name: a\n    litellm_params: {{model: gpt-4o, api_key: {secret}}}\n"
    )
    (found,) = check.checked(file)
    assert (found.code, found.line) == ("RTE213", 3)
    assert "abcdef" not in found.message


def test_a_weaker_model_after_an_error_is_known_after_a_bad_answer_looked_at(tmp_path: Path) -> None:
    after_an_error = LITELLM.replace("[{cheap: [mid, strong]}]", "[{strong: [cheap]}]")
    escalated = PORTKEY.replace('"gpt-4.1"}}]}', '"gpt-4o-mini"}}]}')
    ours = escalated.replace("{", '{"_promptlint": ["promptlint-manifest: ' + "0" * 64 + '"], ', 1)
    said = {
        "config.yaml": (after_an_error, "info"),
        "a.json": (escalated, "warning"),
        "b.json": (ours, "info"),
    }
    for name, (text, severity) in said.items():
        file = tmp_path / name
        file.write_text(text)
        found = {item.code: item.severity for item in check.checked(file)}
        assert found == {"RTE203": severity, "RTE204": severity}, name


GRAPHS = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=4))


@given(GRAPHS)
def test_a_circle_is_found_if_and_only_if_there_is_one(edges: dict[str, list[str]]) -> None:
    found = list(shared.circles(edges))
    for circle in found:
        assert circle[0] == circle[-1]
        assert all(after in edges[before] for before, after in pairwise(circle))
    reached = {name: set(targets) for name, targets in edges.items()}
    for _ in range(6):
        reached = {
            name: targets.union(*(reached.get(each, set()) for each in targets))
            for name, targets in reached.items()
        }
    assert bool(found) == any(name in targets for name, targets in reached.items())


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (
            "config.yaml",
            "model_list:\n  - model_name: prompt/prompts/greeting.prompt\n"
            "    litellm_params: {model: openai/gpt-4o}\nlitellm_settings: {cache: true}\n",
            2,
        ),
        (
            "config.json",
            '{"strategy": {"mode": "conditional", "default": "a", "conditions": [\n'
            '  {"query": {"metadata.prompt_id": {"$in": ["prompts/greeting.prompt"]}}, "then": "a"}]},\n'
            ' "cache": {"mode": "simple"}, "targets": [{"name": "a", "provider": "openai"}]}\n',
            2,
        ),
    ],
)
def test_a_cache_for_a_prompt_that_the_plan_does_not_keep(
    name: str, text: str, line: int, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(text)
    assert [item for item in check.checked(file) if item.severity != "info"] == []
    cap = check.Cap(20, {"prompts/greeting.prompt": "personal slot customer_name"})
    (found,) = [item for item in check.checked(file, cap) if item.severity != "info"]
    assert (found.code, found.line) == ("RTE222", line)
    assert "personal slot customer_name" in found.message
    off = text.replace("cache: true", "cache: false").replace('"mode": "simple"', '"mode": "off"')
    file.write_text(off)
    assert "RTE222" not in {item.code for item in check.checked(file, cap)}
