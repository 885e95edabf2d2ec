"""Token counts: against an independent byte-pair encoder, the official vocabularies and the laws of counting."""

from __future__ import annotations

import hashlib
import re
import runpy
import subprocess
import sys
from base64 import b64decode
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import tiktoken_ext.openai_public as official
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint import models, tokens
from promptlint.errors import ConfigError, PromptlintError
from promptlint.model import Basis

ROOT = Path(__file__).parent.parent
BUILD = runpy.run_path(str(ROOT / "scripts" / "build_vocabulary.py"))
OFFICIAL = BUILD["OFFICIAL"]
ENCODINGS = ("o200k_base", "cl100k_base")
O200K = tokens.tokenizer("gpt-4o")

CODE = '''
def area(radius: float) -> float:
    """Return the area, in m², of a circle."""
    if radius < 0:
        raise ValueError(f"radius {radius!r} is negative")
    return 3.14159 * radius**2
'''

TEXTS = (
    "",
    "a",
    "hello world",
    "You are a helpful assistant. Answer in at most 3 sentences, and don't apologise.",
    "It's, we'll, THEY'RE, i'D: contractions",
    "1234567890 3.14 1,000,000",
    "   leading, trailing   \n\n\n\tand\r\nmixed  white space \n ",
    "emoji 👩‍👩‍👧‍👦 🇩🇪 👍🏽 ✅",
    "日本語のプロンプトです。簡潔に答えてください。",
    "你是一个有用的助手。请用三句话回答。",
    "Отвечай кратко. أجب باختصار. उत्तर दें।",
    "é vs é, ﬀ, Å, ＡＢＣ",
    '{"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}',
    "<|endoftext|> <|im_start|>system",
    CODE,
)

# Known answers, made once with tiktoken.get_encoding of release 0.14.0 on OpenAI's own files.
KNOWN = {
    "o200k_base": (0, 1, 2, 18, 12, 14, 14, 20, 15, 14, 15, 13, 26, 14, 58),
    "cl100k_base": (0, 1, 2, 19, 14, 14, 14, 31, 24, 20, 29, 16, 25, 13, 57),
}


def naive_count(text: str, encoding: str) -> int:
    """Byte-pair encoding as in the textbook: merge the adjacent pair of lowest rank until none is left."""
    ranks = vocabulary(encoding)
    total = 0
    for word in split(text):
        parts = [bytes([byte]) for byte in word.encode()]
        while True:
            merges = [(ranks.get(a + b, 10**9), i) for i, (a, b) in enumerate(pairwise(parts))]
            rank, place = min(merges, default=(10**9, 0))
            if rank == 10**9:
                break
            parts[place : place + 2] = [parts[place] + parts[place + 1]]
        total += len(parts)
    return total


def split(text: str) -> list[str]:
    """The o200k split of ASCII text, in the standard library's regular expressions."""
    end = r"(?:'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD]))?"
    space, other = r"[\t-\r ]", r"[^\t-\r ]"  # Python's \s holds U+001C to U+001F too, Unicode's does not
    pattern = (
        rf"[^\r\nA-Za-z0-9]?[A-Z]*[a-z]+{end}|[^\r\nA-Za-z0-9]?[A-Z]+[a-z]*{end}|[0-9]{{1,3}}"
        rf"| ?[^\t-\r A-Za-z0-9]+[\r\n/]*|{space}*[\r\n]+|{space}+(?!{other})|{space}+"
    )
    return re.findall(pattern, text)


@cache
def vocabulary(encoding: str) -> dict[bytes, int]:
    data = BUILD["unpack"]((ROOT / "promptlint" / "_data" / f"{encoding}.vocab").read_bytes())
    return {b64decode(token): int(rank) for token, rank in (line.split() for line in data.splitlines())}


