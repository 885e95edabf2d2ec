"""Whoever answers requests, chosen by name in a suite: OpenAI's protocol, Anthropic, or a recording."""

from __future__ import annotations

from pathlib import Path

from promptlint.errors import SuiteError, UsageError
from promptlint.evals import recording
from promptlint.evals.exchange import Client
from promptlint.evals.folder import Folder
from promptlint.evals.model import Provider
from promptlint.evals.providers.keys import HOSTS, Keys


def client(provider: Provider, folder: Folder, keys: Keys) -> Client:
    """The client of a suite's provider; nothing is sent yet.

    Raises:
        SuiteError: the recording cannot be read, the address is no plain one, or the protocol has no word for
            a parameter.
        UsageError: a key is not set, or cannot be one; the HTTP library is not installed.
        ConfigError: the user's own file of keys is wrong.
    """
    if provider.kind == "replay":
        return recording.ReplayClient(_recorded(provider, folder))
    from promptlint.evals.providers import addresses, anthropic, live

    if provider.kind == "anthropic":
        for name in anthropic.UNSAYABLE:
            if name in provider.parameters:
                raise SuiteError(f"line {provider.line}: `provider.{name}`: Anthropic has no such parameter")
    try:
        server = addresses.address(provider.base_url or HOSTS[provider.kind])
    except ValueError as error:
        raise SuiteError(f"line {provider.line}: `provider.base_url`: {error}") from None
    secret = keys.secret(provider.kind, server, folder.root)
    try:
        return live.LiveClient(provider.kind, server, secret, provider.concurrency, provider.timeout)
    except ModuleNotFoundError:
        raise UsageError("asking a model needs an extra: pip install 'promptlint-toolchain[eval]'") from None


def _recorded(provider: Provider, folder: Folder) -> recording.Recording:
    name = (provider.recording or "").removeprefix("file://")
    path = (folder.base / name).resolve()
    if not path.is_relative_to(folder.root) or not path.is_file():
        raise SuiteError(f"line {provider.line}: `provider.recording`: {name!r} is no file of the project")
    return recording.read(Path(path), folder.shown(path))
