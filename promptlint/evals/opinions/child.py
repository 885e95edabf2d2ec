"""The program of the process that runs a suite's code; it knows nothing of promptlint."""

from __future__ import annotations

import dataclasses
import faulthandler
import importlib.util
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

_MOST = 2_000
"""Characters of a reason, or of an error."""

Check = Callable[[str, object], object]


def main() -> None:
    """Read the order from standard input, and write a line of JSON for each job."""
    order = json.loads(sys.stdin.buffer.read())
    results, timer = os.fdopen(os.dup(1), "wb"), os.dup(2)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):  # what the code prints is not for us
        os.dup2(nothing, stream)
    _limit(order["memory"])
    checks: dict[tuple[int, str], Check | str] = {}
    for number, function, output, context in order["jobs"]:
        faulthandler.dump_traceback_later(order["seconds"], exit=True, file=timer)
        key = (number, function)
        if key not in checks:
            checks[key] = _loaded(number, order["sources"][number], function)
        line = _line(checks[key], output, context)
        faulthandler.cancel_dump_traceback_later()
        results.write(line + b"\n")
        results.flush()
    results.close()
    os._exit(0)  # whatever the code has left running


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        if hard == resource.RLIM_INFINITY or most <= hard:
            with suppress(ValueError, OSError):  # of systems that name a limit and have none
                resource.setrlimit(kind, (most, most))


def _loaded(number: int, source: str, function: str) -> Check | str:
    """The function of a module, or why there is none."""
    path = Path(f"check{number}.py").absolute()
    try:
        path.write_text(source, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        spec.loader.exec_module(module)
        found = getattr(module, function, None)
    except (Exception, SystemExit) as error:  # the code is the suite's, and may raise anything
        return _said(error)
    return found if callable(found) else f"it has no function {function}"


def _line(check: Check | str, output: str, context: str) -> bytes:
    if isinstance(check, str):
        return json.dumps({"failure": check}).encode()
    try:
        return json.dumps({"value": _plain(check(output, json.loads(context)))}, allow_nan=False).encode()
    except (Exception, SystemExit) as error:  # as above
        return json.dumps({"failure": _said(error)}).encode()


def _plain(value: object) -> object:
    """What code returned, as plain data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        found = {
            "pass": value.get("pass", value.get("pass_")),
            "reason": str(value.get("reason", ""))[:_MOST],
        }
        found |= {"score": value["score"]} if value.get("score") is not None else {}
        return {name: _scalar(item) for name, item in found.items()}
    return _scalar(value)


def _scalar(value: object) -> object:
    item = getattr(value, "item", None)  # of numpy
    value = item() if callable(item) else value
    if not isinstance(value, bool | int | float | str):
        raise TypeError(f"it returned a {type(value).__name__}, expected true or false, or a score")
    return value[:_MOST] if isinstance(value, str) else value


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:_MOST]


if __name__ == "__main__":
    main()
