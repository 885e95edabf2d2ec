"""The narrow table that findings are computed from: numbers and keys of calls, read from wide rows once."""

from __future__ import annotations

from promptlint import costs
from promptlint.records import dataclass
from promptlint.traffic.engines import Engine
from promptlint.traffic.table import PREFIX_MOST, prefix_end

MOST_PROMPTS = 100
"""Prompts that have rows of their own, by spend; the others are one."""

MOST_MODELS = 40
"""The same of models, by the names as logged."""

OTHERS = "(others)"

NONE, OTHER = -1, -2
"""Numbers of what no log names, and of what has no row of its own; the rest counts from 0."""

CUT = ("length", "max_tokens", "max_output_tokens", "MAX_TOKENS", "incomplete")
"""How makers say that the limit ended an answer."""

KEYS = "p, m, week"
"""What most queries group by: the prompt, the model as logged, the week's Monday."""

_DIALECTS = {
    "duckdb": {
        "key": "CASE WHEN {0} IS NOT NULL THEN CAST(hash({0}) >> 1 AS BIGINT) END",
        "unrolled": "unnest({0}) AS hash, generate_subscripts({0}, 1) - 1 AS i",
    },
    "spark": {
        "key": "CASE WHEN {0} IS NOT NULL THEN xxhash64({0}) END",
        "unrolled": "posexplode({0}) AS (i, hash)",
    },
}
"""What engines spell differently: a text as 63 or 64 bits, by which it is only compared with others; a
list as rows of its items, with their places from 0."""

_KEYED = {
    "prompt_key": "c.prompt_id",
    "model_key": "c.model",
    "version_key": "c.prompt_version",
    "conversation": "c.conversation_id",
    "trace": "c.trace_id",
    "person": "c.user_hash",
    "text": "c.text_hash",
    "normal": "c.normal_hash",
    "system": "c.system_hash",
    "question": "c.user_text_hash",
}
"""Columns of whole numbers, and the texts that they stand for."""

_PLAIN = (
    *("delivery", "time", "turn", "attempt", "error", "usd_nano", "input_tokens", "cached_tokens"),
    *("output_tokens", "max_tokens", "batch", "text_chars", "tools_chars"),
)


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers of `facts` stand for: ids of prompts; names of models as logged and as shown."""

    prompts: tuple[str, ...] = ()
    models: tuple[tuple[str, str], ...] = ()

    def prompt(self, p: int) -> str:
        """The id of a prompt; empty: none is known."""
        return self.prompts[p] if p >= 0 else "" if p == NONE else OTHERS

    def model(self, m: int) -> tuple[str, str]:
        """A model's name as logged, empty without one of its own, and as shown."""
        return self.models[m] if m >= 0 else ("", "" if m == NONE else OTHERS)


def spelt(engine: Engine, name: str, *arguments: object) -> str:
    """A function in the engine's words."""
    return _DIALECTS[engine.name][name].format(*arguments)


def prepare(engine: Engine) -> Names:
    """Make the tables of findings; the names of prompts and models that have rows of their own.

    `facts`: a row a call (`n` of them in an export: null is not known). `kept_prompts` (p, sent, name) and
    `kept_models` (m, sent, name; least: tokens of a prefix that the provider caches, null: none are) name
    numbers. `blocks` (i from 0, ends): the bytes of a prefix of so many hashes.
    """
    import pyarrow as pa

    made = {}
    by = "sum(coalesce(usd_nano, 0)) AS usd, count(*) AS n"
    for table, number, column, most, name in (
        ("kept_prompts", "p", "prompt_id", MOST_PROMPTS, "max(prompt_id)"),
        ("kept_models", "m", "model_sent", MOST_MODELS, "max(model)"),
    ):
        found = engine.query(
            f"SELECT {column} AS sent, {name} AS name, {by} FROM calls WHERE {column} IS NOT NULL "
            f"GROUP BY {column} ORDER BY usd DESC, n DESC, sent LIMIT {most}"
        )
        columns = {
            number: pa.array(range(found.num_rows), pa.int32()),
            "sent": found.column("sent").cast(pa.string()),
            "name": found.column("name").cast(pa.string()),
        }
        if number == "m":
            least = [costs.cache_minimum(sent) for sent in found.column("sent").to_pylist()]
            columns["least"] = pa.array(least, pa.int64())
        made[table] = pa.table(columns)
        engine.put(table, made[table])
    ends = pa.array([prefix_end(index) for index in range(PREFIX_MOST)], pa.int64())
    engine.put("blocks", pa.table({"i": pa.array(range(PREFIX_MOST), pa.int32()), "ends": ends}))
    engine.keep("facts", _facts(engine))
    prompts, models = made["kept_prompts"], made["kept_models"]
    pairs = zip(models.column("sent").to_pylist(), models.column("name").to_pylist(), strict=True)
    return Names(
        tuple(prompts.column("sent").to_pylist()), tuple([(sent, name or "") for sent, name in pairs])
    )


def _facts(engine: Engine) -> str:
    keyed = (f"{spelt(engine, 'key', column)} AS {name}" for name, column in _KEYED.items())
    columns = ", ".join((*(f"c.{name}" for name in _PLAIN), *keyed))
    cut = ", ".join(f"'{word}'" for word in CUT)
    return f"""
SELECT coalesce(p.p, CASE WHEN c.prompt_id IS NULL THEN {NONE} ELSE {OTHER} END) AS p,
    coalesce(m.m, CASE WHEN c.model_sent IS NULL THEN {NONE} ELSE {OTHER} END) AS m,
    CAST(date_trunc('week', c.time) AS DATE) AS week, c.calls AS n,
    coalesce(c.finish_reason IN ({cut}), FALSE) AS cut, {columns}
FROM calls AS c LEFT JOIN kept_prompts AS p ON c.prompt_id = p.sent
    LEFT JOIN kept_models AS m ON c.model_sent = m.sent
"""
