"""Prices: the snapshot's integrity, figures pinned by hand, the spellings of names, the config's overrides."""

from __future__ import annotations

import hashlib
import json
import re
import runpy
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from promptlint import prices
from promptlint.errors import ConfigError
from promptlint.model import Basis

ROOT = Path(__file__).parent.parent
SNAPSHOT = ROOT / "promptlint" / "_data" / "prices.json"


def usd(model: str) -> tuple[float | None, ...]:
    found = prices.price(model)
    assert found is not None, model
    return tuple(getattr(found, kind) for kind in prices.KINDS)


# --- the snapshot ---------------------------------------------------------------------------


def test_snapshot_carries_the_sha256_of_its_content() -> None:
    document = json.loads(SNAPSHOT.read_text())
    digest = document.pop("sha256")
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(canonical.encode()).hexdigest() == digest
    assert document["columns"] == [*prices.KINDS, "any_date"]
    assert re.fullmatch(r"genai-prices \d+\.\d+\.\d+", document["source"])
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", document["date"])
    assert prices.snapshot_date() == document["date"]


def test_snapshot_is_small() -> None:
    assert SNAPSHOT.stat().st_size < 60_000


def test_rows_are_sane() -> None:
    for host, rows in json.loads(SNAPSHOT.read_text())["prices"].items():
        for name, (base, output, cached, write, batch_in, batch_out, any_date) in rows.items():
            assert 0 < base <= output < 1000, (host, name)
            assert cached is None or 0 <= cached <= base, (host, name)
            assert write is None or write >= base, (host, name)
            assert (batch_in is None) == (batch_out is None), (host, name)
            assert batch_in is None or 0 < batch_in <= base, (host, name)
            assert any_date in (0, 1), (host, name)


def test_aliases_lead_to_prices() -> None:
    document = json.loads(SNAPSHOT.read_text())
    for host, names in document["aliases"].items():
        assert set(names.values()) <= set(document["prices"][host])
        assert not set(names) & set(document["prices"][host])


def test_snapshot_is_what_the_price_library_says() -> None:
    pytest.importorskip("genai_prices", reason="needs genai-prices of the snapshot's version")
    build = runpy.run_path(str(ROOT / "scripts" / "build_prices.py"))
    assert SNAPSHOT.read_text() == build["render"](date.fromisoformat(prices.snapshot_date()))


@pytest.mark.parametrize("model", prices.known_models())
def test_every_known_model_has_its_price(model: str) -> None:
    found = prices.price(model)
    assert found is not None
    assert model.endswith(found.model)
    assert found.basis is (Basis.ASSUMED if model.endswith("-latest") else Basis.EXACT)
    assert found.source == f"snapshot {prices.snapshot_date()}"


# --- figures pinned by hand -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        # input, output, cached input, cache write, batch input, batch output
        ("gpt-4o", (2.5, 10, 1.25, None, 1.25, 5)),
        ("gpt-4o-mini", (0.15, 0.6, 0.075, None, 0.075, 0.3)),
        ("claude-sonnet-4-6", (3, 15, 0.3, 3.75, 1.5, 7.5)),
        ("claude-haiku-4-5", (1, 5, 0.1, 1.25, 0.5, 2.5)),
        ("mistral-large-2512", (0.5, 1.5, 0.05, None, 0.25, 0.75)),
        ("groq/meta-llama/llama-4-maverick-17b-128e-instruct", (0.2, 0.6, None, None, None, None)),
        (
            "together_ai/meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
            (0.27, 0.85, None, None, None, None),
        ),
        ("bedrock/meta.llama4-maverick-17b-instruct-v1:0", (0.24, 0.97, None, None, None, None)),
        (
            "fireworks_ai/accounts/fireworks/models/llama4-maverick-instruct-basic",
            (0.22, 0.88, None, None, None, None),
        ),
        ("gpt-4o-2024-05-13", (5, 15, None, None, 2.5, 7.5)),
        ("claude-opus-5", (5, 25, 0.5, 6.25, 2.5, 12.5)),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", (3.3, 16.5, 0.33, 4.125, None, None)),
        ("ft:gpt-4o-mini-2024-07-18:org::id", (0.3, 1.2, None, None, 0.15, 0.6)),
    ],
)
def test_pinned_prices(model: str, expected: tuple[float | None, ...]) -> None:
    assert usd(model) == expected


def test_batch_is_never_the_standard_price_by_silence() -> None:
    found = prices.price("groq/llama-4-maverick-17b-128e-instruct")
    assert found is not None
    assert found.batch_input is None


