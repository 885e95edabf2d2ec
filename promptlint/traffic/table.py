"""The normalized table of logged calls: its columns, what each says, and its Arrow schema.

A row is one attempt of one call, a bucket of a usage export (`calls` > 1), or a piece of a log that is no
call (`fault` says why; its other columns but `file`, `row`, `calls` and `origin` are null). Engines show the
rows that are calls, each delivered once, as the view `calls`, and all of them as `rows`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from promptlint.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["time", "text", "texts", "int", "short", "float", "bool"]
"""Of a column: timestamp[us] (UTC, without a zone: no engine shifts it), string,
list<string>, int64, int32, float64, bool."""

HASH_DIGITS = 16
"""Hexadecimal digits of a salted hash: 64 bits, by which a billion texts collide with a chance of 3 %."""

PREFIX_BLOCK = 512
"""Bytes (UTF-8) of a block of a prompt's prefix: about 128 tokens, the step in which OpenAI's cache grows
("Prompt caching"). After `PREFIX_BLOCKS` of them each next one is twice as long as the one before."""

PREFIX_BLOCKS = 32
"""Blocks of equal length; 16,384 bytes."""

PREFIX_MOST = 40
"""Hashes of one row at most: 16,384 x 2^8 bytes."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its kind and what it says. All may be null but `file`, `row`."""

    name: str
    kind: Kind
    says: str


def _columns(kind: Kind, **says: str) -> tuple[Column, ...]:
    return tuple([Column(name, kind, text) for name, text in says.items()])


COLUMNS: tuple[Column, ...] = (
    *_columns("time", time="When the call began, UTC."),
    *_columns(
        "text",
        request_id="Of the provider, gateway or span; what looks like an address or a secret is masked.",
        trace_id="Of the request that led to the call; calls of one trace belong together.",
        conversation_id="Of the session, thread or conversation.",
    ),
    *_columns(
        "short",
        turn="Number of the user's messages in the request, from 1; else as the log says.",
        attempt="Tries before this one of the same request, from 0; only where the log says so.",
    ),
    *_columns(
        "text",
        prompt_id="Of the prompt in the repository, or as the metadata has it.",
        match="How the prompt was told: metadata, fingerprint or system; null: it was not.",
        prompt_version="As the metadata has it.",
        provider="Who was asked, as the log says.",
        model="The model's bare name (`models.canonical`).",
        model_sent="The model's name as logged; the answer's where the log has both.",
    ),
    *_columns(
        "int",
        calls="Calls that the row stands for: 1, those of an export, or null: unknown.",
    ),
    *_columns(
        "int",
        input_tokens="All input, what was read from and written to a cache included.",
        cached_tokens="Input that was read from the provider's cache.",
        cache_write_tokens="Input that was written to it, where that is logged.",
        output_tokens="All output, reasoning included.",
        reasoning_tokens="Output that was reasoning.",
        max_tokens="The limit of the output that the request set.",
    ),
    *_columns("float", latency_ms="From request to the end of the answer, in milliseconds."),
    *_columns("short", status="Of HTTP; null: the log does not say."),
    *_columns(
        "text",
        error="timeout, rate_limit, parse, validation, server or client; null: none.",
        finish_reason="As the provider says it.",
    ),
    *_columns(
        "bool",
        batch="Sent through a batch interface, at its prices.",
        structured="The request asked for JSON or a schema.",
    ),
    *_columns("texts", tools_sent="Names of the tools sent, sorted.", tools_called="Of those called."),
    *_columns("text", user_hash="Of the user's id, salted."),
    *_columns(
        "int",
        usd_nano="Price of the row in 1e-9 US dollars by `money.nano`; null: model or tokens unknown.",
        usd_logged_nano="What the log itself says.",
    ),
    *_columns("text", price_basis="exact or assumed: how sure the model's price is."),
    *_columns(
        "text",
        system_hash="Of the system text, salted.",
        text_hash="Of all that is sent (system, messages, tools), salted.",
        normal_hash="The same without case, white space and digits (`hashing.normal`).",
        user_text_hash="Of the last user message, folded, salted.",
        answer_hash="Of the answer's text, salted.",
    ),
    *_columns(
        "texts",
        prefix_hashes="Chained hashes of the leading blocks of what is sent, in the order in which caches "
        "see it: two rows share as many blocks as leading hashes are equal. Block i ends at `prefix_end(i)`.",
    ),
    *_columns(
        "int",
        text_chars="Bytes (UTF-8) of all that is sent: those that `prefix_end` counts.",
        system_chars="Characters of the system text.",
        tools_chars="Bytes of the definitions of the tools sent, as JSON; they are part of `text_chars`.",
    ),
    *_columns("texts", flaws="What was wrong with values of the row, which are null for that."),
    *_columns(
        "text",
        system="The system text, masked; only if texts are kept.",
        user="The last user message, masked; only if texts are kept.",
        answer="The answer, masked; only if texts are kept.",
        origin="The format that the row was read as.",
        fault="Why the row is no call; null: it is one.",
    ),
    *_columns("int", delivery="What two deliveries of the same call have in common; of a fault: null."),
    *_columns("short", file="Number of the file, in the order of the run's files."),
    *_columns("int", row="Of a file of lines: the byte at which the line begins; else the record's number."),
)

NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)

TEXT_COLUMNS = ("system", "user", "answer")
"""The columns that hold texts; never written out unless asked."""


def prefix_end(index: int) -> int:
    """The bytes of the prefix that the hash of an index, from 0, covers."""
    if index < PREFIX_BLOCKS:
        return (index + 1) * PREFIX_BLOCK
    return PREFIX_BLOCKS * PREFIX_BLOCK << (index - PREFIX_BLOCKS + 1)


@lru_cache(maxsize=1)
def schema() -> pa.Schema:
    """The Arrow schema of the table, each field with what it says as its metadata."""
    import pyarrow as pa

    kinds = arrow_kinds()
    return pa.schema([pa.field(each.name, kinds[each.kind], True, {"says": each.says}) for each in COLUMNS])


def arrow_kinds() -> dict[Kind, pa.DataType]:
    """The Arrow type of each kind of column."""
    import pyarrow as pa

    return {
        "time": pa.timestamp("us"),
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "int": pa.int64(),
        "short": pa.int32(),
        "float": pa.float64(),
        "bool": pa.bool_(),
    }


_JSON: dict[Kind, dict[str, object]] = {
    "time": {"type": "string", "format": "date-time"},
    "text": {"type": "string"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "int": {"type": "integer"},
    "short": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
}


def described() -> dict[str, object]:
    """The JSON Schema of one row, with the Arrow type of each column as `arrow`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A row of the normalized table of promptlint traffic",
        "type": "object",
        "properties": {
            column.name: {
                "anyOf": [_JSON[column.kind], {"type": "null"}],
                "description": column.says,
                "arrow": _ARROW[column.kind],
            }
            for column in COLUMNS
        },
    }


_ARROW: dict[Kind, str] = {
    "time": "timestamp[us]",
    "text": "string",
    "texts": "list<item: string>",
    "int": "int64",
    "short": "int32",
    "float": "double",
    "bool": "bool",
}


@lru_cache(maxsize=1)
def raw_schema() -> pa.Schema:
    """What `scan.scan` takes: the file's number, the row, the bytes of one record (null: see `fault`)."""
    import pyarrow as pa

    return pa.schema(
        [("file", pa.int32()), ("row", pa.int64()), ("line", pa.binary()), ("fault", pa.string())]
    )
