"""The document of eval and route results: written, described, read back strictly, refused with the place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from comparisons import hostile, results
from hostile import SMALL

from promptlint import documents, verdicts
from promptlint.errors import UsageError

Doc = dict[str, Any]


def spelt(found: verdicts.Verdicts) -> Doc:
    return json.loads(json.dumps(documents.to_json(found)))


def encoded(data: object) -> bytes:
    return json.dumps(data).encode()


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.json"
    path.write_bytes(encoded(spelt(results())))
    assert verdicts.read(path) == results()


def test_the_schema_describes_it() -> None:
    schema = verdicts.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(spelt(results()), schema)
    broken = spelt(results())
    del broken["evals"][0]["margin"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


def test_keys_of_later_versions_are_passed_over() -> None:
    assert verdicts.parse(encoded({**spelt(results()), "more": 1})) == results()


@pytest.mark.parametrize("text", [text for _, text in SMALL], ids=[name for name, _ in SMALL])
def test_hostile_text_is_carried_as_it_is(text: str) -> None:
    found = hostile(results(), text)
    assert verdicts.parse(encoded(spelt(found))) == found


def _set(*keys: str | int, value: object) -> Callable[[Doc], object]:
    def change(data: Any) -> None:  # a place of any type in the document
        for key in keys[:-1]:
            data = data[key]
        data[keys[-1]] = value

    return change


WRONG = [
    (_set("evals", 0, "verdict", value="passed"), "evals[0].verdict"),
    (_set("evals", 0, "verdict", value=None), "evals[0].verdict"),
    (_set("evals", 0, "answers", value="made up"), "evals[0].answers"),
    (_set("evals", 0, "difference", value="0"), "evals[0].difference"),
    (_set("evals", 0, "difference", value=None), "without a difference"),
    (_set("evals", 0, "interval", value=None), "without a difference"),
    (_set("evals", 0, "interval", value=[1.0]), "2 entries"),
    (_set("evals", 0, "interval", value=[0.2, 0.1]), "[low, high]"),
    (_set("evals", 1, "confidence", value=95), "evals[1].confidence"),
    (_set("evals", 1, "confidence", value=0), "evals[1].confidence"),
    (_set("evals", 1, "margin", value=-0.1), "evals[1].margin"),
    (_set("evals", 2, "cases", value=-1), "evals[2].cases"),
    (_set("evals", 2, "cases", value=1.5), "evals[2].cases"),
    (_set("evals", 2, "cases", value=True), "evals[2].cases"),
    (_set("evals", 2, "needed", value=-1), "evals[2].needed"),
    (_set("evals", value=None), "evals"),
    (_set("evals", value={}), "a list"),
    (_set("routes", 0, "proven", value=1), "routes[0].proven"),
    (_set("routes", 0, "usd_month_after", value=[3, 2]), "routes[0].usd_month"),
    (_set("routes", 0, "to_model", value=7), "routes[0].to_model"),
    (_set("routes", 0, "to_model", value="x" * 20_001), "20,000 characters"),
    (_set("schema_version", value=2), "version 2"),
    (_set("schema_version", value="1"), "schema_version"),
]


@pytest.mark.parametrize(("change", "says"), WRONG)
def test_what_is_wrong_is_refused_with_its_place(change: Callable[[Doc], object], says: str) -> None:
    data = spelt(results())
    change(data)
    with pytest.raises(UsageError) as caught:
        verdicts.parse(encoded(data), "v.json")
    assert says in str(caught.value)
    assert str(caught.value).startswith("v.json")


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 200_000, b"1" * 6000, b'{"schema_version": NaN}',
     b'{"evals": [], "evals": []}', b'{"schema_version": 1}', b'{"schema_version": 1e400}', b"\xef\xbb\xbf{}"],
)  # fmt: skip
def test_what_is_no_such_document_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError):
        verdicts.parse(data)


def test_a_key_that_is_there_twice_is_refused() -> None:
    text = json.dumps(spelt(results())).replace('"proven": true', '"proven": false, "proven": true')
    with pytest.raises(UsageError, match="twice"):
        verdicts.parse(text.encode())


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        verdicts.read(tmp_path / "none.json")
    with pytest.raises(UsageError, match="cannot be read"):
        verdicts.read(tmp_path)
    large = tmp_path / "large.json"
    large.write_bytes(encoded(spelt(results())) + b" " * verdicts.MAX_BYTES)
    with pytest.raises(UsageError, match="larger than 5,000,000 bytes"):
        verdicts.read(large)
