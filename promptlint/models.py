"""One spelling for the names of models: takes off what providers, gateways and fine-tunes put around them."""

from __future__ import annotations

import re
from functools import lru_cache

from promptlint.records import dataclass

_HOSTS = {
    "azure": "azure",
    "azure_ai": "azure",
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "aws": "aws",
    "aws-global": "aws-global",
    "cerebras": "cerebras",
    "databricks": "databricks",
    "deepinfra": "deepinfra",
    "fireworks": "fireworks",
    "fireworks_ai": "fireworks",
    "github": "github",
    "google-vertex": "vertex",
    "groq": "groq",
    "huggingface": "huggingface",
    "ollama": "ollama",
    "ollama_chat": "ollama",
    "openrouter": "openrouter",
    "sagemaker": "aws",
    "together": "together",
    "together_ai": "together",
    "vertex": "vertex",
    "vertex_ai": "vertex",
    "vllm": "vllm",
    "watsonx": "watsonx",
}
"""Prefixes that name who serves a model, so that its price is theirs."""

_MAKERS = frozenset(
    (
        *("openai", "anthropic", "google", "google-gla", "gemini", "mistral", "mistralai", "meta-llama"),
        *("deepseek", "deepseek-ai", "cohere", "xai", "x-ai"),
    )
)
"""Prefixes that name who made a model; they say nothing that the model's name does not."""

PREFIXES = frozenset((*_HOSTS, *_MAKERS))
"""All that may stand before a model's name and a slash."""

_BEDROCK = re.compile(
    r"^(?:(?P<region>[a-z]{2,8}(?:-gov)?)\.)?"
    r"(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|mistral|moonshotai|nvidia|openai|qwen|writer|zai)\."
    r"(?P<name>[a-z0-9].*)$"
)
_BEDROCK_VERSION = re.compile(r"(?:-v\d+)?(?::\d+)+(?::\d+k)?$|-v\d+$")
_VARIANT = re.compile(r":(?P<variant>[a-z]+)$")
_FREE_VARIANTS = frozenset(("nitro", "floor", "online", "exacto", "thinking", "beta"))
_DATE = re.compile(r"[-@]20\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])$")
_GPT_DATE = re.compile(r"^(gpt-(?:3\.5|4)(?:-[a-z0-9]+)*?)-\d{4}(?:-preview)?$")
_GEMINI_DATE = re.compile(r"^(gemini-.*?)(?:-\d\d-\d\d|-\d\d-20\d\d|-00\d)$")
_VERSIONED_LATEST = re.compile(r"^((?:claude|gemini)-.*\d.*)[-@]latest$")
_CLAUDE_NUMBER_FIRST = re.compile(r"^claude-([4-9](?:-\d+)?)-(opus|sonnet|haiku|fable|mythos)$")
_CLAUDE_3_NAME_FIRST = re.compile(r"^claude-(opus|sonnet|haiku)-(3(?:-\d)?)$")

_FAMILIES = (
    (re.compile(r"^(?:chatgpt-4o|gpt-4o|gpt-4\.[15]|gpt-5|gpt-oss|o1|o3|o4)(?![0-9a-z])"), "o200k_base"),
    (re.compile(r"^(?:gpt-4|gpt-3\.5)(?![0-9a-z.])"), "cl100k_base"),
    (re.compile(r"^text-embedding-|^(?:davinci|babbage)-002$"), "cl100k_base"),
    (re.compile(r"^mistral-(?:7b|tiny|large-24)|^mistral-large$"), None),
    (re.compile(r"^(?:mistral|ministral|magistral|devstral|codestral|pixtral|voxtral)(?:-|$)"), "mistral"),
    (re.compile(r"^(?:meta-)?llama-?v?4"), "llama-4"),
    (re.compile(r"^(?:meta-)?llama-?v?3"), "llama-3"),
    (re.compile(r"^gemini-|^gemma-3"), "gemini"),
)
"""Which vocabulary a model reads with; the first match counts. OpenAI's follow tiktoken 0.14's own table."""


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model's name, taken apart.

    `host` is who serves it where the name says so ("groq", "aws", "aws-global"), "ft" for a fine-tune,
    "variant" for a gateway's variant with a price of its own, else "". `dated` is the name without provider,
    with its release date; `base` is `dated` without the date.
    """

    host: str
    dated: str
    base: str


def canonical(model: str) -> str:
    """The bare name of a model: lower case, without provider, region, release date and fine-tune id."""
    return parse(model).base


@lru_cache(maxsize=1024)
def parse(model: str) -> ModelName:
    """Take a model's name apart; never fails, a name that nobody knows comes back in lower case."""
    host, name = _split_path(model.strip().lower())
    if name.startswith("ft:"):
        host, name = "ft", name.split(":")[1]
    bedrock = _BEDROCK.match(name)
    if bedrock and host in ("", "aws", "openrouter"):
        host = "aws-global" if bedrock["region"] == "global" else "aws"
        name = _BEDROCK_VERSION.sub("", bedrock["name"])
    variant = _VARIANT.search(name)
    if variant:
        name = name[: variant.start()]
        host = host if variant["variant"] in _FREE_VARIANTS else "variant"
    dated = _spelling(name)
    return ModelName(host, dated, _undated(dated))


