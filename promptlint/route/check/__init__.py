"""Checks configurations of gateways, hand-written ones too, and whether they are of the prompts that are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from promptlint.errors import SuiteError, UsageError
from promptlint.evals.values import Value, origin, parsed, text_of
from promptlint.route import emit
from promptlint.route.check import litellm, portkey, shared, vllm_sr
from promptlint.route.check.shared import Cap
from promptlint.route.compiled import Plan
from promptlint.route.notes import Note, note

__all__ = ["PRODUCTS", "Cap", "checked", "is_checked", "stale"]

PRODUCTS = {"litellm": litellm, "portkey": portkey, "vllm-sr": vllm_sr}
"""The products whose configurations are checked."""

_MARK = re.compile(
    rf'({emit.MANIFEST}|{emit.POLICY}|"manifest_sha256": "|"policy_sha256": ")([0-9a-f]{{64}})'
)
_MADE = re.compile(r"Made by promptlint \S{1,40} for ([a-z-]{1,20}) \(")
_SPELT = {'"manifest_sha256": "': emit.MANIFEST, '"policy_sha256": "': emit.POLICY}
_START = 20_000
_PLANNED = frozenset(("RTE203", "RTE204"))


def checked(path: Path, cap: Cap | None = None, product: str | None = None) -> tuple[Note, ...]:
    """What is wrong with a configuration, by line.

    Args:
        path: of the file: YAML, or JSON if its name ends so.
        cap: the most calls of one request; None: a loose one.
        product: whose it is; None: the file shows it.

    Raises:
        UsageError: it cannot be read, or nothing shows whose it is.
    """
    shown = str(path)
    try:
        text = text_of(path, shown)
        value = parsed(text, origin(shown, text), is_json=shown.endswith(".json"))
    except SuiteError as error:
        raise UsageError(str(error).replace("; a suite is one", "")) from error
    if value is None:
        raise UsageError(f"{shown}: empty")
    try:
        found = list(_module(value, product).check(value, cap or Cap()))
        if _MARK.search(text[:_START]):  # the plan has seen what each prompt needs
            found = [replace(item, severity="info") if item.code in _PLANNED else item for item in found]
    except SuiteError as error:  # of a key that is there twice, of a tag
        raise UsageError(str(error)) from error
    return tuple(sorted(dict.fromkeys(found), key=lambda item: (item.line, item.code, item.message)))


def is_checked(path: Path) -> bool:
    """False for our own file of another target, of which only the age is looked at."""
    try:
        start = text_of(path, str(path))[:_START]
    except SuiteError as error:
        raise UsageError(str(error)) from error
    made = _MADE.search(start)
    return '"kind": "route-plan"' not in start and (made is None or made[1] in PRODUCTS)


def _module(value: Value, product: str | None):  # type: ignore[no-untyped-def]  # a module of PRODUCTS
    if product is not None:
        return PRODUCTS[product]
    given = shared.mapping(value)
    found = next((module for module in PRODUCTS.values() if module.is_one(given)), None)
    if found is None:
        raise UsageError(f"{value.origin.path}: no configuration of {', '.join(PRODUCTS)}; say --product")
    return found


def stale(path: Path, plan: Plan) -> Iterator[Note]:
    """The notes of a file that was made from other prompts, or by another policy; none for others' files."""
    try:
        marks = _MARK.findall(text_of(path, str(path))[:_START])
    except SuiteError as error:
        raise UsageError(str(error)) from error
    found = {_SPELT.get(name, name): digest for name, digest in marks}
    again = "make it again with `promptlint route compile`"
    if found.get(emit.MANIFEST) not in {None, plan.manifest_sha256}:
        yield note("RTE214", f"the prompts have moved on since it was made: {again}", path=str(path), line=1)
    if found.get(emit.POLICY) not in {None, plan.policy_sha256}:
        yield note("RTE221", f"the policy has changed since it was made: {again}", path=str(path), line=1)
