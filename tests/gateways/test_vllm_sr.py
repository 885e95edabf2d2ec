"""The golden configuration, and one that we write by hand, by `vllm-sr config validate` itself."""

from __future__ import annotations

from tests.gateways import products
from tests.gateways.upstream import GOLDEN
from tests.route.broken import VLLM


def test_the_golden_file_is_valid() -> None:
    golden = (GOLDEN / "vllm-sr.yaml").read_text()
    misspelt = golden.replace("modelRefs:", "modelRef:", 1)
    said = products.vllm_sr([golden, VLLM, misspelt])
    assert said[:2] == [None, None]
    assert "modelRef" in str(said[2])
