"""Serves a small model to this machine in OpenAI's protocol, many requests at once and each prefix read once.

    .model/venv/bin/python scripts/model_server.py FILE.gguf NAME --port 8080 --threads 1

`scripts/local_model.py serve --batched` starts it, in the environment of the model: nothing else of this
repository is there. Greedy only: of each step the likeliest token, whatever the temperature says. Requests
that come together are decoded together, and a prompt that begins as one that is still known goes on from
there: that makes a search over variants of one prompt bearable on a CPU. Sums are taken in another order than
for one request alone, so that a rare answer differs. Of the parameters only `messages` and `max_tokens` are
obeyed; a request with a schema or tools is refused.
"""

from __future__ import annotations

import argparse
import json
import queue
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any  # the binding of llama.cpp has no types

import llama_cpp  # type: ignore[import-not-found]  # is in the environment of the model only
import numpy as np
from llama_cpp.llama_chat_format import Jinja2ChatFormatter  # type: ignore[import-not-found]

CELLS = 16384
"""Tokens that are known at once, of all requests and prefixes together."""

CHUNK = 512
MOST_BYTES = 4_000_000


@dataclass
class Job:
    """A request on its way; `done` is set when `text` is whole."""

    tokens: list[int]
    most: int
    made: list[int] = field(default_factory=list)
    text: str = ""
    reason: str = "stop"
    error: str = ""
    done: threading.Event = field(default_factory=threading.Event)


class Engine:
    """One context of the model. Only its own thread touches it."""

    def __init__(self, path: str, threads: int, parallel: int, prefixes: int) -> None:
        self.llama: Any = llama_cpp.Llama(path, n_ctx=64, n_threads=threads, verbose=False)
        self.model = self.llama._model.model
        self.vocab = llama_cpp.llama_model_get_vocab(self.model)
        self.words = llama_cpp.llama_vocab_n_tokens(self.vocab)
        params = llama_cpp.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = CELLS, CHUNK, CHUNK
        params.n_seq_max = parallel + prefixes
        params.kv_unified = True
        params.n_threads = params.n_threads_batch = threads
        self.context = llama_cpp.llama_init_from_model(self.model, params)
        self.memory = llama_cpp.llama_get_memory(self.context)
        self.batch = llama_cpp.llama_batch_init(CHUNK, 0, 1)
        self.waiting: queue.Queue[Job] = queue.Queue()
        self.active: dict[int, Job] = {}
        self.kept: dict[int, list[int]] = {}  # oldest first
        self.parallel, self.prefixes = parallel, prefixes

    def run(self) -> None:
        """Answer what comes, for ever."""
        while True:
            while len(self.active) < self.parallel and (not self.waiting.empty() or not self.active):
                self._begin(self.waiting.get())
            self._step()

    def _begin(self, job: Job) -> None:
        known = {**self.kept, **{seq: one.tokens for seq, one in self.active.items()}}
        source = max(known, key=lambda seq: _common(known[seq], job.tokens), default=None)
        shared = 0 if source is None else _common(known[source], job.tokens)
        length = min(shared, len(job.tokens) - 1)
        seq = next(each for each in range(self.parallel + self.prefixes) if each not in known)
        llama_cpp.llama_memory_seq_rm(self.memory, seq, -1, -1)
        if source is not None and length:
            llama_cpp.llama_memory_seq_cp(self.memory, source, seq, 0, length)
            if source in self.kept:
                self.kept[source] = self.kept.pop(source)
        for at in range(length, len(job.tokens), CHUNK):
            part = job.tokens[at : at + CHUNK]
            self._decode([(token, at + n, seq) for n, token in enumerate(part)])
        self.active[seq] = job
        self._next(seq, job, -1)

    def _step(self) -> None:
        """One more token of each."""
        running = list(self.active.items())
        rows = [(job.made[-1], len(job.tokens) + len(job.made) - 1, seq) for seq, job in running]
        if not rows:
            return
        self._decode(rows, every=True)
        for row, (seq, job) in enumerate(running):
            self._next(seq, job, row)

    def _decode(self, rows: list[tuple[int, int, int]], every: bool = False) -> None:
        batch = self.batch
        batch.n_tokens = len(rows)
        for n, (token, position, seq) in enumerate(rows):
            batch.token[n], batch.pos[n] = token, position
            batch.n_seq_id[n], batch.seq_id[n][0] = 1, seq
            batch.logits[n] = every or n == len(rows) - 1
        if llama_cpp.llama_decode(self.context, batch):
            raise SystemExit("the model's memory is full")

    def _next(self, seq: int, job: Job, row: int) -> None:
        logits = llama_cpp.llama_get_logits_ith(self.context, row)
        token = int(np.argmax(np.ctypeslib.as_array(logits, (self.words,))))
        ends = llama_cpp.llama_vocab_is_eog(self.vocab, token)
        if not ends:
            job.made.append(token)
        if ends or len(job.made) >= job.most:
            job.reason = "stop" if ends else "length"
            self._end(seq, job)

    def _end(self, seq: int, job: Job) -> None:
        del self.active[seq]
        job.text = self.llama.detokenize(job.made).decode("utf-8", "replace")
        others = [*self.kept.values(), *(each.tokens for each in self.active.values())]
        nearest = max((_common(each, job.tokens) for each in others), default=0)
        if nearest < 0.9 * len(job.tokens):
            self.kept[seq] = job.tokens
            llama_cpp.llama_memory_seq_rm(self.memory, seq, len(job.tokens), -1)
            while len(self.kept) > self.prefixes:
                oldest = next(iter(self.kept))
                del self.kept[oldest]
                llama_cpp.llama_memory_seq_rm(self.memory, oldest, -1, -1)
        else:
            llama_cpp.llama_memory_seq_rm(self.memory, seq, -1, -1)
        job.done.set()


