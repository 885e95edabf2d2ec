"""A model's server on loopback that answers, fails and lies as it is told, and logs what it was sent.

In a test: `with Server(Options(latency_ms=100)) as server:` gives `server.base_url` (`http://127.0.0.1:1234/v1`),
`server.log`, the entries so far, and `server.wait(n)`, which returns once there are n. As a process of its own: `with process(tmp_path / "log.jsonl",
latency_ms=100) as base_url:`, which runs `python server.py --port 0 --log FILE --latency-ms 100`; the first line
that it prints is `{"port": N}`, and it ends with SIGTERM. `logged(FILE)` gives the entries. It needs nothing
but the standard library.

It speaks `POST .../chat/completions`, `.../embeddings` (both OpenAI's) and `.../messages` (Anthropic's). What
it does is told by words in the last message of a request (of embeddings: the text):

- `say:TEXT` up to the end of the line is the answer; without it, the answer is the whole last message.
- `call:NAME {JSON}` up to the end of the line is a call of a tool in the answer.
- `plan:A,B,C` up to white space: the first request with these bytes meets A, the second B, all from the third
  on C. Without it: `Options.plan` (`--plan A,B,C`), by the same count. Without both: `ok`.

The actions of a plan:

- `ok`: a correct answer. `length`, `filtered`: one that ended for that reason.
- `401`, `503`...: an error of that status whose message repeats the key that was sent. `429/2`: with
  `Retry-After: 2`; `429/date2`: the date in two seconds; `429/ms50`: with `retry-after-ms: 50`.
- `quota`: a 429 of an account without money. `bye`: a correct answer, after which the connection is closed
  without a word.
- `hang`: no answer, until the client goes. `drip`: one byte each 20 ms, for ever; `headers`: the same, before
  the body. `drop`: the connection is closed without an answer. `half`: closed in the middle of the body.
  `chunk`: closed in the middle of a chunked body.
- `truncated`: half of the JSON, as if it were all. `garbage`: no JSON. `latin`: no UTF-8. `nan`: JSON with NaN.
  `deep`: JSON nested 100,000 deep. `list`: JSON, but a list. `hollow`: an answer without choices. `null`: one
  without content. `odd`: one whose content is a number. `error`: status 200, but an error in the JSON.
  `html`: a page, status 200. `huge`: a body without end. `bomb`: gzip that unpacks to 200 MB.
- `301`, `302`, `307`, `308`: to `Options.redirect` (`--redirect URL`).

An entry of the log is an object: `n` (from 1), `at` (seconds since the start, when the whole request was there),
`method`, `path`, `action`, `nth` (request with these bytes), `sha256` (of the body), `last` (the first 200
characters of the last message), `keys` (by the lower-case name of each header that holds a key, the first 12 hex
digits of sha256 of its value), `agent` and `body` (of `Server.log` only: the parsed body).
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
import re
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Self, TextIO

# Bodies are JSON of any shape: Any is all that can be said of them.

KEY_HEADERS = ("authorization", "api-key", "x-api-key", "proxy-authorization", "cookie")
SIZE = 64
"""Dimensions of an embedding."""


@dataclass(frozen=True)
class Options:
    """How a server behaves; see the top."""

    latency_ms: float = 0.0
    plan: str = "ok"
    redirect: str = ""
    certificate: Path | None = None
    """Of TLS, with its key; None: plain HTTP."""


def marked(key: str) -> str:
    """What the log has of a key."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def logged(path: Path) -> list[dict[str, Any]]:
    """The entries of a log; a last line that is not whole is passed over."""
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


# --- what is answered -----------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    data: bytes

    @cached_property
    def body(self) -> dict[str, Any]:
        try:
            found = json.loads(self.data)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def last(self) -> str:
        """The text of the last message."""
        body = self.body
        content = body["messages"][-1].get("content") if body.get("messages") else body.get("input")
        if isinstance(content, list):
            return "\n".join(
                str(p.get("text", p.get("content", ""))) if isinstance(p, dict) else str(p) for p in content
            )
        return content if isinstance(content, str) else ""

    @property
    def key(self) -> str:
        bare = self.headers.get("authorization", "").removeprefix("Bearer ")
        return bare or self.headers.get("x-api-key") or self.headers.get("api-key") or "none"


