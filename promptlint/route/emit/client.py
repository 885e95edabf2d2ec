"""What callers must send for a prompt: as JSON, or as a small typed module if the file ends in .py.

A gateway's configuration alone routes nothing: it knows a prompt by what its request says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint import jsondoc
from promptlint.route.compiled import Plan, Route
from promptlint.route.emit import Feature, Made, litellm
from promptlint.route.notes import Note, note
from promptlint.route.requests import RequestClassifier
from promptlint.route.requests.embedding import embedded
from promptlint.route.slugs import slug
from promptlint.style import visible

CAPABILITIES = frozenset(Feature) - {Feature.FALLBACK, Feature.RETRIES, Feature.CANARY, Feature.ESCALATE}
CHECKED_WITH = "LiteLLM 1.106.2, @portkey-ai/gateway 1.15.2"

SCHEMA_VERSION = 1


def notes(plan: Plan) -> Iterator[Note]:
    """Caches that one LiteLLM proxy cannot have beside another kind."""
    kept = litellm.cached(plan)
    for route in plan.routes:
        if route.cache is not None and route.prompt not in kept:
            yield note("RTE112", "LiteLLM: one proxy has one kind of cache", route.prompt, route.path)


def emit(plan: Plan, header: Sequence[str], name: str) -> Made:
    """The module for a name that ends in .py, else the JSON."""
    return Made(_module(plan, header) if name.endswith(".py") else _json(plan, header))


# --- JSON --------------------------------------------------------------------------------------


def _json(plan: Plan, header: Sequence[str]) -> str:
    kept = litellm.cached(plan)
    document = {
        "_promptlint": list(header),
        "schema_version": SCHEMA_VERSION,
        "manifest_sha256": plan.manifest_sha256,
        "prompts": {route.prompt: _call(route, route.prompt in kept) for route in plan.routes},
        **({"requests": _requests(plan, plan.requests)} if plan.requests else {}),
    }
    return jsondoc.dumps(document) + "\n"


def _requests(plan: Plan, found: RequestClassifier) -> dict[str, object]:
    """The tiers and the weights of the classifier, for callers in other languages."""
    rows = [{"name": name, "below": below, "model": model} for name, below, model in _tiers(plan)]
    weights = {"shapes": found.shapes, "words": found.words}
    named = {kind: {row.name: row.weight for row in listed} for kind, listed in weights.items()}
    return {"tiers": rows, "intercept": found.intercept, **named}


def _tiers(plan: Plan) -> list[tuple[str, float | None, str]]:
    return [(tier.tier, below, tier.model) for tier, below in zip(plan.tiers, plan.below, strict=True)]


def _call(route: Route, is_kept: bool) -> dict[str, object]:
    return {
        "content_hash": route.content_hash,
        "metadata": metadata(route),
        "headers": {"x-prompt-id": slug(route.prompt)},
        "cache_namespace": route.cache.namespace if route.cache else None,
        "litellm": {"model": litellm.group(route), **_litellm_body(route, is_kept)},
        "portkey": {"headers": portkey_headers(route)},
        "validators": list(route.validators),
        "batch": route.batch,
        "mark_prefix": bool(route.prefix_tokens) and route.steps[0].provider == "anthropic",
    }


def metadata(route: Route) -> dict[str, str]:
    """What goes along as metadata; every gateway takes texts."""
    found = {"prompt_id": slug(route.prompt), "task": route.task, "latency": route.latency}
    if route.difficulty is not None:
        found["difficulty"] = f"{route.difficulty:g}"
    return {key: text for key, text in found.items() if text}


def _litellm_body(route: Route, is_kept: bool) -> dict[str, object]:
    if route.cache is None or not is_kept:
        return {}
    return {"cache": {"use-cache": True, "namespace": route.cache.namespace, "ttl": route.cache.ttl}}


def portkey_headers(route: Route) -> dict[str, str]:
    """The headers beside x-portkey-config."""
    found = {"x-portkey-metadata": jsondoc.dumps(metadata(route), None)}
    if route.cache is not None:
        found["x-portkey-cache-namespace"] = route.cache.namespace
    return found


# --- Python --------------------------------------------------------------------------------------

_HEAD = '''"""What each prompt's caller sends to the gateway: see `CALLS`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

MANIFEST_SHA256: Final = {manifest}

PromptId = Literal[
{ids}]
"""Every prompt that is routed: another one is an error of types."""


@dataclass(frozen=True)
class Call:
    """What goes along with a request.

    `model` is the group of the LiteLLM proxy, `cache_namespace` None where answers are not kept.
    """

    model: str
    content_hash: str
    metadata: Mapping[str, str]
    cache_namespace: str | None
    cache_ttl: int | None
    litellm_cached: bool
    portkey_headers: Mapping[str, str]
    validators: tuple[str, ...]
    batch: bool

    def litellm_body(self) -> dict[str, object]:
        """The fields of a request to LiteLLM beside its messages."""
        body: dict[str, object] = {{"model": self.model, "metadata": dict(self.metadata)}}
        if self.litellm_cached:
            wanted = {{"use-cache": True, "namespace": self.cache_namespace, "ttl": self.cache_ttl}}
            body["cache"] = wanted
        return body


def call(prompt: PromptId) -> Call:
    """What goes along with a request of this prompt."""
    return CALLS[prompt]


CALLS: Final[Mapping[PromptId, Call]] = {{
'''


def _module(plan: Plan, header: Sequence[str]) -> str:
    comment = "".join(f"# {visible(line)}".rstrip() + "\n" for line in header)
    ids = "".join(f"    {_text(route.prompt)},\n" for route in plan.routes)
    kept = litellm.cached(plan)
    head = _HEAD.format(manifest=_text(plan.manifest_sha256), ids=ids)
    body = head + "".join(_row(route, route.prompt in kept) for route in plan.routes) + "}\n"
    return comment + (_with_requests(body, plan, plan.requests) if plan.requests else body)


def _with_requests(body: str, plan: Plan, found: RequestClassifier) -> str:
    """The module with the classifier after its own part, and the imports of both at its top."""
    part = embedded(found, _tiers(plan))
    head, future, tail = body.partition("from __future__ import annotations\n")
    return head + future + "\n" + "\n".join(part.imports) + "\n" + tail.lstrip("\n") + "\n\n" + part.body


def _row(route: Route, is_kept: bool) -> str:
    cache = route.cache
    values = {
        "model": _text(litellm.group(route)),
        "content_hash": _text(route.content_hash),
        "metadata": _texts(metadata(route)),
        "cache_namespace": _text(cache.namespace) if cache else "None",
        "cache_ttl": repr(cache.ttl) if cache else "None",
        "litellm_cached": repr(is_kept),
        "portkey_headers": _texts(portkey_headers(route)),
        "validators": "(" + "".join(f"{_text(name)}, " for name in route.validators).rstrip(" ") + ")",
        "batch": repr(route.batch),
    }
    rows = "".join(f"        {name}={value},\n" for name, value in values.items())
    return f"    {_text(route.prompt)}: Call(\n{rows}    ),\n"


def _texts(values: dict[str, str]) -> str:
    return "{" + ", ".join(f"{_text(key)}: {_text(text)}" for key, text in values.items()) + "}"


def _text(value: str) -> str:
    """A literal of Python in ASCII, whatever is in the text."""
    return ascii(value)
