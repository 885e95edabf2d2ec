"""Where the real gateways are, and an upstream on loopback that answers as a test wants it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "data" / "route" / "golden"


def gateways() -> Path:
    """The folder that `make gateways` fills."""
    return Path(os.environ.get("PROMPTLINT_GATEWAYS", ROOT / ".gateways"))


class Upstream:
    """A provider of both kinds on 127.0.0.1: `asked` are the models, `answer` gives status and text."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Callable[[str], tuple[int, str]] = lambda model: (200, "billing")
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                upstream.asked.append(body["model"])
                status, text = upstream.answer(body["model"])
                data = json.dumps(_reply(self.path, body["model"], text)).encode()
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

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join(10)
        self.server.server_close()


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