def family(model: str) -> str | None:
    """The family of vocabularies that a model reads with, None if it is not known.

    One of o200k_base, cl100k_base, claude-3 (Claude 3 to 4.6), claude-4.7 (4.7 and later), mistral (Tekken),
    llama-3, llama-4, gemini.
    """
    base = canonical(model)
    if base.startswith("claude-"):
        version = claude_version(base)
        if version < (3, 0):
            return None
        return "claude-4.7" if version >= (4, 7) else "claude-3"
    return next((name for pattern, name in _FAMILIES if pattern.search(base)), None)


def vendor(model: str) -> str | None:
    """Who made a model: openai, anthropic, google, deepseek; None for anybody else."""
    base = canonical(model)
    if re.match(r"(?:chatgpt|gpt|o\d)(?![a-z])", base) and not base.startswith("gpt-oss"):
        return "openai"
    makers = {"claude": "anthropic", "gemini": "google", "deepseek": "deepseek"}
    return makers.get(base.split("-", 1)[0])


def claude_version(model: str) -> tuple[int, int]:
    """The version in the name of a Claude model, as (major, minor); (0, 0) if it has none."""
    numbers = [int(part) for part in canonical(model).split("-") if part.isdigit()]
    return (numbers[0], numbers[1] if len(numbers) > 1 else 0) if numbers else (0, 0)


def _split_path(name: str) -> tuple[str, str]:
    """Who serves the model, and the end of its path: `openrouter/anthropic/claude-x`, `openai:gpt-x`."""
    head, colon, rest = name.partition(":")
    if colon and (head in _HOSTS or head in _MAKERS):
        name = f"{head}/{rest}"
    if name.startswith("arn:aws:bedrock"):
        return "aws", name.rsplit("/", 1)[-1]
    parts = [part for part in name.split("/") if part] or [""]
    host = _HOSTS.get(parts[0], "") if len(parts) > 1 else ""
    return host, parts[-1]


def _spelling(name: str) -> str:
    """One spelling where several are in use; release dates stay, a `-latest` beside a version goes."""
    name = name.replace("gpt-35-", "gpt-3.5-", 1) if name.startswith("gpt-35-") else name
    latest = _VERSIONED_LATEST.match(name)
    name = latest[1] if latest else name
    if not name.startswith("claude-"):
        return name
    date = _DATE.search(name)
    stem, suffix = (name[: date.start()], name[date.start() :]) if date else (name, "")
    stem = stem.replace(".", "-")
    stem = _CLAUDE_NUMBER_FIRST.sub(r"claude-\2-\1", stem)
    stem = _CLAUDE_3_NAME_FIRST.sub(r"claude-\2-\1", stem)
    stem = re.sub(r"(-[4-9])-0$", r"\1", stem)
    return stem + suffix.replace("@", "-")


def _undated(name: str) -> str:
    bare = _DATE.sub("", name)
    for pattern in (_GPT_DATE, _GEMINI_DATE):
        found = pattern.match(bare)
        bare = found[1] if found else bare
    return bare
