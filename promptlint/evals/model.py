"""The data of evals: a suite with its cases and assertions, a model's answer, and what it scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a tool that a model asks for; `arguments` is a value of JSON, a text if it is none."""

    name: str
    arguments: object


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered. `latency` is in milliseconds, `cost` in US dollars; None: not known."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    latency: float | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """What an assertion says of an answer: from 0 to 1, and whether that is enough.

    `reason` is a clause for people; it may quote the answer, which is hostile text.
    """

    value: float
    passed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn before the answer; `calls` are of an assistant, `call_id` is what a tool's result answers."""

    role: str
    content: str
    calls: tuple[Mapping[str, object], ...] = ()
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Assertion:
    """What is asked of an answer.

    `type` is without `not-`, which is `negated`. `value` and `config` are plain data, slots filled in;
    `threshold` None: that of the type. With `weight` 0 it is measured, and cannot fail. `parts` are the
    assertions of an `assert-set`. `unsupported` says why it is not run; empty: it is. `line` is in the
    case's file.
    """

    type: str
    value: object = None
    threshold: float | None = None
    weight: float = 1.0
    negated: bool = False
    metric: str = ""
    config: Mapping[str, object] = field(default_factory=dict)
    parts: tuple[Assertion, ...] = ()
    unsupported: str = ""
    line: int = 1

    @property
    def name(self) -> str:
        """The type as a suite spells it."""
        return f"not-{self.type}" if self.negated else self.type


@dataclass(frozen=True, slots=True)
class Case:
    """One input with what is asked of its answer.

    `id` is unique in the suite. `messages` follow the prompt. `threshold` is of the mean of all assertions;
    None: each must pass. `critical`: the candidate may not break it. `cluster`: cases of one name are not
    independent; None: it is a cluster of its own. `unsupported` says why it cannot be judged; empty: it can.
    `uses` are the vars that messages and assertions name. `about` are words of the prompt that the case is
    for, as `post office boxes`.
    """

    id: str
    vars: Mapping[str, object]
    assertions: tuple[Assertion, ...]
    messages: tuple[Message, ...] = ()
    threshold: float | None = None
    critical: bool = False
    cluster: str | None = None
    description: str = ""
    unsupported: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()
    about: tuple[str, ...] = ()
    path: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Provider:
    """Where answers come from.

    `kind` is `openai` (any server of that protocol), `anthropic` or `replay`. `base_url` None: the kind's own
    host. `recording` is the file of a replay, relative to the suite's folder. `parameters` go into each
    request under their own names (`temperature`, `max_tokens`, `tools`...). `timeout` is of one call, in
    seconds. `price` is in US dollars per million tokens by kind (`input`, `output`, `cached_input`,
    `cache_write`); None: that of the model, where it is known.
    """

    kind: str
    model: str | None = None
    base_url: str | None = None
    recording: str | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    timeout: float = 120.0
    concurrency: int = 8
    price: Mapping[str, float] | None = None
    line: int = 1


@dataclass(frozen=True, slots=True)
class PromptRef:
    """Which prompt: the id of one in a file (`path` or `path::anchor`, as written), or a text of its own."""

    id: str | None
    text: str | None = None
    line: int = 1


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases, and what is tried on them.

    `path` is as the loader was given it. `prompt` None: the file has cases only. `judge` is the model that
    `llm-rubric` asks, `embedder` the one that `similar` takes vectors from; None: such cases are unsupported.
    `margin` is the loss of mean score that is acceptable, None: not declared. `budget` is what all promotions
    since the anchor's budget was last reset may lose together, None: as much as `margin`. `max_cost` is in US
    dollars, None: no limit. `notes` say what the file asks for and is not done.
    """

    path: str
    cases: tuple[Case, ...]
    prompt: PromptRef | None = None
    candidate: PromptRef | None = None
    provider: Provider | None = None
    judge: Provider | None = None
    embedder: Provider | None = None
    margin: float | None = None
    budget: float | None = None
    alpha: float = 0.05
    repeats: int = 1
    max_cost: float | None = None
    description: str = ""
    notes: tuple[str, ...] = ()

    @property
    def supported(self) -> tuple[Case, ...]:
        """The cases that can be judged."""
        return tuple([case for case in self.cases if not case.unsupported])
