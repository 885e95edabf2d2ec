"""Takes the names of files apart: words, extension chains, folders, and whether they speak of prompts."""

from __future__ import annotations

import re

from promptlint.records import dataclass

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PROMPT_WORDS = frozenset(
    {"prompt", "prompts", "sysprompt", "skprompt", "prompty", "instruction", "instructions"}
)
_TESTS = frozenset({"test", "tests", "__tests__", "__fixtures__", "__snapshots__", "cassettes"})
_TEST_FILE = re.compile(r"test_.*\.py|.*_test\.py|conftest\.py")
_SCRIPT_TEST = re.compile(
    r"(?:.*[._-])?(?:(?:vi)?tests?|specs?|evals?|e2e|cy|bench|stories)\.[cm]?[jt]sx?|(?:jest|vitest)\.setup\.\w+"
)
_SCRIPT_TESTS = _TESTS | {"__mocks__", "__fixtures__", "__snapshots__", "cypress", "e2e", "testing", "mocks"}
_TRANSLATIONS = frozenset({"locales", "locale", "i18n", "translations", "lang", "langs", "languages"})
_KEPT = r"(?:.*[-_ ])?(?:prompts?|skills|agents|commands|rules|instructions|patterns|personas)"
_KEPT_IN = re.compile(_KEPT)
_HOME = re.compile(rf"\.[a-z]+|{_KEPT}")
_BY_EXTENSION = ("prompt", "prompty")


@dataclass(frozen=True, slots=True)
class FileName:
    """A path in parts, all lower-case but `name`: words of the stem, extensions, folders from the root."""

    name: str
    words: tuple[str, ...]
    suffixes: tuple[str, ...]
    folders: tuple[str, ...]


def file_name(path: str) -> FileName:
    """The parts of a POSIX path."""
    *folders, name = path.split("/")
    stem, *suffixes = name.lstrip(".").split(".")
    if name.startswith("."):
        stem, suffixes = "", [stem, *suffixes]
    # Version numbers and the like stay words: only what looks like an extension is one.
    while suffixes and not re.fullmatch(r"[A-Za-z][\w-]{0,11}", suffixes[0]):
        stem += " " + suffixes.pop(0)
    words = tuple(word.lower() for word in _WORD.findall(stem))
    lower = tuple(suffix.lower() for suffix in suffixes)
    return FileName(name, words, lower, tuple(folder.lower() for folder in folders))


def like_prompt(name: FileName) -> bool:
    """True if the file calls itself a prompt or instructions: `qa_prompt.txt`, `x.prompt.md`."""
    last = (suffix for suffix in name.suffixes[-1:] if suffix in _BY_EXTENSION)
    words = {*name.words, *name.suffixes[:-1], *last}
    return bool(_PROMPT_WORDS & words) or name.words in (("system",), ("user",))


def among_prompts(path: str) -> bool:
    """True if a folder above is one that prompts are kept in."""
    return any(_KEPT_IN.fullmatch(folder) for folder in path.lower().split("/")[:-1])


def in_tests(path: str) -> bool:
    """True for data below a folder of tests; `skills/test/`, `prompts/tests/` are about tests."""
    folders = path.lower().split("/")[:-1]
    place = next((number for number, folder in enumerate(folders) if folder in _TESTS), None)
    return place is not None and not any(_HOME.fullmatch(folder) for folder in folders[:place])


def is_test_code(path: str) -> bool:
    """True for `test_x.py`, `x_test.py`, `conftest.py`, and all Python below a folder of tests."""
    *folders, name = path.lower().split("/")
    return _TEST_FILE.fullmatch(name) is not None or any(
        item in _TESTS or item == "testing" for item in folders
    )


def is_test_script(path: str) -> bool:
    """True for `x.test.ts`, `x.spec.js` and all scripts below a folder of tests or mocks."""
    *folders, name = path.lower().split("/")
    return _SCRIPT_TEST.fullmatch(name) is not None or any(item in _SCRIPT_TESTS for item in folders)


def is_generated(path: str) -> bool:
    """True for what BAML's compiler makes of `.baml` files: a client that holds copies of their prompts."""
    return "baml_client" in path.split("/")[:-1]


def is_translation(path: str) -> bool:
    """True for the texts of a user interface, below a folder of languages."""
    return any(folder in _TRANSLATIONS for folder in path.lower().split("/")[:-1])
