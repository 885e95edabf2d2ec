"""The names of the roles of messages, in all the libraries and formats that say them."""

from __future__ import annotations

from promptlint.model import Role

ROLES = {
    "system": Role.SYSTEM,
    "developer": Role.DEVELOPER,
    "user": Role.USER,
    "human": Role.USER,
    "assistant": Role.ASSISTANT,
    "ai": Role.ASSISTANT,
    "model": Role.ASSISTANT,
    "tool": Role.TOOL,
    "function": Role.TOOL,
}

PAIR_ROLES = frozenset({"system", "human", "ai", "user", "assistant", "placeholder"})
"""The first words of LangChain's `("human", "...")`."""
