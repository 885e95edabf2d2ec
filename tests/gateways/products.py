"""What each product's own loader or validator says of configs: null where it takes them in silence.

Every function skips where the product is not installed in `gateways()`.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.gateways import portkey
from tests.gateways.upstream import Upstream, gateways

HERE = Path(__file__).parent
_REQUESTS: tuple[Mapping[str, str], ...] = (
    {"prompt_id": "faq"},
    {"task": "legal", "difficulty": "0.9"},
    {"prompt_id": "other"},
)
"""The metadata of requests of which each meets another branch of `tests.route.broken.PORTKEY`."""
_SECONDS = 600


def python(name: str, package: str) -> str:
    """The interpreter of a product's environment."""
    found = gateways() / name / "bin" / "python"
    if not any((gateways() / name).glob(f"lib/python3*/site-packages/{package}")):
        pytest.skip(f"no {name} in {gateways()}: say `make test-gateways`")
    return str(found)


def version(name: str, package: str) -> str:
    """The version of a package in a product's environment, which is a venv or an npm folder."""
    if name == "portkey":
        file = gateways() / name / "node_modules" / package / "package.json"
        found: str = json.loads(file.read_text())["version"]
        return found
    paths = [str(path) for path in (gateways() / name).glob("lib/python3*/site-packages")]
    return next(item.version for item in distributions(path=paths) if item.name == package)


def run(interpreter: str, program: str, given: object) -> Mapping[str, list[str | None]]:
    """What a program of this folder answers, the last line of its output."""
    done = subprocess.run(
        [interpreter, str(HERE / program)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
        env={"PATH": "/usr/bin:/bin", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: Mapping[str, list[str | None]] = json.loads(done.stdout.strip().rpartition("\n")[2])
    return found


def litellm_router(configs: Sequence[str]) -> list[str | None]:
    """What `litellm.Router` says."""
    given = {"configs": list(configs), "requests": [], "base": ""}
    return run(python("litellm", "litellm"), "litellm_router.py", given)["loaded"]


def litellm_proxy(configs: Sequence[str]) -> list[str | None]:
    """What the proxy's `--validate_config` says."""
    return run(python("litellm", "fastapi"), "litellm_load.py", {"configs": list(configs)})["said"]


def vllm_sr(configs: Sequence[str]) -> list[str | None]:
    """What `vllm-sr config validate` says."""
    return run(python("vllm-sr", "cli"), "vllm_sr_cli.py", {"configs": list(configs)})["said"]


def sdk(name: str) -> Callable[[Sequence[str]], list[str | None]]:
    """What the types of a maker's SDK say, one of `sdk_types.judges`; of a file of lines, of the first one."""

    def said(configs: Sequence[str]) -> list[str | None]:
        files = [[json.loads(line) for line in _documents(name, text)] for text in configs]
        flat = [document for file in files for document in file]
        answers = iter(run(python("sdks", "anthropic"), "sdk_types.py", {name: flat})[name])
        by_file = [[next(answers) for _ in file] for file in files]
        return [next((answer for answer in file if answer is not None), None) for file in by_file]

    return said


def _documents(name: str, text: str) -> Sequence[str]:
    return text.splitlines() if name in {"openai", "anthropic"} else (text,)


def portkey_requests(configs: Sequence[str]) -> list[str | None]:
    """What the gateway answers to three requests with each config, of which each meets another branch."""
    upstream = Upstream()
    upstream.answer = lambda model: (200, '{"a": 1}')
    try:
        with portkey.gateway() as address:
            return [_portkey(address, portkey.local(json.loads(text), upstream.base)) for text in configs]
    finally:
        upstream.close()


def _portkey(address: str, config: object) -> str | None:
    failed: list[str] = []
    for metadata in _REQUESTS:
        status, body = portkey.ask(address, config, {"x-portkey-metadata": json.dumps(metadata)})
        if status != 200:
            failed.append(f"{status} {_message(body)}")
    if not failed:
        return None
    if len(failed) == len(_REQUESTS):
        return f"every request: {failed[0]}"
    return f"{len(failed)} of {len(_REQUESTS)} requests: {failed[0]}"


def _message(body: str) -> str:
    try:
        found = json.loads(body)
    except ValueError:
        return body
    error = found.get("error", found)
    return str(error.get("message", error) if isinstance(error, dict) else error)


def short(said: str | None, most: int = 110) -> str:
    """One line of it."""
    if said is None:
        return "accepted in silence"
    line = " ".join(re.sub(r"^Error: Configuration \w+ failed:?|[•│]", "", said).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
