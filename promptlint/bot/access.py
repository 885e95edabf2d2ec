"""What a connection starts from, checked before anything is sent: an API's address, a token, names."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from promptlint.errors import UsageError
from promptlint.records import dataclass
from promptlint.style import visible


@dataclass(frozen=True, slots=True)
class Service:
    """A host, and the variables that its address and its token come from."""

    name: str
    api: str
    token: str


GITHUB = Service("GitHub", "GITHUB_API_URL", "GITHUB_TOKEN")
GITLAB = Service("GitLab", "CI_API_V4_URL", "GITLAB_TOKEN")

REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}\Z)[A-Za-z0-9_.-]{1,100}")
"""A repository of GitHub: owner/name."""

SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""The name of a commit, in full."""

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.){{0,20}}{_LABEL}\.?|[0-9a-f:.]{{2,45}}")  # or an address of IPv6


def address(value: str, host: Service) -> str:
    """The base URL of an API, without a slash at the end: https, or http on this very machine.

    Raises:
        UsageError: it is not that.
    """
    try:
        parts = urlsplit(value)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        name, port, parts = "", None, urlsplit("")
    plain = value.isascii() and value.isprintable() and not set(value) & set(" \\?#@") and port != 0
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(name))
    if not (_NAME.fullmatch(name) and plain and secure):
        found = "one with a password" if "@" in value else repr(visible(value[:80]))  # which is not shown
        raise UsageError(f"{host.api}: expected an https URL, found {found}")
    return value.rstrip("/")


def token(value: str, host: Service) -> str:
    """A token without the space around it.

    Raises:
        UsageError: there is none, or it could break out of a header; the message does not hold it.
    """
    if not value.strip():
        raise UsageError(f"there is no token: set {host.token}")
    if not re.fullmatch(r"[!-~]+", value.strip()):
        raise UsageError(f"{host.token} holds characters that no token has: copy it anew")
    return value.strip()


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
