"""Which server may be sent which key: a provider's own host, or one that the user's own file pairs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import NoReturn

from promptlint import documents, userdirs
from promptlint.errors import ConfigError, UsageError
from promptlint.evals.providers.addresses import Address, address
from promptlint.records import dataclass

VARIABLE = "PROMPTLINT_PROVIDERS"
"""Names another file of the user's than the usual one."""

HOSTS = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}
"""Where each kind of provider is, unless a suite says otherwise."""

_CONFIG = userdirs.Place(
    "PROMPTLINT_CONFIG_DIR", "XDG_CONFIG_HOME", ".config", "Application Support", "Config"
)
_MOST_BYTES = 1_000_000
_FIELDS = ("base_url", "key", "header")
# A pasted key is not taken for the name of a variable, and so not shown when that is not set.
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_KEY = re.compile(r"[!-~]{1,10000}")
_NOT_OURS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection"})


@dataclass(frozen=True, slots=True)
class Pairing:
    """The environment variable whose key goes to a server, in `header`; empty: where the protocol has it."""

    server: Address
    variable: str
    header: str = ""


_OWN = (
    Pairing(address("https://api.openai.com"), "OPENAI_API_KEY"),
    Pairing(address("https://api.anthropic.com"), "ANTHROPIC_API_KEY"),
)


@dataclass(frozen=True, slots=True)
class Secret:
    """A header that holds a key; `key` is the bare one. Neither is ever shown."""

    header: str
    value: str = field(repr=False)
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """Who may get which key.

    Args:
        pairings: of the user's own file, then those of the providers' own hosts.
        environ: holds the keys.
        file: the user's own; None: there is none.
    """

    pairings: tuple[Pairing, ...] = _OWN
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    file: Path | None = None

    @classmethod
    def of(cls, environ: Mapping[str, str], user_file: Path | None) -> Keys:
        """The keys of an environment, with the pairings of a file; see `user_file`.

        Raises:
            ConfigError: the file is wrong; the message names it, and repeats no value of it.
        """
        if user_file is None:
            return cls(_OWN, environ)
        return cls((*_pairings(user_file), *_OWN), environ, user_file)

    def secret(self, kind: str, server: Address, root: Path) -> Secret | None:
        """The header with the key for a server; None: it gets none.

        Args:
            kind: of the provider, which says where its protocol has the key.
            server: where requests go.
            root: of the checked project: nothing in it may say who gets a key.

        Raises:
            UsageError: the key is not set, or cannot be one; or the user's file lies in the project.
        """
        if self.file is not None and self.file.resolve().is_relative_to(root.resolve()):
            raise UsageError(
                f"{self.file}: lies in the checked project, which may not say who gets a key; "
                f"move it, and name its place in {VARIABLE}"
            )
        found = [pairing for pairing in self.pairings if pairing.server.covers(server)]
        if not found:
            return None
        pairing = max(found, key=lambda each: len(each.server.path))  # of several alike the first: the user's
        return _secret(kind, pairing, self.environ.get(pairing.variable, "").strip())


def user_file(environ: Mapping[str, str]) -> Path | None:
    """The user's own file of pairings: what the environment names, else the usual one; None: there is none.

    Raises:
        UsageError: the environment names what is no file.
    """
    if named := environ.get(VARIABLE, ""):
        if not Path(named).is_file():
            raise UsageError(f"{VARIABLE}: {named} is no file")
        return Path(named)
    try:
        usual = userdirs.folder(_CONFIG) / "providers.toml"
    except RuntimeError:  # the user has no home
        return None
    return usual if usual.is_file() else None


def _secret(kind: str, pairing: Pairing, key: str) -> Secret:
    server = pairing.server.text
    if not key:
        raise UsageError(f"{server} needs a key: set {pairing.variable}")
    if not _KEY.fullmatch(key):
        raise UsageError(f"{pairing.variable} holds characters that no key has: copy it anew")
    header = (pairing.header or ("x-api-key" if kind == "anthropic" else "authorization")).lower()
    return Secret(header, f"Bearer {key}" if header == "authorization" else key, key)


# --- the user's file ------------------------------------------------------------------------


def _pairings(path: Path) -> list[Pairing]:
    try:
        data = tomllib.loads(documents.data_of(path, _MOST_BYTES).decode())
    except UsageError as error:
        raise ConfigError(str(error)) from error
    except (ValueError, RecursionError):  # its message would repeat what stands there
        raise ConfigError(f"{path}: no TOML in UTF-8") from None
    if unknown := sorted(data.keys() - {"provider"}):
        raise ConfigError(f"{path}: unknown key `{unknown[0]}`; expected [[provider]]")
    entries = data.get("provider", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError(f"{path}: `provider` is no list; write [[provider]]")
    return [_pairing(entry, f"{path}: provider {index}") for index, entry in enumerate(entries, 1)]


def _pairing(entry: Mapping[str, object], where: str) -> Pairing:
    def fail(message: str) -> NoReturn:
        raise ConfigError(f"{where}: {message}")

    if unknown := sorted(entry.keys() - set(_FIELDS)):
        fail(f"unknown key `{unknown[0]}`; known are {', '.join(_FIELDS)}")
    url, variable, header = (entry.get(name, "") for name in _FIELDS)
    if not isinstance(variable, str) or not _NAME.fullmatch(variable):
        fail("`key` is the name of an environment variable, in capitals, never a key itself")
    if not isinstance(header, str) or (header and not _HEADER.fullmatch(header)):
        fail("`header` is the name of an HTTP header")
    if header.lower() in _NOT_OURS:
        fail(f"`header` cannot be {header}")
    try:
        server = address(url if isinstance(url, str) else "")
    except ValueError as error:
        fail(f"`base_url`: {error}")
    if server.scheme != "https" and not server.is_loopback:
        fail("`base_url`: a key goes by https, or to this very machine")
    return Pairing(server, variable, header)
