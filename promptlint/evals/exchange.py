"""What is asked of a model and what it answers: a request, a reply, and the key that it is kept under."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Literal, Protocol

from promptlint.evals.model import ToolCall
from promptlint.records import dataclass

Endpoint = Literal["chat", "embeddings"]
"""What a request is sent to: a conversation that is to be answered, or a text that becomes a vector."""

FailureKind = Literal[
    "rate-limit",
    "timeout",
    "connection",
    "server",
    "malformed",
    "refused",
    "budget",
    "unrecorded",
    "interrupted",
]
"""Why there is no reply. `refused`: the server says that the request is wrong, or the key (4xx), and trying
again is of no use. `budget`: it was never sent, for it could have cost more than is left. `unrecorded`: the
recording has no answer to it. `interrupted`: the run ended first."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a model, complete but for its host and key.

    Args:
        model: as the provider names it.
        messages: plain JSON, as chat completions spell them (`role`, `content`, `tool_calls`,
            `tool_call_id`); for embeddings one message, whose content is the text.
        parameters: what goes into the request besides, under its own names; for a judge the whole of it.
        repeat: which of several answers to the same request this is, from 0.
        endpoint: where it goes.
    """

    model: str
    messages: tuple[Mapping[str, object], ...]
    parameters: Mapping[str, object] = field(default_factory=dict)
    repeat: int = 0
    endpoint: Endpoint = "chat"

    @property
    def key(self) -> str:
        """sha256, in hex, of all that decides the answer: not of the provider, nor of the repeat."""
        parts = (self.endpoint, self.model, list(self.messages), dict(self.parameters))
        text = json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call, as the provider counted them.

    Args:
        input: all of the input, what was read from or written to a cache included.
        output: all of the output, reasoning included.
        cached: the part of `input` that was read from the provider's cache.
        cache_write: the part of `input` that was written to it, at a price of its own.
        reasoning: the part of `output` that is not in the answer.
    """

    input: int
    output: int
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer.

    Args:
        text: of the message; of embeddings the JSON of the vector.
        calls: of tools.
        usage: None: the provider said nothing of it.
        latency: milliseconds from sending the request to the end of the answer, of the try that succeeded.
        model: as the provider says it answered, perhaps a dated snapshot of what was asked for.
        fingerprint: of the provider's configuration (`system_fingerprint`); empty: not told.
        finish: why it ended (`stop`, `length`, `tool_calls`, `content_filter`), in the words of chat
            completions; empty: not told.
    """

    text: str
    calls: tuple[ToolCall, ...] = ()
    usage: Usage | None = None
    latency: float | None = None
    model: str = ""
    fingerprint: str = ""
    finish: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no reply: neither a pass nor a fail. The message holds no secret, but hostile text."""

    kind: FailureKind
    message: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a request: a reply or a failure, never both.

    `tries` is how often it was sent. `unsure` of these brought no answer, but may be paid for all the same:
    the provider did not say that it failed.
    """

    reply: Reply | None = None
    failure: Failure | None = None
    tries: int = 1
    unsure: int = 0


def always() -> bool:
    """Yes."""
    return True


class Client(Protocol):
    """Whoever answers requests: a provider, or a recording. Used by several threads at once.

    `name` tells providers apart in the store, as `openai https://api.openai.com/v1`; no secret is in it.
    `recorded`: the answers were given earlier, and nothing is sent.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def recorded(self) -> bool: ...  # noqa: D102

    def ask(self, request: Request, again: Callable[[], bool] = always) -> Attempt:
        """The answer, after all tries; whatever goes wrong on the way is a failure, not an exception.

        `again` is asked before a try that follows an unsure one: whether both can be paid.
        """

    def close(self) -> None:
        """Let go of connections."""


def distinct(requests: Sequence[Request]) -> dict[tuple[str, int], Request]:
    """The requests by key and repeat, each once, in order."""
    return {(request.key, request.repeat): request for request in requests}