def _common(one: list[int], two: list[int]) -> int:
    """How many tokens two texts begin with alike."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(two)))


class Server(ThreadingHTTPServer):
    """Takes requests for an engine, on the loopback interface only."""

    def __init__(self, port: int, engine: Engine, name: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.engine, self.name = engine, name
        llama = engine.llama
        self.formatter = Jinja2ChatFormatter(
            template=llama.metadata["tokenizer.chat_template"],
            eos_token=llama._model.token_get_text(llama.token_eos()),
            bos_token="",
        )

    def answered(self, body: dict[str, Any]) -> dict[str, object]:
        """The reply to a request.

        Raises:
            ValueError: it asks for what is not obeyed, or is too long.
        """
        if beyond := {"tools", "response_format"} & body.keys():
            raise ValueError(f"{beyond} is not obeyed here")
        text = self.formatter(messages=body["messages"]).prompt
        tokens = self.engine.llama.tokenize(text.encode(), add_bos=False, special=True)
        job = Job(tokens, int(body.get("max_tokens") or 256))
        if len(tokens) + job.most > CELLS // 4:
            raise ValueError("too long")
        self.engine.waiting.put(job)
        job.done.wait()
        message = {"role": "assistant", "content": job.text}
        sent, made = len(tokens), len(job.made)
        return {
            "id": "local",
            "object": "chat.completion",
            "model": self.name,
            "choices": [{"index": 0, "message": message, "finish_reason": job.reason}],
            "usage": {"prompt_tokens": sent, "completion_tokens": made, "total_tokens": sent + made},
        }


class Handler(BaseHTTPRequestHandler):
    """One request, whatever its path."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        """Answer, or say why not."""
        size = int(self.headers.get("content-length", "0"))
        if size > MOST_BYTES:
            self.send_error(413)
            return
        try:
            reply = self.server.answered(json.loads(self.rfile.read(size)))
        except (KeyError, TypeError, ValueError) as error:
            self.send_error(400, str(error)[:200].replace("\n", " "))
            return
        data = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        """Say that the server is up."""
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: answers are what counts."""


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("name")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--parallel", type=int, default=16, help="requests at once")
    parser.add_argument("--prefixes", type=int, default=2, help="prompts that are kept in memory")
    given = parser.parse_args()
    engine = Engine(given.model, given.threads, given.parallel, given.prefixes)
    server = Server(given.port, engine, given.name)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        engine.run()
    except KeyboardInterrupt:
        server.shutdown()


if __name__ == "__main__":
    main()
