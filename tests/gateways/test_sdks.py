"""Golden files of targets that nothing runs here, by the types of their makers' own SDKs."""

from __future__ import annotations

import copy
import json

import pytest

from tests.gateways import products
from tests.gateways.upstream import GOLDEN
from tests.route.test_forms import ANTHROPIC, OPENAI

ROUTE = {
    key: item
    for key, item in json.loads((GOLDEN / "cloudflare.json").read_text()).items()
    if key != "_promptlint"
}
FRAGMENTS = json.loads((GOLDEN / "openrouter.json").read_text())["prompts"]


def lines(pattern: str) -> list[dict[str, object]]:
    files = sorted(GOLDEN.glob(pattern))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


LINES, REQUESTS = lines("batch.openai-*.jsonl"), lines("batch.anthropic-*.jsonl")


@pytest.fixture(scope="module")
def said() -> dict[str, list[str | None]]:
    wrong_route = copy.deepcopy(ROUTE)
    del wrong_route["elements"][0]["outputs"]
    wrong_fragment = {"models": "openai/gpt-4.1"}
    given = {
        "cloudflare": [ROUTE, wrong_route],
        "openrouter": [*FRAGMENTS.values(), wrong_fragment],
        "openai": [*LINES, json.loads(OPENAI.splitlines()[0]), {**LINES[0], "body": {"model": 1}}],
        "anthropic": [*REQUESTS, json.loads(ANTHROPIC), {"custom_id": "a", "params": {"model": "x"}}],
    }
    return dict(products.run(products.python("sdks", "anthropic"), "sdk_types.py", given))


@pytest.mark.parametrize("name", ["cloudflare", "openrouter", "openai", "anthropic"])
def test_the_golden_file_is_of_the_makers_types(name: str, said: dict[str, list[str | None]]) -> None:
    *ours, wrong = said[name]
    assert ours
    assert set(ours) == {None}
    assert wrong is not None, "the last one of each is broken, and is to be told"
