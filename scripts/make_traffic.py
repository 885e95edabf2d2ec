"""Makes logs with planted truths: growth, retries, drift, repeats, broken prefixes, idle tools, jobs.

    python scripts/make_traffic.py OUT.jsonl [--calls 2000] [--seed 1]

Beside the log stands OUT.truth.json: what was planted, counted while it was made. Tokens are bytes / 4, so
that shares of text and of tokens agree. A format is a function from a call to the object of its line.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import traffic_formats

START = datetime(2026, 8, 3, tzinfo=UTC)
"""A Monday."""

WEEKS = 6
_NOUNS = (
    "order parcel invoice refund address account delivery price colour size return voucher receipt label "
    "customer warehouse carrier tracking exchange stock payment gift season catalogue"
)
WORDS = _NOUNS.split()


@dataclass(frozen=True)
class Call:
    """One attempt of one call, as every format can say it; `tokens` are input, cached, output."""

    time: datetime
    id: str
    prompt: str
    model: str
    messages: list[dict[str, str]]
    answer: str
    tokens: tuple[int, int, int]
    trace: str | None = None
    conversation: str | None = None
    user: str | None = None
    version: str | None = None
    attempt: int = 0
    error: str | None = None
    status: int = 200
    finish: str = "stop"
    max_tokens: int | None = None
    tools: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    structured: bool = False


@dataclass
class Truth:
    """What was planted, counted as it is made."""

    calls: int = 0
    grown_tokens: int = 0
    turns: int = 0
    conversations: int = 0
    retries: Counter[str] = field(default_factory=Counter)
    exact: int = 0
    normalized: int = 0
    questions: int = 0
    truncated: int = 0
    tools_idle: list[str] = field(default_factory=list)
    jobs: int = 0
    drift_tokens: int = 0
    missed_prefix: int = 0
    moved_prefix: int = 0
    growth_per_turn: int = 0
    versions: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


class Maker:
    """Makes the calls of one run; the same seed, the same calls."""

    def __init__(self, seed: int, count: int) -> None:
        self._random = random.Random(seed)
        self._count = count
        self.truth = Truth(tools_idle=["fax", "telex"], versions=["v1", "v2"])

    def calls(self) -> list[Call]:
        """All calls, in order of time."""
        each = max(self._count // 6, 20)
        parts = (self._chats, self._extracts, self._questions, self._agents, self._jobs, self._greetings)
        found = [call for part in parts for call in part(each)]
        found.sort(key=lambda call: (call.time, call.id))
        self.truth.calls = len(found)
        return found

    def _words(self, count: int) -> str:
        return " ".join(self._random.choices(WORDS, k=count))

    def _moments(self, count: int) -> list[datetime]:
        """Times spread evenly over the weeks, a little shaken."""
        step = WEEKS * 7 * 86_400 / count
        shaken = [(index + self._random.random() * 0.8) * step for index in range(count)]
        return [START + timedelta(seconds=each) for each in shaken]

    def _chats(self, count: int) -> Iterator[Call]:
        """Conversations of six turns, each 400 bytes longer than the one before; v2 has 800 bytes more."""
        turns, system = 6, "You help the customers of a shop. " + "Be brief and kind. " * 20
        longer = system + "Never speak of other shops. ".ljust(800, "x")
        self.truth.growth_per_turn = 100
        for number, begin in enumerate(self._moments(max(count // turns, 48))):
            is_new = begin >= START + timedelta(weeks=WEEKS // 2)
            text = longer if is_new else system
            said: list[dict[str, str]] = [{"role": "system", "content": text}]
            first = 0
            self.truth.conversations += 1
            for turn in range(turns):
                question = f"{number} {turn} {self._words(40)}".ljust(200, ".")[:200]
                said = [*said, {"role": "user", "content": question}]
                input_ = sum(len(item["content"]) for item in said) // 4
                first = first or input_
                self.truth.grown_tokens += input_ - first
                self.truth.turns += 1
                self.truth.drift_tokens += (len(longer) - len(system)) // 4 if is_new and not turn else 0
                yield Call(
                    time=begin + timedelta(seconds=90 * turn),
                    id=f"chat-{number}-{turn}",
                    prompt="app/support.py::SYSTEM",
                    model="gpt-4o-2024-08-06",
                    messages=said,
                    answer="a" * 200,
                    tokens=(input_, 0, 50),
                    trace=f"chat-trace-{number}-{turn}",
                    conversation=f"conversation-{number}",
                    user=f"user-{number % 37}",
                    version="v2" if is_new else "v1",
                )
                said = [*said, {"role": "assistant", "content": "a" * 200}]

    def _extracts(self, count: int) -> Iterator[Call]:
        """One in five requests is made again, once, after a failure of one of four kinds."""
        kinds = (("timeout", 504), ("rate_limit", 429), ("parse", 200), ("validation", 200))
        words = {
            "timeout": "deadline exceeded",
            "rate_limit": "rate limit reached",
            "parse": "JSON decode error",
            "validation": "schema validation failed",
        }
        for number, begin in enumerate(self._moments(count)):
            text = (
                f"Extract the fields of mail {chr(97 + number % 26) * (1 + number // 26)}: {self._words(30)}"
            )
            call = Call(
                time=begin,
                id=f"extract-{number}-0",
                prompt="app/extract.py::PROMPT",
                model="gpt-4o-mini-2024-07-18",
                messages=[
                    {"role": "system", "content": "You extract the fields of a mail as JSON."},
                    {"role": "user", "content": text},
                ],
                answer='{"a": 1}',
                tokens=(len(text) // 4, 0, 20),
                trace=f"extract-trace-{number}",
                structured=True,
            )
            if number % 5 == 0:
                kind, status = kinds[(number // 5) % 4]
                self.truth.retries[kind] += 1
                yield replace(call, error=words[kind], status=status, answer="")
                call = replace(call, id=f"extract-{number}-1", attempt=1, time=begin + timedelta(seconds=20))
            yield call

    def _questions(self, count: int) -> Iterator[Call]:
        """Of ten questions two repeat one of the hour exactly, one but for case; one is cut off."""
        for number in range(count):
            lead, step = divmod(number, 10)
            fresh = f"What does {WORDS[lead % len(WORDS)]} {_letters(lead)} mean in {_letters(number)}?"
            first = f"What does {WORDS[lead % len(WORDS)]} {_letters(lead)} mean in {_letters(lead * 10)}?"
            text = first if step in (3, 6) else first.upper() if step == 8 else fresh
            self.truth.exact += step in (3, 6)
            self.truth.normalized += step in (3, 6, 8)
            self.truth.questions += 1
            is_cut = step == 5
            self.truth.truncated += is_cut
            yield Call(
                time=START + timedelta(hours=lead * 2, minutes=step * 5),
                id=f"question-{number}",
                prompt="app/faq.py::ASK",
                model="gpt-4o-mini-2024-07-18",
                messages=[
                    {"role": "system", "content": "You answer the questions of our customers."},
                    {"role": "user", "content": text},
                ],
                answer="b" * 400,
                tokens=(len(text) // 4, 0, 100 if is_cut else 60),
                user=f"user-{number}@example.com",
                max_tokens=100,
                finish="length" if is_cut else "stop",
            )
            self.truth.addresses = ["@example.com"]

    def _agents(self, count: int) -> Iterator[Call]:
        """Four tools are sent, two of which nobody ever calls."""
        offered = ("search", "buy", *self.truth.tools_idle)
        for number, begin in enumerate(self._moments(count)):
            text = f"{_letters(number)} {self._words(20)}"
            yield Call(
                time=begin,
                id=f"agent-{number}",
                prompt="app/agent.py::AGENT",
                model="gpt-4o-2024-08-06",
                messages=[
                    {"role": "system", "content": "You shop for people who are too busy."},
                    {"role": "user", "content": text},
                ],
                answer="",
                tokens=(len(text) // 4 + 200, 0, 30),
                trace=f"agent-trace-{number}",
                tools=offered,
                called=(offered[number % 2],),
            )

    def _jobs(self, count: int) -> Iterator[Call]:
        """Nightly jobs without user or conversation, whose long beginning is the same and never cached."""
        system = "You tag products. " + "A tag is one word of the list. " * 200
        nights = WEEKS * 7
        previous, place = -1, 0
        for number in range(count):
            night = number * nights // count
            text = f"{_letters(number)} {self._words(10)}"
            input_ = (len(system) + len(text)) // 4
            self.truth.jobs += 1
            if night == previous:
                self.truth.missed_prefix += len(system) // 4
            place = place + 1 if night == previous else 0
            previous = night
            yield Call(
                time=START + timedelta(days=night, hours=2, seconds=20 * place),
                id=f"job-{number}",
                prompt="jobs/tag.py::PROMPT",
                model="claude-sonnet-4-5-20250929",
                messages=[{"role": "system", "content": system}, {"role": "user", "content": text}],
                answer="tag",
                tokens=(input_, 0, 2),
                trace=f"job-trace-{number}",
            )

    def _greetings(self, count: int) -> Iterator[Call]:
        """Four a burst; the time at the beginning of a long system text breaks what all could begin with."""
        fixed = "It is . You greet people. " + "Be kind to all of them. " * 260
        bursts = max(count // 4, 1)
        moments = self._moments(bursts)
        for number in range(4 * bursts):
            begin = moments[number % bursts] + timedelta(seconds=40 * (number // bursts))
            system = fixed.replace(" .", f" {begin.isoformat()}.", 1)
            self.truth.moved_prefix += len(fixed) // 4 if number >= bursts else 0
            text = f"Hello from {_letters(number)}"
            yield Call(
                time=begin,
                id=f"greeting-{number}",
                prompt="app/greet.py::GREETING",
                model="gpt-4o-2024-08-06",
                messages=[{"role": "system", "content": system}, {"role": "user", "content": text}],
                answer="Hello!",
                tokens=((len(system) + len(text)) // 4, 0, 2),
                user=f"user-{number % 11}",
            )


def _letters(number: int) -> str:
    """A word for a number: digits are folded where texts are compared."""
    word = ""
    while True:
        number, rest = divmod(number, 26)
        word = chr(97 + rest) + word
        if not number:
            return word


# --- formats --------------------------------------------------------------------------------


def chat(call: Call) -> dict[str, Any]:
    """A request and its response in an envelope."""
    input_, cached, output = call.tokens
    request: dict[str, Any] = {"model": call.model, "messages": call.messages}
    if call.max_tokens:
        request["max_tokens"] = call.max_tokens
    if call.tools:
        request["tools"] = [
            {"type": "function", "function": {"name": name, "description": f"Does {name}. " * 8}}
            for name in call.tools
        ]
    if call.structured:
        request["response_format"] = {"type": "json_object"}
    if call.user:
        request["user"] = call.user
    message: dict[str, Any] = {"role": "assistant", "content": call.answer}
    if call.called:
        message["tool_calls"] = [
            {"id": "c", "type": "function", "function": {"name": name, "arguments": "{}"}}
            for name in call.called
        ]
    usage = {
        "prompt_tokens": input_,
        "completion_tokens": output,
        "prompt_tokens_details": {"cached_tokens": cached},
    }
    found: dict[str, Any] = {
        "timestamp": call.time.isoformat(),
        "request_id": call.id,
        "metadata": {
            "prompt_id": call.prompt,
            **({"prompt_version": call.version} if call.version else {}),
            **({"conversation_id": call.conversation} if call.conversation else {}),
            **({"trace_id": call.trace} if call.trace else {}),
            **({"attempt": call.attempt} if call.attempt else {}),
        },
        "latency_ms": 800,
        "request": request,
        "status": call.status,
    }
    if call.error:
        found["error"] = call.error
        if call.status != 200:
            return found
    found["response"] = {
        "id": f"r-{call.id}",
        "model": call.model,
        "choices": [{"message": message, "finish_reason": call.finish}],
        "usage": usage,
    }
    return found


FORMATS: Mapping[str, Callable[[Call], dict[str, Any]]] = {"chat": chat, **traffic_formats.FORMATS}


def write(path: Path, count: int, seed: int, format_: str = "chat") -> Truth:
    """Write the log and its truths; what was planted."""
    maker = Maker(seed, count)
    traffic_formats.spelt(path, format_, (FORMATS[format_](call) for call in maker.calls()))
    path.with_suffix(".truth.json").write_text(
        json.dumps(vars(maker.truth), indent=1) + "\n", encoding="utf-8"
    )
    return maker.truth


def main() -> None:
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", choices=sorted(FORMATS), default="chat")
    given = parser.parse_args()
    write(given.path, given.calls, given.seed, given.format)


if __name__ == "__main__":
    main()
