"""Where the real gateways are, and an upstream on loopback that answers as a test wants it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "fixtures" / "route" / "project" / "golden"


def gateways() -> Path:
    """The folder that `make gateways` fills."""
    return Path(os.environ.get("PROMPTLINT_GATEWAYS", ROOT / ".gateways"))


class Upstream:
    """A provider of both kinds on 127.0.0.1.

    `asked` are the models, `keys` what each request was sent with; `answer` gives status and text.
    """

    def __init__(self) -> None:
        self.reset()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                upstream.asked.append(body["model"])
                sent = self.headers["x-api-key"] or self.headers["authorization"] or ""
                upstream.keys.append(sent.removeprefix("Bearer "))
                status, text = upstream.answer(body["model"])
                data = json.dumps(_said(status, self.path, body["model"], text)).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def reset(self) -> None:
        """As if nothing had been asked."""
        self.asked: list[str] = []
        self.keys: list[str] = []
        self.answer: Callable[[str], tuple[int, str]] = lambda model: (200, "billing")

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join(10)
        self.server.server_close()


def _said(status: int, path: str, model: str, text: str) -> dict[str, object]:
    if status < 400:
        return _reply(path, model, text)
    is_long = "context length" in text
    error = {"message": text, "type": "invalid_request_error" if is_long else "api_error"}
    return {"type": "error", "error": {**error, "code": "context_length_exceeded" if is_long else None}}


def _reply(path: str, model: str, text: str) -> dict[str, object]:
    if path.endswith("/messages"):
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 3, "output_tokens": 1},
        }
    message = {"role": "assistant", "content": text}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
    }