@pytest.mark.parametrize(
    "model",
    [
        *("", "my-deployment", "azure/my-deployment", "text-embedding-3-small", "whisper-1", "gpt-image-1"),
        *(
            "mistral-large-latest",
            "mistral/mistral-large",
            "codestral-latest",
            "deepseek-chat",
            "grok-latest",
        ),
        *("llama-4-maverick", "groq/claude-sonnet-4-6", "ollama/gpt-oss-20b", "ft:gpt-4.1:org::id"),
        *("openrouter/deepseek/deepseek-v3.2:free", "gpt-4o:extended"),
    ],
)
def test_unknown_moving_and_ambiguous_names_have_no_price(model: str) -> None:
    assert prices.price(model) is None


@pytest.mark.parametrize(
    ("model", "same_as", "basis"),
    [
        ("openai/gpt-4o", "gpt-4o", Basis.EXACT),
        ("gpt-4o-2024-11-20", "gpt-4o", Basis.EXACT),
        ("gpt-4o-2031-01-01", "gpt-4o", Basis.ASSUMED),
        ("azure/gpt-4o", "gpt-4o", Basis.ASSUMED),
        ("azure/gpt-35-turbo", "gpt-3.5-turbo", Basis.ASSUMED),
        ("gpt-4-1106-preview", "gpt-4-turbo", Basis.EXACT),
        ("anthropic/claude-3.5-sonnet", "claude-3-5-sonnet", Basis.EXACT),
        ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet", Basis.EXACT),
        ("claude-opus-4-20250514", "claude-opus-4", Basis.EXACT),
        ("openrouter/anthropic/claude-sonnet-4.6", "claude-sonnet-4-6", Basis.ASSUMED),
        ("vertex_ai/claude-haiku-4-5@20251001", "claude-haiku-4-5", Basis.ASSUMED),
        ("global.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5", Basis.EXACT),
        ("gemini/gemini-2.5-pro-preview-06-05", "gemini-2.5-pro", Basis.ASSUMED),
        ("xai/grok-4-latest", "grok-4-0709", Basis.EXACT),
    ],
)
def test_spellings_of_one_model(model: str, same_as: str, basis: Basis) -> None:
    found, wanted = prices.price(model), prices.price(same_as)
    assert found is not None
    assert wanted is not None
    assert (found.input, found.output, found.cached_input) == (
        wanted.input,
        wanted.output,
        wanted.cached_input,
    )
    assert found.basis is basis


def test_the_default_model_has_an_exact_price() -> None:
    found = prices.price(prices.DEFAULT_MODEL)
    assert found is not None
    assert found.basis is Basis.EXACT


# --- overrides ------------------------------------------------------------------------------


def test_override_replaces_all_prices_of_its_model() -> None:
    table = {"gpt-4o": {"input": 2.0, "output": 8.0}}
    found = prices.price("azure/gpt-4o-2024-08-06", table)
    assert found == prices.Price("gpt-4o", 2.0, 8.0, basis=Basis.EXACT, source="config")
    assert prices.price("gpt-4o-mini", table) == prices.price("gpt-4o-mini")


def test_the_most_precise_override_counts() -> None:
    table = {
        "gpt-4o": {"input": 1, "output": 1},
        "gpt-4o-2024-08-06": {"input": 2, "output": 2},
        "azure/gpt-4o-2024-08-06": {"input": 3, "output": 3, "cached_input": 1},
    }
    spellings = ("azure/gpt-4o-2024-08-06", "openai/gpt-4o-2024-08-06", "GPT-4o")
    assert [found.input for model in spellings if (found := prices.price(model, table))] == [3, 2, 1]


def test_override_prices_an_unknown_model() -> None:
    found = prices.price("my-deployment", {"my-deployment": {"input": 1, "output": 2, "batch_input": 0.5}})
    assert found is not None
    assert (found.input, found.output, found.cached_input, found.batch_input) == (1, 2, None, 0.5)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            {"input": 1, "output": 2, "cached": 1},
            r"prices\.m: unknown key 'cached'; did you mean cached_input\?",
        ),
        ({"input": 1, "output": 2, "zzz": 1}, r"prices\.m: unknown key 'zzz'; known: input, output"),
        ({"input": 1}, r"prices\.m: output missing"),
        ({}, r"prices\.m: input and output missing"),
        ({"input": -1, "output": 2}, r"prices\.m\.input: -1 is negative"),
    ],
)
def test_wrong_overrides_are_config_errors(table: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        prices.price("gpt-4o", {"m": table})


def test_import_reads_no_snapshot() -> None:
    code = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "from promptlint import prices\n"
        "print(any('prices.json' in name for name in opened))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "False"
