"""Portkey's gateway on loopback, and requests to it with a config of our choice."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.gateways.processes import free_port, sent, started
from tests.gateways.upstream import gateways

SERVER = "portkey/node_modules/@portkey-ai/gateway/build/start-server.js"


@contextmanager
def gateway() -> Iterator[str]:
    """The address of the gateway, which listens on loopback only; skips where it is not installed."""
    server = gateways() / SERVER
    if not server.exists() or shutil.which("node") is None:
        pytest.skip(f"no Portkey gateway in {gateways()}: say `make test-gateways`")
    port = free_port()
    command = ["node", "--require", str(Path(__file__).with_name("loopback.js")), str(server)]
    environment = {"PATH": os.environ["PATH"], "NODE_ENV": "production"}
    with started([*command, "--headless", f"--port={port}"], environment, port):
        yield f"http://127.0.0.1:{port}"


def local(value: object, base: str) -> object:
    """A config with an upstream instead of providers, and a word instead of the placeholders of keys."""
    if isinstance(value, dict):
        found = {key: local(item, base) for key, item in value.items() if key != "_promptlint"}
        if "provider" in found:
            found |= {"custom_host": base, "api_key": "none"}
        return found
    return [local(item, base) for item in value] if isinstance(value, list) else value


def ask(address: str, config: object, headers: Mapping[str, str]) -> tuple[int, str]:
    """Status and body of a chat request with a config."""
    given = {**headers, "x-portkey-config": json.dumps(config)}
    body = json.dumps({"messages": [{"role": "user", "content": "hello"}], "max_tokens": 9}).encode()
    status, answer = sent(f"{address}/v1/chat/completions", body, given)
    return status, answer.decode("utf-8", "replace")
