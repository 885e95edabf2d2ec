"""The usage file: read strictly, described by its schema, written for what was found."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.facts import facts
from promptlint.errors import UsageError
from promptlint.model import Basis
from promptlint.plan import starter, usage, usage_schema
from promptlint.plan.assumptions import ALL, EFFECTS, LIMITS, MODELS, USAGE
from promptlint.plan.quantity import Quantity
from promptlint.prices import price
from promptlint.syntax import yamlio

GOOD = """\
version: 1
currency: USD
models: {simple: gpt-4o-mini}
assume:
  compression: [20%, 0.3]
  routing: {simple: {low: 0.6, mid: 0.7, high: 0.9, basis: measured}}
prompts:
  "app/**":
    calls_per_month: 40000
    retries: {timeout: 1%, parse: 0.05}
    turns: null
  app/bot.py::SYSTEM:
    calls_per_month: [50000, 70000]
    model: gpt-4.1
    latency: day
    difficulty: 0.2
    repeats: {exact: 0.1, semantic: 0.4}
"""


def read(tmp_path: Path, text: str) -> usage.Usage:
    path = tmp_path / "usage.yaml"
    path.write_text(text, encoding="utf-8")
    return usage.read(path, "usage.yaml")


def test_a_good_file(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    calls = found.number("calls_per_month", "app/bot.py::SYSTEM")
    assert calls == usage.Stated(Quantity(50_000, 60_000, 70_000, Basis.ESTIMATED), "usage.yaml:13")
    other = found.number("calls_per_month", "app/other.py::X")
    assert other is not None
    assert other.value.mid == 40_000
    parse = found.number("retries.parse", "app/bot.py::SYSTEM")
    assert parse is not None
    assert parse.value.mid == 0.05
    assert found.number("turns", "app/bot.py::SYSTEM") is None
    assert found.number("calls_per_month", "lib/x.md") is None
    assert found.word("latency", "app/bot.py::SYSTEM") == usage.Word("day", "usage.yaml:15")
    assert found.assume["compression"].value == Quantity(0.2, 0.25, 0.3, Basis.ESTIMATED)
    assert found.assume["routing.simple"].value == Quantity(0.6, 0.7, 0.9, Basis.MEASURED)
    assert found.models["simple"].value == "gpt-4o-mini"


def entry(line: str) -> str:
    return f"prompts:\n  x.md:\n    {line}\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("prompts: [1]\n", "usage.yaml:1: `prompts`: expected a mapping, found a list"),
        ("promts: {}\n", "usage.yaml:1: unknown key `promts`; did you mean `prompts`?"),
        (entry("cals_per_month: 1"), "usage.yaml:3: unknown key `cals_per_month` in `prompts.x.md`; did you mean `calls_per_month`?"),
        (entry("calls_per_month: -5"), "usage.yaml:3: `prompts.x.md.calls_per_month`: -5 is too little: calls a month from 0 to 100,000,000,000"),
        (entry("calls_per_month: 1e12"), "usage.yaml:3: `prompts.x.md.calls_per_month`: 1,000,000,000,000 is too much"),
        (entry("calls_per_month: .nan"), "usage.yaml:3: `prompts.x.md.calls_per_month`: a number is not finite"),
        (entry("calls_per_month: [5, 2]"), "usage.yaml:3: `prompts.x.md.calls_per_month`: expected low <= mid <= high, found 5, 3.5, 2"),
        (entry("calls_per_month: [5]"), "expected two numbers, [low, high]"),
        (entry("calls_per_month: {low: 5}"), "the key `high` is missing"),
        (entry("calls_per_month: {low: 5, high: 6, basis: guess}"), "'guess' is none of exact, estimated, assumed, measured"),
        (entry("calls_per_month: $500"), "'$500': write the number alone; money is in US dollars"),
        (entry("false_hit_usd: 3 EUR"), "'3 EUR': write the number alone; money is in US dollars"),
        (entry("calls_per_month: 50%"), "'50%': calls a month are no percentage"),
        (entry("repeats: {exact: 120%}"), "120% is too much: share from 0 to 1"),
        (entry("repeats: {exact: 40}"), '40 is too much: share from 0 to 1; 40% is 0.4 or "40%"'),
        (entry("repeats: {exact: 0.4, semantic: 0.1}"), "repeats.exact is 0.4, more than repeats.semantic, 0.1, which includes it"),
        (entry("retries: {parse: 1}"), "1 is too much: share below 1 from 0 to 0.95"),
        (entry("retries: {parsing: 0.1}"), "usage.yaml:3: unknown key `parsing` in `prompts.x.md.retries`; did you mean `parse`?"),
        (entry("turns: 0"), "0 is too little: turns from 1 to 1,000"),
        (entry("latency: fast"), "'fast' is none of interactive, minutes, day"),
        (entry("model: gpt-4oo-mini"), "usage.yaml:3: `prompts.x.md.model`: no price is known for the model 'gpt-4oo-mini'; did you mean gpt-4o-mini?"),
        ("currency: EUR\n", "usage.yaml:1: `currency`: prices are in US dollars: expected USD, found 'EUR'"),
        ("version: 2\n", "usage.yaml:1: `version`: version 2 is not known here; 1 is"),
        ("assume: {compresion: 0.2}\n", "unknown key `compresion` in `assume`; did you mean `compression`?"),
        ("models: {simple: x-1}\n", "no price is known for the model 'x-1'"),
        ("prompts:\n  a: {}\n  a: {}\n", "usage.yaml:3: no YAML: "),
        ("a: &x [*x]\n", "usage.yaml:1: no YAML: alias"),
        (entry("turns: !!python/object:os.system 3"), "is not obeyed"),
    ],
)  # fmt: skip
def test_bad_input_names_file_line_and_key(tmp_path: Path, text: str, wanted: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)
    assert wanted in str(caught.value)
    assert str(caught.value).startswith("usage.yaml:")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"usage.yaml"):
        usage.read(tmp_path / "none", "usage.yaml")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8"):
        usage.read(tmp_path / "bytes", "usage.yaml")


@pytest.mark.parametrize("text", ["", "prompts:\n", "prompts: {x.md: }\n", "assume:\n"])
def test_a_file_that_says_nothing(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert found.number("turns", "x.md") is None
    assert not found.assume


def test_prompts_that_are_no_more(tmp_path: Path) -> None:
    found = read(tmp_path, "prompts:\n  app/bott.py::SYSTEM: {turns: 2}\n  '*.md': {turns: 2}\n")
    assert list(found.strays(["app/bot.py::SYSTEM", "x.md"], lambda path: False)) == []
    assert list(found.strays(["app/bot.py::SYSTEM", "x.md"], lambda path: True)) == [
        "usage.yaml:2: no prompt matches 'app/bott.py::SYSTEM'; did you mean app/bot.py::SYSTEM?"
    ]


LINES = st.sampled_from(
    [
        "prompts:", "  a.md:", "    turns: 3", "    turns: [1, 2]", "    turns: {low: 1, high: 2}", "assume:", "  compression: 20%",
        "version: 1", "models:", "  simple: gpt-4o", "currency: USD", "- x", "  ? [a]", "&a *a", "    calls_per_month: 1e400",
        "    calls_per_month: 0x1F", "    repeats: {exact: .inf}", "    latency: day", "\t", "!!int x", "<<: *a", "    difficulty: yes", "---",
    ]
)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.lists(LINES, max_size=12).map("\n".join), st.text(max_size=60)))
def test_any_file_is_read_or_refused_with_its_line(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "u.yaml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        message = ""
        try:
            usage.read(path, "u.yaml")
        except UsageError as error:
            message = str(error)
    assert not message or re.match(r"u\.yaml:\d+: ", message)


def test_an_override_gives_a_price(tmp_path: Path) -> None:
    path = tmp_path / "u.yaml"
    path.write_text(entry("model: own"), encoding="utf-8")
    found = usage.read(path, "u.yaml", {"own": {"input": 1, "output": 2}})
    assert found.word("model", "x.md") == usage.Word("own", "u.yaml:3")


# --- what is assumed ------------------------------------------------------------------------


@pytest.mark.parametrize("key", list(ALL))
def test_every_assumption_says_where_it_is_from_and_keeps_its_limits(key: str) -> None:
    each = ALL[key]
    low, high = LIMITS[each.unit]
    assert low <= each.value.low <= each.value.high <= high
    assert each.value.basis is Basis.ASSUMED
    assert each.source.startswith(("the strategy", "promptlint's own"))


def test_every_model_has_a_price() -> None:
    assert all(price(name) for name, _ in MODELS.values())


# --- the schema -----------------------------------------------------------------------------


def test_the_schema_takes_what_the_reader_takes() -> None:
    schema = usage_schema.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(yamlio.load(GOOD))
    validator.validate(yamlio.load(starter.text([facts()])))
    for text in (
        "promts: {}",
        entry("cals: 1"),
        entry("turns: 0"),
        entry("repeats: {exact: 2}"),
        "currency: EUR",
    ):
        assert not validator.is_valid(yamlio.load(text)), text


def test_the_schema_names_all_keys() -> None:
    text = str(usage_schema.schema())
    assert all(f"'{part}'" in text for key in (*USAGE, *EFFECTS) for part in key.split("."))


# --- plan init ------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=30).filter(lambda text: "\0" not in text and text.strip() == text))
def test_what_is_written_is_read_back(name: str) -> None:
    text = starter.text(
        [facts(name, model=f"m {name}"), facts("chat.md" + name, uncounted=("conversation history",))]
    )
    root = yamlio.load(text)
    assert isinstance(root, dict)
    assert list(root["prompts"]) == [name, "chat.md" + name]
    assert set(root["prompts"][name].values()) == {None}
    assert list(root["prompts"]["chat.md" + name])[-1] == "turns"


def test_what_is_written_says_nothing_yet_and_lists_every_key(tmp_path: Path) -> None:
    text = starter.text([facts()])
    found = read(tmp_path, text)
    assert [item.match for item in found.entries] == ["app/bot.py::SYSTEM"]
    assert not found.entries[0].numbers
    assert not found.assume
    assert not found.models
    assert all(key in text for key in USAGE)
    assert all(each.source in text for each in EFFECTS.values())
    assert read(tmp_path, starter.text([])).entries == ()
