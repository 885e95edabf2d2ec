"""Addresses of model servers, split so that two of them can be compared without doubt."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from promptlint.records import dataclass

_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_])?|[0-9a-f:.]{2,45}")  # or IPv6
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~@:+=,-]+)*")


@dataclass(frozen=True, slots=True)
class Address:
    """Where requests go: `path` begins with a slash or is empty, and ends with none."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def text(self) -> str:
        """As it is written, a usual port left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def is_loopback(self) -> bool:
        """True for this very machine."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def covers(self, other: Address) -> bool:
        """True if the other is the same server, at this path or below it."""
        mine, its = (self.scheme, self.host, self.port), (other.scheme, other.host, other.port)
        return mine == its and f"{other.path}/".startswith(f"{self.path}/")


def address(text: str) -> Address:
    """The parts of an address.

    A path that a server might read in two ways (`..`, `//`, escapes) is refused, for a key may depend on it.

    Raises:
        ValueError: it is no address of HTTP, or has more than a server and a path; the message does not
            repeat it.
    """
    if not text.isascii() or not text.isprintable() or set(text) & set(" \\?#@%"):
        raise ValueError("expected http:// or https://, a host and a plain path, in ASCII")
    parts = urlsplit(text)
    host, port = parts.hostname or "", parts.port
    path = parts.path.rstrip("/")
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host) or port == 0 or not _PATH.fullmatch(path):
        raise ValueError("expected http:// or https://, a host and a plain path")
    return Address(parts.scheme, host, port or _PORTS[parts.scheme], path)
