"""How near two texts are: TF-IDF by scikit-learn, or sentence vectors of a model on the disk."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from promptlint.errors import UsageError

Vectors = Callable[[Sequence[str]], Any]
"""Texts to a matrix, a row of length 1 each (sparse or dense, of libraries without types); None: no words."""

TFIDF = "tfidf"
_WORD = r"(?u)\b\w+\b"
_BLOCK = 256


def folded(text: str) -> str:
    """The text as it is compared: one spelling of each character, no capitals, white space one blank.

    Numbers stay: other than for repeats, a cache must not take one order for another.
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def tfidf(texts: Sequence[str]) -> Any:  # a sparse matrix of scipy
    """TF-IDF vectors of words, fitted to these texts (sublinear term frequency); None: there are no words.

    Raises:
        ImportError: scikit-learn is not installed.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    try:
        return TfidfVectorizer(sublinear_tf=True, token_pattern=_WORD).fit_transform(texts)
    except ValueError:  # no words in any of them
        return None


def fitted(texts: Sequence[str]) -> Vectors | None:
    """TF-IDF as `tfidf`, fitted to these texts, for others; None: there are no words.

    A word that none of these has counts for nothing.

    Raises:
        ImportError: scikit-learn is not installed.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    try:
        made: Vectors = TfidfVectorizer(sublinear_tf=True, token_pattern=_WORD).fit(texts).transform
    except ValueError:  # no words in any of them
        return None
    return made


def chosen(name: str) -> Vectors:
    """The vectors of a name: `tfidf`, or the folder of a model that model2vec has saved.

    Raises:
        UsageError: what it needs is not installed, or the folder holds no model.
    """
    if name == TFIDF:
        return _installed(tfidf)
    folder = Path(name)
    if not (folder / "model.safetensors").is_file():
        raise UsageError(f"{name}: neither {TFIDF!r} nor a folder with a model: nothing is downloaded")
    try:
        from model2vec import StaticModel
    except ImportError as error:
        raise UsageError(
            "sentence vectors need an extra: pip install 'promptlint-toolchain[sentences]'"
        ) from error
    try:
        model = StaticModel.from_pretrained(folder)
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"{name}: no model of model2vec: {error}") from error
    return lambda texts: _unit(model.encode(list(texts)))


def _unit(matrix: Any) -> Any:  # dense arrays of numpy
    lengths = (matrix * matrix).sum(axis=1, keepdims=True) ** 0.5
    return matrix / (lengths + (lengths == 0))


def _installed(made: Vectors) -> Vectors:
    def vectors(texts: Sequence[str]) -> Any:  # as Vectors
        try:
            return made(texts)
        except ImportError as error:
            raise UsageError(
                "similarity needs an extra: pip install 'promptlint-toolchain[traffic]'"
            ) from error

    return vectors


def nearest(texts: Sequence[str], vectors: Vectors) -> Iterator[tuple[float, int, int]]:
    """For each text but the first: the cosine with the nearest earlier one, and the numbers of both."""
    found = vectors(texts) if len(texts) > 1 else None
    if found is None:
        return
    for start in range(0, len(texts), _BLOCK):
        block = found[start : start + _BLOCK] @ found.T
        rows = block.toarray() if hasattr(block, "toarray") else block
        for one, row in enumerate(rows, start):
            if one:
                other = int(row[:one].argmax())
                yield min(max(float(row[other]), 0.0), 1.0), one, other
