"""Reads where a suite's answers come from; keys of services are no part of a suite and are not read here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from promptlint.evals.folder import Folder
from promptlint.evals.model import Provider
from promptlint.evals.providers import addresses, anthropic
from promptlint.evals.values import Value

KINDS = ("openai", "anthropic", "replay")

_MOST_SECONDS = 3600.0
_MOST_CALLS = 256


def _plain(value: Value) -> object:
    return value.plain()


def _maps(value: Value) -> object:
    for item in value.items():
        item.entries()
    return value.plain()


def _temperature(value: Value) -> object:
    found = value.amount()
    return found if found <= 2 else value.fail("expected a number from 0 to 2")


def _share(value: Value) -> object:
    found = value.amount()
    return found if found <= 1 else value.fail("expected a number from 0 to 1")


def _whole(value: Value) -> object:
    found = value.number()
    return int(found) if found == int(found) else value.fail("expected a whole number")


def _stops(value: Value) -> object:
    return [value.text()] if value.kind == "a text" else [item.text() for item in value.items()]


PARAMETERS: Mapping[str, Callable[[Value], object]] = {
    "temperature": _temperature,
    "top_p": _share,
    "max_tokens": lambda value: value.count(),
    "max_completion_tokens": lambda value: value.count(),
    "seed": _whole,
    "stop": _stops,
    "presence_penalty": lambda value: value.number(),
    "frequency_penalty": lambda value: value.number(),
    "reasoning_effort": lambda value: value.text(),
    "response_format": lambda value: value.entries() and value.plain(),
    "tools": _maps,
    "tool_choice": _plain,
}
"""What goes into a request, under the name that it has there."""

_PRICES = ("input", "output", "cached_input", "cache_write")
_KEYS = ("kind", "model", "base_url", "recording", "timeout", "concurrency", "price", *PARAMETERS)


def read(value: Value, folder: Folder) -> Provider:
    """The provider that a mapping says.

    Raises:
        SuiteError: a key or value is wrong, the address is none of HTTP, or the recording is no file.
    """
    given = value.fields(_KEYS)
    if "kind" not in given:
        value.fail(f"the key `kind` is missing; it is one of {', '.join(KINDS)}")
    kind = given["kind"].word(KINDS)
    needed = "recording" if kind == "replay" else "model"
    if needed not in given:
        value.fail(f"the key `{needed}` is missing; {kind} needs it")
    if kind == "anthropic":
        for name in given.keys() & set(anthropic.UNSAYABLE):
            given[name].fail("Anthropic has no such parameter")
    if "recording" in given:
        if kind != "replay":
            given["recording"].fail("only replay reads a recording")
        folder.path(given["recording"].text(), given["recording"])
    return Provider(
        kind=kind,
        model=given["model"].text() if "model" in given else None,
        base_url=address(given["base_url"]) if "base_url" in given else None,
        recording=given["recording"].text() if "recording" in given else None,
        parameters={name: reader(given[name]) for name, reader in PARAMETERS.items() if name in given},
        timeout=given["timeout"].between(0, _MOST_SECONDS) if "timeout" in given else 120.0,
        concurrency=given["concurrency"].count(_MOST_CALLS) if "concurrency" in given else 8,
        price=_price(given["price"]) if "price" in given else None,
        line=value.line,
    )


def _price(value: Value) -> Mapping[str, float]:
    """US dollars per million tokens."""
    given = value.fields(_PRICES)
    for key in ("input", "output"):
        if key not in given:
            value.fail(f"the key `{key}` is missing: US dollars per million tokens")
    return {name: item.amount() for name, item in given.items()}


def address(value: Value) -> str:
    """The base address of an HTTP server, without a slash at its end, a user or a query."""
    text = value.text()
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        value.fail(f"no address: {error}")
    if parts.scheme not in ("http", "https") or not host or any(char.isspace() for char in text):
        value.fail("expected an address that begins with http:// or https://")
    if parts.username is not None or parts.password is not None:
        value.fail("an address with a user or password; keys come from the environment only")
    if parts.query or parts.fragment:
        value.fail("an address with a query or fragment")
    try:
        addresses.address(text)
    except ValueError as error:
        value.fail(str(error))
    return text.rstrip("/")