def plan_of(asked: Asked, default: str) -> list[str]:
    found = re.search(r"plan:(\S+)", asked.last)
    return (found[1] if found else default).split(",")


def answer(asked: Asked, finish: str) -> dict[str, Any]:
    """The JSON of a correct answer in the protocol of the path."""
    text, last = asked.last, asked.last
    said, call = re.search(r"say:(.*)", last), re.search(r"call:(\w+) (.*)", last)
    text = said[1].strip() if said else "" if call else last
    if asked.path.endswith("/embeddings"):
        return _embeddings(asked)
    words = len(re.findall(r"\S+", json.dumps(asked.body.get("messages"))))
    made = _message if asked.path.endswith("/messages") else _completion
    return made(asked, text, (call[1], call[2]) if call else None, finish, words)


def _completion(
    asked: Asked, text: str, call: tuple[str, str] | None, finish: str, words: int
) -> dict[str, Any]:
    calls = (
        [{"id": "call_1", "type": "function", "function": {"name": call[0], "arguments": call[1]}}]
        if call
        else []
    )
    message = {
        "role": "assistant",
        "content": text or None if call else text,
        **({"tool_calls": calls} if call else {}),
    }
    reason = {"ok": "tool_calls" if call else "stop", "filtered": "content_filter"}.get(finish, finish)
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": f"{asked.body.get('model')}-2026-01-01",
        "system_fingerprint": "fp_test",
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {
            "prompt_tokens": words,
            "completion_tokens": len(text.split()) + 1,
            "total_tokens": words + len(text.split()) + 1,
            "prompt_tokens_details": {"cached_tokens": words // 2},
            "completion_tokens_details": {"reasoning_tokens": 1},
        },
    }


def _message(
    asked: Asked, text: str, call: tuple[str, str] | None, finish: str, words: int
) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"type": "text", "text": text}] if text else []
    if call:
        parts.append({"type": "tool_use", "id": "toolu_1", "name": call[0], "input": json.loads(call[1])})
    reasons = {"ok": "tool_use" if call else "end_turn", "length": "max_tokens", "filtered": "refusal"}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": f"{asked.body.get('model')}-20260101",
        "content": parts,
        "stop_reason": reasons[finish],
        "usage": {
            "input_tokens": words,
            "cache_read_input_tokens": 10,
            "cache_creation_input_tokens": 5,
            "output_tokens": len(text.split()) + 1,
        },
    }


def _embeddings(asked: Asked) -> dict[str, Any]:
    """A bag of words, so that texts with the same words lie close."""
    vector = [0.0] * SIZE
    for word in re.findall(r"\w+", asked.last.lower()):
        vector[hashlib.sha256(word.encode()).digest()[0] % SIZE] += 1.0
    count = len(asked.last.split())
    return {
        "object": "list",
        "model": asked.body.get("model"),
        "data": [{"object": "embedding", "index": 0, "embedding": vector}],
        "usage": {"prompt_tokens": count, "total_tokens": count},
    }


