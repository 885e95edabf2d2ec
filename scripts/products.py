"""Writes what the products themselves say of the broken configurations into docs/gateways.md, beside ours.

Each configuration of tests/route/broken.py goes through the loader or validator of its own product, which
`make test-gateways` installs. What is not installed is SKIPPED, said, and its table stays as it is.

Usage: python scripts/products.py [--check]
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "gateways.md"
sys.path.insert(0, str(ROOT))

import pytest  # noqa: E402

from promptlint import markdown  # noqa: E402
from tests.gateways import products  # noqa: E402
from tests.route import test_forms as forms  # noqa: E402
from tests.route.broken import BROKEN, LITELLM, PORTKEY, VLLM, Broken  # noqa: E402

Judge = Callable[[Sequence[str]], list[str | None]]
_SILENT = "accepted in silence"


@dataclass(frozen=True)
class Product:
    """`judges` are the columns: a title, and who says it; `valid` is a configuration that all must take."""

    title: str
    environment: str
    package: str
    valid: str
    judges: Mapping[str, Judge]


PRODUCTS: Mapping[str, Product] = {
    "litellm": Product(
        "LiteLLM",
        "litellm",
        "litellm",
        LITELLM,
        {"`Router(...)`": products.litellm_router, "`--validate_config`": products.litellm_proxy},
    ),
    "portkey": Product(
        "Portkey gateway",
        "portkey",
        "@portkey-ai/gateway",
        PORTKEY,
        {"three requests": products.portkey_requests},
    ),
    "vllm-sr": Product(
        "vLLM Semantic Router",
        "vllm-sr",
        "vllm-sr",
        VLLM,
        {"`vllm-sr config validate`": products.vllm_sr},
    ),
    "cloudflare": Product(
        "Cloudflare, SDK",
        "sdks",
        "cloudflare",
        forms.CLOUDFLARE,
        {"types of the SDK": products.sdk("cloudflare")},
    ),
    "openrouter": Product(
        "OpenRouter, SDK",
        "sdks",
        "openrouter",
        forms.OPENROUTER,
        {"types of the SDK": products.sdk("openrouter")},
    ),
    "openai": Product(
        "OpenAI batch, SDK", "sdks", "openai", forms.OPENAI, {"types of the SDK": products.sdk("openai")}
    ),
}


def table(name: str) -> str:
    """The table of a product, with a line of how much passed in silence.

    Raises:
        pytest.skip.Exception: the product is not installed.
    """
    product = PRODUCTS[name]
    broken = [case for case in (*BROKEN, *forms.BROKEN) if case.product.partition(".")[0] == name]
    columns = []
    for title, judge in product.judges.items():
        valid, *said = judge([product.valid, *(case.text for case in broken)])
        if valid is not None:
            raise SystemExit(f"{product.title}, {title}: does not take the valid configuration: {valid}")
        columns.append(said)
    version = products.version(product.environment, product.package)
    silent = "; ".join(
        f"{title}: {sum(said is None for said in column)} of {len(column)} accepted in silence"
        for title, column in zip(product.judges, columns, strict=True)
    )
    head = ["mistake", "ours", *product.judges]
    rows = [head, ["---"] * len(head)]
    rows += [_row(case, [column[index] for column in columns]) for index, case in enumerate(broken)]
    body = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"### {product.title} {version}\n\n{silent}.\n\n{body}"


def _row(case: Broken, said: Sequence[str | None]) -> list[str]:
    theirs = [_SILENT if text is None else markdown.code(products.short(text), cell=True) for text in said]
    return [markdown.code(case.name, cell=True), case.code, *theirs]


def main() -> int:
    """Write or compare; 1 if a table is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    check = parser.parse_args().check
    page, stale = PAGE.read_text(encoding="utf-8"), []
    for name in PRODUCTS:
        block = re.compile(rf"(<!-- products: {name} -->\n).*?(\n<!-- end -->)", re.DOTALL)
        try:
            made = table(name)
        except pytest.skip.Exception as missing:
            print(f"SKIPPED {name}: {missing}", file=sys.stderr)
            continue
        found = block.search(page)
        if found is None:
            raise SystemExit(f"{PAGE.name} has no place for {name}")
        if found[0] != found[1] + made + found[2]:
            stale.append(name)
            page = page[: found.start()] + found[1] + made + found[2] + page[found.end() :]
    if not check:
        PAGE.write_text(page, encoding="utf-8", newline="\n")
        return 0
    if stale:
        print(
            f"docs/gateways.md is out of date ({', '.join(stale)}): run scripts/products.py", file=sys.stderr
        )
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
