"""Reads providers as promptfoo spells them: `openai:gpt-4o`, or a mapping of `id` and `config`."""

from __future__ import annotations

from collections.abc import Mapping

from promptlint.evals import provider
from promptlint.evals.folder import is_file
from promptlint.evals.model import Provider
from promptlint.evals.values import Value
from promptlint.records import dataclass

CHAT = {"openai": ("openai", ("chat",)), "anthropic": ("anthropic", ("messages",))}
"""The vendors that are run here: the kind of provider, and the services that a name may have between."""

_VECTORS = ("embedding", "embeddings")
_RENAMED = {"apiBaseUrl": "base_url", "maxTokens": "max_tokens"}


@dataclass(frozen=True, slots=True)
class Named:
    """What a suite of promptfoo names.

    Args:
        id: as it spells it.
        provider: None: it is not run here.
        unused: settings of it that are not carried over.
    """

    id: str
    provider: Provider | None = None
    unused: tuple[str, ...] = ()


def read(item: Value, vectors: bool = False) -> Named:
    """The provider that a text or a mapping names: one that answers, or one that makes vectors.

    Raises:
        SuiteError: it has no id, or a setting is wrong.
    """
    id_, config = _entry(item)
    kind, model = _vectors(id_) if vectors else _chat(id_)
    if kind is None:
        return Named(id_)
    found, unused = _configured(config)
    made = Provider(
        kind=kind,
        model=model,
        base_url=provider.address(found["base_url"]) if "base_url" in found else None,
        parameters={
            name: reader(found[name]) for name, reader in provider.PARAMETERS.items() if name in found
        },
        line=item.line,
    )
    return Named(id_, made, tuple(unused))


def makes_vectors(id_: str) -> bool:
    """True for the name of a provider that makes vectors."""
    return id_.split(":")[1:2] in [[service] for service in _VECTORS]


def _entry(item: Value) -> tuple[str, Mapping[str, Value]]:
    """The id of a provider and its settings: `id` with `config`, or the id as the only key."""
    if item.kind == "a text":
        return item.text(), {}
    fields = item.entries()
    if "id" in fields:
        return fields["id"].text(), _options(fields)
    if len(fields) != 1:
        item.fail("a provider needs `id`")
    ((id_, options),) = fields.items()
    return id_, _options(options.entries())


def _options(fields: Mapping[str, Value]) -> Mapping[str, Value]:
    return fields["config"].entries() if "config" in fields and not fields["config"].is_null() else {}


def _chat(id_: str) -> tuple[str | None, str]:
    """The kind of a provider that promptfoo names so, None if it is not run here; and the model."""
    vendor, *rest = id_.split(":")
    kind, services = CHAT.get(vendor, (None, ()))
    if rest and rest[0] in services:
        rest = rest[1:]
    known = rest and rest[0] and not makes_vectors(id_)
    return (kind, ":".join(rest)) if known else (None, "")


def _vectors(id_: str) -> tuple[str | None, str]:
    vendor, *rest = id_.split(":")
    known = vendor == "openai" and makes_vectors(id_) and len(rest) > 1 and rest[1]
    return ("openai", ":".join(rest[1:])) if known else (None, "")


def _configured(config: Mapping[str, Value]) -> tuple[dict[str, Value], list[str]]:
    found = {_RENAMED.get(name, name): value for name, value in config.items() if not value.is_null()}
    known = {"base_url", *provider.PARAMETERS}
    used = {name: value for name, value in found.items() if name in known}
    files = {name for name, value in used.items() if _in_file(value)}
    return {name: used[name] for name in used if name not in files}, sorted(found.keys() - known | files)


def _in_file(value: Value) -> bool:
    """True for a setting that stands in files."""
    found = value.plain()
    return any(is_file(item) for item in (found if isinstance(found, list) else [found]))