def spoilt(action: str, asked: Asked, good: dict[str, Any]) -> bytes | None:
    """The body of an answer that is not what it should be; None: the action is no such."""
    data = json.dumps(good).encode()
    hollow = {**good, **{name: [] for name in ("choices", "content", "data") if name in good}}
    null, odd = json.loads(data), json.loads(data)
    for spoil, value in ((null, None), (odd, 7)):
        if "choices" in spoil:
            spoil["choices"][0]["message"] = {"role": "assistant", "content": value}
        elif "content" in spoil:
            spoil["content"] = value
        else:
            spoil["data"][0]["embedding"] = value
    bodies = {
        "truncated": data[: len(data) // 2],
        "garbage": b"I am a proxy, and I am sorry",
        "latin": data.replace(b'"model"', b'"mod\xe9l"'),
        "nan": re.sub(rb'("(?:prompt|input)_tokens": )\d+', rb"\1NaN", data),
        "deep": b'{"choices": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "list": b"[" + data + b"]",
        "hollow": json.dumps(hollow).encode(),
        "null": json.dumps(null).encode(),
        "odd": json.dumps(odd).encode(),
        "error": json.dumps({"error": {"message": f"no such model for {asked.key}"}}).encode(),
    }
    return bodies.get(action)


@cache
def packed() -> bytes:
    """200 MB of spaces."""
    return gzip.compress(b" " * 200_000_000, 1)


# --- HTTP -----------------------------------------------------------------------------------


@dataclass
class Book:
    """What came, and what is next for each."""

    options: Options
    entries: list[dict[str, Any]] = field(default_factory=list)
    file: TextIO | None = None
    connections: int = 0
    news: threading.Condition = field(default_factory=threading.Condition)
    started: float = field(default_factory=time.monotonic)
    _seen: Counter[str] = field(default_factory=Counter)

    def enter(self, asked: Asked) -> str:
        """Log a request; the action that it meets."""
        digest = hashlib.sha256(asked.path.encode() + asked.data).hexdigest()
        plan = plan_of(asked, self.options.plan)
        action = plan[min(self._seen[digest], len(plan) - 1)]
        self._seen[digest] += 1
        entry: dict[str, Any] = {
            "n": len(self.entries) + 1,
            "at": round(time.monotonic() - self.started, 4),
            "method": asked.method,
            "path": asked.path,
            "action": action,
            "nth": self._seen[digest],
            "sha256": hashlib.sha256(asked.data).hexdigest(),
            "last": asked.last[:200],
            "keys": {name: marked(asked.headers[name]) for name in KEY_HEADERS if name in asked.headers},
            "agent": asked.headers.get("user-agent", ""),
        }
        if self.file:
            self.file.write(json.dumps(entry) + "\n")
            self.file.flush()
        with self.news:
            self.entries.append(entry if self.file else {**entry, "body": asked.body})
            self.news.notify_all()
        return action


class Connection(asyncio.Protocol):
    """One connection: requests one after another."""

    def __init__(self, book: Book, open_ones: set[Connection]) -> None:
        self._book, self._open, self._data = book, open_ones, bytearray()
        self._wire: Any = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = transport
        self._book.connections += 1
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open.discard(self)
        if self._timer:
            self._timer.cancel()

    def close(self) -> None:
        self._wire.abort()

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, end, rest = bytes(self._data).partition(b"\r\n\r\n")
        if not end:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        size = int(headers.get("content-length", "0"))
        if len(rest) < size:
            return
        method, path, _ = first.split(" ")
        del self._data[: len(head) + 4 + size]
        asked = Asked(method, path, headers, rest[:size])
        action = self._book.enter(asked)
        self._later(self._book.options.latency_ms / 1000, self._act, asked, action)

    def _later(self, seconds: float, call: Any, *arguments: Any) -> None:
        if seconds:
            self._timer = asyncio.get_running_loop().call_later(seconds, call, *arguments)
        else:
            call(*arguments)

    def _act(self, asked: Asked, action: str) -> None:
        name, _, detail = action.partition("/")
        if not asked.path.endswith(("/chat/completions", "/messages", "/embeddings")):
            self._send(404, b'{"error": {"message": "no such path"}}')
        elif name == "quota":
            self._send(429, b'{"error": {"message": "You are out of money", "code": "insufficient_quota"}}')
        elif name.isdigit():
            self._status(int(name), detail, asked)
        elif name in ("ok", "length", "filtered"):
            self._send(200, json.dumps(answer(asked, name)).encode())
        else:
            self._not_whole(name, asked)

    def _not_whole(self, name: str, asked: Asked) -> None:
        good = answer(asked, "ok")
        body = spoilt(name, asked, good)
        if body is not None:
            self._send(200, body)
        else:
            getattr(self, f"_{name}")(json.dumps(good).encode())

    def _status(self, status: int, detail: str, asked: Asked) -> None:
        headers = {}
        if 300 <= status < 400:
            headers["Location"] = self._book.options.redirect
        elif detail.startswith("date"):
            headers["Retry-After"] = formatdate(time.time() + int(detail[4:]), usegmt=True)
        elif detail.startswith("ms"):
            headers["retry-after-ms"] = detail[2:]
        elif detail:
            headers["Retry-After"] = detail
        message = f"status {status} for the key {asked.key}"
        self._send(status, json.dumps({"error": {"message": message, "type": "planned"}}).encode(), headers)

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self._head(
            status, {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        )
        self._wire.write(body)

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} Planned", *(f"{name}: {value}" for name, value in headers.items())]
        self._wire.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    # the actions that are no whole answer

    def _bye(self, data: bytes) -> None:
        self._send(200, data)
        self._wire.close()

    def _hang(self, data: bytes) -> None:
        pass

    def _drop(self, data: bytes) -> None:
        self._wire.close()

    def _half(self, data: bytes) -> None:
        self._head(200, {"Content-Type": "application/json", "Content-Length": str(len(data))})
        self._wire.write(data[: len(data) // 2])
        self._wire.close()

    def _chunk(self, data: bytes) -> None:
        self._head(200, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"})
        self._wire.write(b"%x\r\n%b\r\n" % (len(data), data))  # the whole answer, but not its end
        self._wire.close()

    def _drip(self, data: bytes) -> None:
        self._head(200, {"Content-Type": "application/json", "Content-Length": "1000000"})
        self._drop_by_drop()

    def _drop_by_drop(self) -> None:
        self._wire.write(b" ")
        self._later(0.02, self._drop_by_drop)

    def _headers(self, data: bytes) -> None:
        self._wire.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self._drop_by_drop()

    def _html(self, data: bytes) -> None:
        body = b"<html><body>Please sign in</body></html>"
        self._head(200, {"Content-Type": "text/html", "Content-Length": str(len(body))})
        self._wire.write(body)

    def _bomb(self, data: bytes) -> None:
        self._send(200, packed(), {"Content-Encoding": "gzip"})

    def _huge(self, data: bytes) -> None:
        self._head(200, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"})
        self._more()

    def _more(self) -> None:
        self._wire.write(b"100000\r\n" + b" " * 0x100000 + b"\r\n")
        self._later(0.001, self._more)


class Server:
    """A server in a thread of this process."""

    def __init__(self, options: Options | None = None) -> None:
        self._book = Book(options or Options())
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.port = 0

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        await serve(self._book, 0, self._opened, self._stop)

    def _opened(self, port: int) -> None:
        self.port = port
        self._ready.set()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    @property
    def base_url(self) -> str:
        scheme = "https" if self._book.options.certificate else "http"
        return f"{scheme}://127.0.0.1:{self.port}/v1"

    def wait(self, count: int) -> None:
        """Wait until that many requests have come."""
        with self._book.news:
            assert self._book.news.wait_for(lambda: len(self._book.entries) >= count, 10)

    @property
    def connections(self) -> int:
        """How many there have been."""
        return self._book.connections

    @property
    def log(self) -> list[dict[str, Any]]:
        return list(self._book.entries)


async def serve(book: Book, port: int, opened: Any, stop: asyncio.Event) -> None:
    """Answer on loopback until told to stop."""
    connections: set[Connection] = set()
    loop = asyncio.get_running_loop()
    context = None
    if book.options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(book.options.certificate)
    server = await loop.create_server(
        lambda: Connection(book, connections), "127.0.0.1", port, backlog=512, ssl=context
    )
    opened(server.sockets[0].getsockname()[1])
    await stop.wait()
    server.close()
    for connection in tuple(connections):
        connection.close()
    await asyncio.sleep(0)  # the transports close in the loop


@contextmanager
def process(log: Path, latency_ms: float = 0.0, plan: str = "ok") -> Iterator[str]:
    """A server in a process of its own, ended at the end; its base URL."""
    command = [
        sys.executable,
        __file__,
        "--port",
        "0",
        "--log",
        str(log),
        "--latency-ms",
        str(latency_ms),
        "--plan",
        plan,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            yield f"http://127.0.0.1:{json.loads(running.stdout.readline())['port']}/v1"
        finally:
            running.terminate()


def main() -> None:
    """Run as a process of its own; see the top."""
    parser = argparse.ArgumentParser(description="A model's server for tests.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--plan", default="ok")
    parser.add_argument("--redirect", default="")
    given = parser.parse_args()
    options = Options(given.latency_ms, given.plan, given.redirect)

    def opened(port: int) -> None:
        sys.stdout.write(json.dumps({"port": port}) + "\n")
        sys.stdout.flush()

    async def run(book: Book) -> None:
        await serve(book, given.port, opened, asyncio.Event())

    if given.log is None:
        asyncio.run(run(Book(options)))
        return
    with given.log.open("a") as file:
        asyncio.run(run(Book(options, file=file)))


if __name__ == "__main__":
    main()
