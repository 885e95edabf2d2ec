"""`route check --load` with LiteLLM and vllm-sr themselves on the PATH."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptlint.route.check import loaders
from tests.gateways import products
from tests.gateways.upstream import GOLDEN
from tests.route.broken import BROKEN


@pytest.mark.parametrize(
    ("product", "package", "mistake"), [("litellm", "fastapi", "no list"), ("vllm-sr", "cli", "signal")]
)
def test_the_golden_file_is_taken_and_a_broken_one_refused(
    product: str, package: str, mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(Path(products.python(product, package)).parent))
    monkeypatch.setenv("REDIS_HOST", "127.0.0.1")  # named, and not there: the loader does not ask it
    monkeypatch.setenv("REDIS_PORT", "1")
    assert list(loaders.loaded(GOLDEN / f"{product}.yaml", product)) == []
    broken = next(case for case in BROKEN if (case.product, case.name) == (product, mistake))
    file = tmp_path / "config.yaml"
    file.write_text(broken.text)
    (found,) = loaders.loaded(file, product)
    assert found.code == "RTE231"
    assert {"litellm": "is not a dictionary", "vllm-sr": "is-fap"}[product] in found.message
