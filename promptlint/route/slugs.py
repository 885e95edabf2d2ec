"""Names of prompts that every gateway takes: in a model's name, a header, a metadata value."""

from __future__ import annotations

import re
from urllib.parse import quote

_PLAIN = re.compile(r"[A-Za-z0-9._/:#~@-]+")


def slug(prompt: str) -> str:
    """The id with everything but letters, digits and `._/:#~@-` as %XX: no two ids become one."""
    return prompt if _PLAIN.fullmatch(prompt) else quote(prompt, safe="._/:#~@-", errors="surrogatepass")
