"""Who may be asked for an opinion: the suite's judge and embedder, its code; and whom a test names itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from promptlint.evals import vendors
from promptlint.evals.assertions.kind import Helper
from promptlint.evals.folder import is_code, is_file
from promptlint.evals.model import Provider
from promptlint.evals.values import Value
from promptlint.records import dataclass

_LACKS: Mapping[Helper, str] = {
    "judge": "it asks a model, and the suite names no `judge`",
    "embedder": "it compares vectors, and the suite names no `embedder`",
    "python": "it runs code of the suite, which only `--allow-python` lets it",
}
_PARTS: Mapping[Helper, str] = {"judge": "text", "embedder": "embedding"}
_ALL_PARTS = frozenset({"text", "embedding", "classification", "moderation"})


@dataclass(frozen=True, slots=True)
class Graders:
    """Who may be asked; None: nobody. `python`: code of the suite may be run."""

    judge: Provider | None = None
    embedder: Provider | None = None
    python: bool = False

    def lacks(self, helper: Helper) -> str:
        """Why an assertion that needs a helper is not run; empty: it is."""
        has = {"": True, "judge": self.judge, "embedder": self.embedder, "python": self.python}
        return "" if has[helper] else _LACKS[helper]

    def differs(self, helper: Helper, named: Value) -> str:
        """Why an assertion that names whom to ask cannot have that; empty: it is whom the suite names."""
        item = _part(named, helper)
        if item is None:
            return ""
        who = self.judge if helper == "judge" else self.embedder
        found = _read(item, helper)
        if helper == "embedder" and found.provider is None and not vendors.makes_vectors(found.id):
            return ""  # a model that answers makes no vectors: promptfoo asks its own embedder then, too
        if found.provider is None:
            return f"it asks {found.id!r}, which is not run here"
        return "" if who and _same(found.provider, who) else f"it asks {found.id!r}, not whom the suite asks"


def first(named: Sequence[Value]) -> Graders:
    """The judge and the embedder that are named first."""
    return Graders(_first(named, "judge"), _first(named, "embedder"))


def _first(named: Sequence[Value], helper: Helper) -> Provider | None:
    parts = (_part(item, helper) for item in named)
    found = (_read(part, helper).provider for part in parts if part is not None)
    return next((provider for provider in found if provider is not None), None)


def named(layers: Sequence[Mapping[str, Value]]) -> Iterator[Value]:
    """Whom tests name: in their options, then in their assertions, however deep."""
    for layer in layers:
        if "options" in layer and not layer["options"].is_null():
            fields = layer["options"].entries()
            if "provider" in fields and not fields["provider"].is_null():
                yield fields["provider"]
        if "assert" in layer and not layer["assert"].is_null():
            yield from _in_assertions(layer["assert"], 0)


def _in_assertions(value: Value, depth: int) -> Iterator[Value]:
    for item in value.items() if depth < 5 else ():
        fields = item.entries()
        if "provider" in fields and not fields["provider"].is_null():
            yield fields["provider"]
        if "assert" in fields and not fields["assert"].is_null():
            yield from _in_assertions(fields["assert"], depth + 1)


def _part(named: Value, helper: Helper) -> Value | None:
    """What is named for one purpose, if the name is split by purposes."""
    if named.is_null():
        return None
    if named.kind == "a mapping" and named.entries().keys() <= _ALL_PARTS:
        return named.entries().get(_PARTS[helper])
    return named


def _read(item: Value, helper: Helper) -> vendors.Named:
    if item.kind == "a text" and (is_file(item.text()) or is_code(item.text())):
        return vendors.Named(item.text())
    return vendors.read(item, vectors=helper == "embedder")


def _same(named: Provider, who: Provider) -> bool:
    place = (named.kind, named.model, named.base_url) == (who.kind, who.model, who.base_url)
    return place and (not named.parameters or named.parameters == who.parameters)
