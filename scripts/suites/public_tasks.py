"""Three prompts of published packages with test sets of packages or of a rule; nothing of them is committed.

The packages are downloaded by name and version, checked by sha256, and only read: no code of them is run. The
file that holds the prompt is used as it is, so that a prompt is named in it as in anybody's repository.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import random
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from promptlint.records import dataclass

CASES = 200
_SEED = 20261123

Case = dict[str, object]


@dataclass(frozen=True, slots=True)
class Package:
    """A file of a package: name and version, how the file that pip gets is called, its sha256, the member."""

    wanted: str
    file: str
    sha256: str
    member: str


@dataclass(frozen=True, slots=True)
class Public:
    """A task: where the prompt is, what it is called in its file, and the cases; `most` tokens an answer."""

    name: str
    prompt: Package
    anchor: str
    most: int
    cases: Callable[[Path], Iterator[Case]]


TWEETS = Package(
    "vaderSentiment==0.5",
    "vaderSentiment-0.5.zip",
    "5d97c37f3ef6e24eef331122e055dbedafeb6a56abfce0608b326701116ea49a",
    "vaderSentiment-0.5/additional_resources/hutto_ICWSM_2014.tar.gz",
)
COUNTRIES = Package(
    "pycountry==26.2.16",
    "pycountry-26.2.16-py3-none-any.whl",
    "115c4baf7cceaa30f59a4694d79483c9167dbce7a9de4d3d571c5f3ea77c305a",
    "pycountry/databases/iso3166-1.json",
)


def read(package: Package, folder: Path) -> bytes:
    """The member of a package, which is downloaded if it is not there.

    Raises:
        SystemExit: the file is not the one that is known.
    """
    path = folder / package.file
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps")
        kind = ("--only-binary", ":all:") if path.suffix == ".whl" else ("--no-build-isolation",)
        subprocess.run([*pip, *kind, "--dest", str(folder), package.wanted], check=True)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != package.sha256:
        sys.exit(f"{path.name} is not what it was")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(package.member)


def sentiments(folder: Path) -> Iterator[Case]:
    """Tweets that twenty people rated: plainly positive or negative."""
    with tarfile.open(fileobj=io.BytesIO(read(TWEETS, folder))) as archive:
        member = archive.extractfile("hutto_ICWSM_2014/tweets_GroundTruth.txt")
        assert member is not None
        lines = member.read().decode("utf-8", "replace").splitlines()
    found: dict[str, list[str]] = {"positive": [], "negative": []}
    for line in lines:
        _, rating, text = line.split("\t", 2)
        if abs(float(rating)) >= 1 and len(text) < 120 and text.isascii() and "`" not in text:
            found["positive" if float(rating) > 0 else "negative"].append(html.unescape(text))
    for label, texts in found.items():
        for number, text in enumerate(random.Random(_SEED).sample(texts, CASES // 2)):
            yield {
                "id": f"{label}-{number:03d}",
                "vars": {"x": text, "labels": "['positive', 'negative']"},
                "assert": [
                    {
                        "type": "json-fields",
                        "value": {"label": label},
                        "config": {"extra": "ignore", "find": "first"},
                    }
                ],
            }


_SUMS = (
    ("What is {a} * {b}?", r"{a}\s*\*\s*{b}"),
    ("What is {a} times {b}?", r"{a}\s*\*\s*{b}"),
    ("What is {a} plus {b}?", r"{a}\s*\+\s*{b}"),
    ("How much is {a} minus {b}?", r"{a}\s*-\s*{b}"),
    ("What is {a} divided by {b}?", r"{a}\s*/\s*{b}"),
    ("What is the square of {a}?", r"({a}\s*\*\*\s*2|{a}\s*\*\s*{a})"),
    ("{a}^(1/{c})", r"{a}\s*\*\*\s*\(\s*1(\.0)?\s*/\s*{c}(\.0)?\s*\)"),
    ("A shop sells {a} pens at {b} cents each. How many cents is that?", r"{a}\s*\*\s*{b}"),
    ("I had {a} coins and lost {b}. How many are left?", r"{a}\s*-\s*{b}"),
    ("What is {a} plus {b} times {c}?", r"{a}\s*\+\s*\(?\s*{b}\s*\*\s*{c}"),
)


def sums(_folder: Path) -> Iterator[Case]:
    """Problems by rule: the expression must be right, and stand where the package's code reads it."""
    draw = random.Random(_SEED)
    for number in range(CASES):
        question, holds = _SUMS[number % len(_SUMS)]
        values = {"a": draw.randrange(200, 9999), "b": draw.randrange(11, 199), "c": draw.randrange(3, 9)}
        pattern = holds.format(**values)
        yield {
            "id": f"sum-{number:03d}",
            "vars": {"question": question.format(**values)},
            "assert": [{"type": "regex", "value": rf"```text\s*{pattern}\s*```"}],
        }


def grades(folder: Path) -> Iterator[Case]:
    """Answers about country codes by rule: half of them name another country's code."""
    listed = json.loads(read(COUNTRIES, folder))["3166-1"]
    names = sorted((each["name"], each["alpha_3"]) for each in listed if "," not in each["name"])
    draw = random.Random(_SEED)
    chosen = draw.sample(names, CASES)
    for number, (name, code) in enumerate(chosen):
        right = number % 2 == 0
        said = code if right else chosen[number - 1][1]
        frame = draw.choice(("{}", "It is {}.", "The code is {}", "I think that it is {}", "{}!"))
        grade = "(?i)(?<!in)correct" if right else "(?i)incorrect"
        yield {
            "id": f"grade-{number:03d}",
            "vars": {
                "query": f"What is the three-letter ISO code of {name}?",
                "result": frame.format(said),
                "answer": code,
            },
            "assert": [{"type": "regex", "value": grade}],
        }


LANGCHAIN = (
    "langchain-classic==1.0.8",
    "langchain_classic-1.0.8-py3-none-any.whl",
    "1a11ea7fbe630c4f2af2f3873d27718ceac9488cf32d0821030be7cf039a6213",
)

TASKS = (
    Public(
        "sentiment",
        Package(
            "scikit-llm==1.4.3",
            "scikit_llm-1.4.3-py3-none-any.whl",
            "7b5dfab5872c78dceb6641b37deb15b06b098fd7cd23ba60bbc152de6bb5d0b2",
            "skllm/prompts/templates.py",
        ),
        "ZERO_SHOT_CLF_PROMPT_TEMPLATE",
        24,
        sentiments,
    ),
    Public(
        "math",
        Package(*LANGCHAIN, "langchain_classic/chains/llm_math/prompt.py"),
        "_PROMPT_TEMPLATE",
        32,
        sums,
    ),
    Public(
        "grading",
        Package(*LANGCHAIN, "langchain_classic/evaluation/qa/eval_prompt.py"),
        "template",
        8,
        grades,
    ),
)


def write(task: Public, home: Path) -> tuple[str, Path]:
    """Write a task's project below `home`; the prompt to compress, and the suite."""
    root = home / task.name
    root.mkdir(parents=True, exist_ok=True)
    (root / "promptlint.toml").touch()
    (root / "prompt.py").write_bytes(read(task.prompt, home / "packages"))
    suite = {
        "prompt": f"prompt.py::{task.anchor}",
        "margin": 0.1,
        "provider": {"kind": "openai", "model": "set-by-the-run"},
        "tests": list(task.cases(home / "packages")),
    }
    (root / "suite.json").write_text(json.dumps(suite, indent=1))
    return f"{root / 'prompt.py'}::{task.anchor}", root / "suite.json"