def whole(text: str, encoding: str = "o200k_base") -> int:
    return len(tokens._load(encoding).encode_ordinary(text))


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- the vocabularies -----------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_shipped_file_restores_the_official_one(encoding: str) -> None:
    compact = (ROOT / "promptlint" / "_data" / f"{encoding}.vocab").read_bytes()
    assert hashlib.sha256(BUILD["unpack"](compact)).hexdigest() == OFFICIAL[encoding]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_pattern_and_specials_are_those_of_tiktoken(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = []
    monkeypatch.setattr(official, "load_tiktoken_bpe", lambda _, expected_hash: hashes.append(expected_hash))
    theirs = official.ENCODING_CONSTRUCTORS[encoding]()
    ours = tokens._VOCABULARIES[encoding]
    assert hashes == [OFFICIAL[encoding]]
    assert (ours.pattern, ours.specials) == (theirs["pat_str"], theirs["special_tokens"])


def test_damaged_vocabulary_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray((tokens._DATA / "o200k_base.vocab").read_bytes())
    data[-1] ^= 1
    (tmp_path / "o200k_base.vocab").write_bytes(data)
    monkeypatch.setattr(tokens, "_DATA", tmp_path)
    with pytest.raises(PromptlintError, match="o200k_base is damaged"):
        tokens._ranks("o200k_base")


# --- counts ---------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_known_answers(encoding: str) -> None:
    tokenizer = tokens.tokenizer("", encoding)
    assert tuple(tokens.count(text, tokenizer) for text in TEXTS) == KNOWN[encoding]


@pytest.mark.parametrize("text", [text for text in TEXTS if text.isascii()])
def test_count_is_that_of_a_naive_encoder(text: str) -> None:
    assert tokens.count(text, O200K) == naive_count(text, "o200k_base")


@given(st.text(st.characters(codec="ascii"), max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_ascii_text_counts_as_a_naive_encoder_counts_it(text: str) -> None:
    assert tokens.count(text, O200K) == naive_count(text, "o200k_base")


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_encoding_loses_nothing_and_stays_below_the_bound(text: str) -> None:
    for encoding in ENCODINGS:
        ids = tokens._load(encoding).encode_ordinary(text)
        assert tokens._load(encoding).decode(ids) == text
        assert tokens.count(text, tokens.tokenizer("", encoding)) == len(ids) <= tokens.at_most(text)
        assert bool(ids) == bool(text)


def test_special_tokens_count_as_text() -> None:
    assert tokens.count("<|endoftext|>", O200K) > 1


@pytest.mark.parametrize("text", ["\ud83d", "a\udc00b", "\ud83d\ude00", "\udfff" * 20])
def test_lone_surrogates_are_counted(text: str) -> None:
    assert 1 <= tokens.count(text, O200K) <= tokens.at_most(text)


@pytest.mark.parametrize("unit", ["a", " ", "\t", "\n", " \n", "字", "🎉", "-", "́", "=", "Aa1"])
def test_a_megabyte_of_one_thing_neither_hangs_nor_crashes(unit: str) -> None:
    text = unit * (1_000_000 // len(unit)) + "x"
    assert 0 < tokens.count(text, O200K) <= tokens.at_most(text)
    sample = unit * (100_000 // len(unit))
    assert tokens.count(sample, O200K) == pytest.approx(whole(sample), abs=2 * 13)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", TEXTS[1:])
def test_long_texts_are_cut_where_nothing_changes(text: str, encoding: str) -> None:
    if not re.search(r"\w\W", text):
        text += " and more. "
    long = (text + "\n") * (3 * tokens.CHUNK // len(text) + 2)
    assert len(list(tokens._parts(long))) > 2
    assert tokens.count(long, tokens.tokenizer("", encoding)) == whole(long, encoding)


@given(st.text(min_size=1, max_size=40), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_every_seam_is_additive(text: str, shift: int) -> None:
    long = "x" * shift + (text + " word. ") * (2 * tokens.CHUNK // (len(text) + 7) + 1)
    for encoding in ENCODINGS:
        assert tokens.count(long, tokens.tokenizer("", encoding)) == whole(long, encoding)


def test_parts_are_the_text() -> None:
    for text in ("", "a" * tokens.CHUNK, " " * 50_000, CODE * 500):
        parts = list(tokens._parts(text))
        assert "".join(parts) == text
        assert max(map(len, parts)) <= tokens.CHUNK


# --- which tokenizer ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-4o", "o200k_base"),
        ("openai/gpt-4o-mini", "o200k_base"),
        ("gpt-4o-2024-08-06", "o200k_base"),
        ("azure/gpt-4.1-nano", "o200k_base"),
        ("GPT-5.2", "o200k_base"),
        ("o3-mini", "o200k_base"),
        ("gpt-oss-120b", "o200k_base"),
        ("ft:gpt-4o-mini-2024-07-18:org::id", "o200k_base"),
        ("openrouter/openai/gpt-5-mini", "o200k_base"),
        ("gpt-4", "cl100k_base"),
        ("gpt-4-turbo-2024-04-09", "cl100k_base"),
        ("gpt-4-1106-preview", "cl100k_base"),
        ("azure/gpt-35-turbo", "cl100k_base"),
        ("ft:gpt-3.5-turbo-0125:org::id", "cl100k_base"),
        ("text-embedding-3-small", "cl100k_base"),
    ],
)
def test_openai_models_are_exact(model: str, encoding: str) -> None:
    assert tokens.tokenizer(model) == tokens.Tokenizer(encoding, encoding, 1.0, Basis.EXACT, 0.0)


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("anthropic/claude-3-5-sonnet-20241022", "claude-3"),
        ("claude-3-5-sonnet-latest", "claude-3"),
        ("bedrock/us.anthropic.claude-sonnet-4-6-v1:0", "claude-3"),
        ("vertex_ai/claude-3-opus@20240229", "claude-3"),
        ("claude-sonnet-4-20250514", "claude-3"),
        ("claude-opus-4.7", "claude-4.7"),
        ("claude-opus-5", "claude-4.7"),
        ("claude-haiku-5-5", "claude-4.7"),
        ("mistral/mistral-small-2603", "mistral"),
        ("groq/meta-llama/llama-4-maverick-17b-128e-instruct", "llama-4"),
        ("meta.llama3-1-70b-instruct-v1:0", "llama-3"),
        ("together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo", "llama-3"),
        ("gemini/gemini-2.5-pro-preview-06-05", "gemini"),
    ],
)
def test_other_families_are_estimates_with_an_error(model: str, family: str) -> None:
    found = tokens.tokenizer(model)
    assert models.family(model) == family
    assert found.name.startswith(f"{family} (o200k_base x ")
    assert (found.encoding, found.basis) == ("o200k_base", Basis.ESTIMATED)
    assert 0 < found.error < 0.35
    assert tokens.count("word " * 1000, found) == round(whole("word " * 1000) * found.ratio)


@pytest.mark.parametrize("model", ["", "my-deployment", "deepseek-v3.2", "gpt-6-sol", "claude-2.1", "gpt-4x"])
def test_unknown_models_are_assumed(model: str) -> None:
    assert tokens.tokenizer(model) == tokens.Tokenizer(
        "o200k_base (assumed)", "o200k_base", 1.0, Basis.ASSUMED, 0.35
    )


def test_override_wins() -> None:
    assert tokens.tokenizer("claude-opus-5", "cl100k_base").basis is Basis.EXACT
    assert tokens.tokenizer("my-model", "Claude-4.7").ratio > 1
    assert all(tokens.tokenizer("x", name) for name in tokens.names())


@pytest.mark.parametrize(
    ("name", "hint"), [("o200k", "did you mean o200k_base"), ("?", "known: o200k_base"), ("", "known:")]
)
def test_unknown_override_is_a_config_error(name: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=hint):
        tokens.tokenizer("gpt-4o", name)


# --- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "host", "base"),
    [
        ("gpt-4o", "", "gpt-4o"),
        (" GPT-4o ", "", "gpt-4o"),
        ("openai:gpt-4o", "", "gpt-4o"),
        ("azure/gpt-35-turbo-16k", "azure", "gpt-3.5-turbo-16k"),
        ("ft:gpt-4o-mini:org::id", "ft", "gpt-4o-mini"),
        ("bedrock/anthropic.claude-3-5-sonnet-20241022-v2:0", "aws", "claude-3-5-sonnet"),
        ("global.anthropic.claude-opus-4-5-20251101-v1:0", "aws-global", "claude-opus-4-5"),
        ("arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0", "aws", "nova-pro"),
        ("claude-4-5-haiku", "", "claude-haiku-4-5"),
        ("claude-sonnet-3.7", "", "claude-3-7-sonnet"),
        ("openrouter/anthropic/claude-3.5-sonnet:beta", "openrouter", "claude-3-5-sonnet"),
        ("openrouter/deepseek/deepseek-r1:free", "variant", "deepseek-r1"),
        ("models/gemini-1.5-pro-002", "", "gemini-1.5-pro"),
        ("gpt-4-0613", "", "gpt-4"),
        ("mistral-large-2411", "", "mistral-large-2411"),
        ("mistral-large-latest", "", "mistral-large-latest"),
        ("", "", ""),
        ("/", "", ""),
    ],
)
def test_names_are_taken_apart(model: str, host: str, base: str) -> None:
    assert (models.parse(model).host, models.canonical(model)) == (host, base)


@given(st.text(max_size=40))
def test_any_name_can_be_parsed(model: str) -> None:
    name = models.parse(model)
    assert name.dated.startswith(name.base)


# --- promises of the process ----------------------------------------------------------------


def test_import_loads_no_tokenizer() -> None:
    code = (
        "import sys; from promptlint import tokens, prices, costs; tokens.tokenizer('gpt-4o'); tokens.at_most('x');"
        "print([name for name in ('tiktoken', 'regex', 'requests', 'importlib.resources') if name in sys.modules])"
    )
    assert run(code).strip() == "[]"


def test_counting_needs_no_network_no_environment_and_no_other_file() -> None:
    code = """
import os, socket, sys
os.environ.update(TIKTOKEN_CACHE_DIR="/nonexistent", DATA_GYM_CACHE_DIR="/nonexistent")
def refuse(*args, **kwargs):
    raise AssertionError("network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
opened = []
sys.addaudithook(lambda event, args: opened.append(args) if event == "open" else None)
from promptlint import tokens
print(tokens.count("hello world", tokens.tokenizer("gpt-4o")), tokens.count("hi", tokens.tokenizer("gpt-4")))
assert not [args for args in opened if isinstance(args[1], str) and set(args[1]) & set("wax+")], opened
assert "requests" not in sys.modules
"""
    assert run(code).split() == ["2", "1"]


def test_memory_stays_below_120_megabytes() -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("needs /proc")
    code = """
from promptlint import tokens
tokens.count("hello world", tokens.tokenizer("gpt-4o"))
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
    assert int(run(code)) <= 120 * 1024
