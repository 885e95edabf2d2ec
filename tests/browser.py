"""A headless Chromium that is spoken to over a pipe: no driver, no port, and no library."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "headless_shell")
_SECONDS = 60.0


def found() -> str | None:
    """The browser of this machine; None if there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One page. `requests` are the addresses that it asked for, `messages` what its console says."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = read, write
        self._data, self._last, self._session = b"", 0, ""
        self.requests: list[str] = []
        self.messages: list[str] = []
        self._events: list[str] = []

    def open(self, path: Path, size: tuple[int, int] = (1280, 900), scheme: str = "light") -> None:
        """Load a file, and wait until it is drawn."""
        self.requests, self.messages = [], []
        self.look(size, scheme)
        self._events = []
        self.call("Page.navigate", url=path.resolve().as_uri())
        end = time.monotonic() + _SECONDS
        while "Page.loadEventFired" not in self._events:
            self._take(self._message(end))

    def start(self) -> None:
        """Attach to a new page, and listen."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def look(self, size: tuple[int, int], scheme: str, media: str = "") -> None:
        """The size of the window, light or dark, on screen or in print."""
        width, height = size
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def value(self, expression: str) -> Any:
        """What an expression comes to on the page, as JSON has it; policies of the page do not hold here."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def press(self, key: str, code: int) -> None:
        """Press a key and let it go."""
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text
            )

    def picture(self, path: Path, whole: bool = False) -> None:
        """Write what is seen as PNG."""
        data = self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Ask for something, and wait for the answer."""
        self._last += 1
        asked: dict[str, object] = {"id": self._last, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._write, json.dumps(asked).encode() + b"\0")
        end = time.monotonic() + _SECONDS
        while True:
            message = self._message(end)
            if message.get("id") == self._last:
                assert "error" not in message, message["error"]
                return dict(message["result"])
            self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        method, params = message.get("method", ""), message.get("params", {})
        self._events.append(method)
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Log.entryAdded":
            self.messages.append(params["entry"]["text"])
        elif method in {
            "Runtime.consoleAPICalled",
            "Runtime.exceptionThrown",
            "Page.javascriptDialogOpening",
        }:
            self.messages.append(json.dumps(params))

    def _message(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._data:
            ready, _, _ = select.select([self._read], [], [], max(0.0, end - time.monotonic()))
            assert ready, "the browser does not answer"
            more = os.read(self._read, 1 << 20)
            assert more, "the browser is gone"
            self._data += more
        line, _, self._data = self._data.partition(b"\0")
        return dict(json.loads(line))


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """A browser with an empty profile of its own; its processes are ended."""
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = (
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--hide-scrollbars",
            f"--user-data-dir={profile}",
            "--remote-debugging-pipe",
        )
        null = os.open(os.devnull, os.O_RDWR)
        high = [os.dup(each) for each in (theirs_in, theirs_out)]  # so that none of them is 3 or 4 itself
        actions = [(os.POSIX_SPAWN_DUP2, null, each) for each in (0, 1, 2)]
        actions += [(os.POSIX_SPAWN_DUP2, each, place) for each, place in zip(high, (3, 4), strict=True)]
        assert min(high) > 4
        pid = os.posix_spawn(program, [program, *flags], os.environ, file_actions=actions, setpgroup=0)
        for each in (theirs_in, theirs_out, null, *high):
            os.close(each)
        try:
            found = Browser(ours_in, ours_out)
            found.start()
            yield found
        finally:
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(ours_in)
            os.close(ours_out)
