"""Checks configurations of gateways, hand-written ones too, and whether they are of the prompts that are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from promptlint.errors import SuiteError, UsageError
from promptlint.evals.values import Value, origin, roots_of, text_of
from promptlint.route import emit
from promptlint.route.check import (
    agentgateway,
    batch,
    cloudflare,
    envoy,
    litellm,
    openrouter,
    portkey,
    shared,
    vllm_sr,
)
from promptlint.route.check.shared import Cap
from promptlint.route.compiled import Plan
from promptlint.route.notes import Note, note

__all__ = ["BATCH", "PRODUCTS", "Cap", "checked", "is_checked", "product_of", "stale"]


class Checker(Protocol):
    """What the module of every product has."""

    def is_one(self, given: Mapping[str, Value]) -> bool:
        """Whether a document is of this product."""
        ...

    def check(self, value: Value, cap: Cap) -> Iterator[Note]:
        """All that is wrong with a document, or will not do what it says."""
        ...


PRODUCTS: Mapping[str, Checker] = {
    "litellm": litellm,
    "portkey": portkey,
    "vllm-sr": vllm_sr,
    "agentgateway": agentgateway,
    "cloudflare": cloudflare,
    "envoy": envoy,
    "openrouter": openrouter,
}
"""The products whose configurations are checked; the first that knows a document has it."""

BATCH = "batch"
"""What a file of lines (.jsonl) is of."""

_MARK = re.compile(
    rf'({emit.MANIFEST}|{emit.POLICY}|"manifest_sha256": "|"policy_sha256": ")([0-9a-f]{{64}})'
)
_MADE = re.compile(r"Made by promptlint \S{1,40} for ([a-z-]{1,20}) \(")
_SPELT = {'"manifest_sha256": "': emit.MANIFEST, '"policy_sha256": "': emit.POLICY}
_START = 20_000
_BESIDE = 1000
_PLANNED = frozenset(("RTE203", "RTE204"))


def checked(path: Path, cap: Cap | None = None, product: str | None = None) -> tuple[Note, ...]:
    """What is wrong with a configuration, by line.

    Args:
        path: of the file: YAML, or JSON if its name ends so, or lines of JSON.
        cap: the most calls of one request; None: a loose one.
        product: whose it is; None: the file shows it.

    Raises:
        UsageError: it cannot be read, or nothing shows whose it is.
    """
    shown = str(path)
    try:
        text = text_of(path, shown)
        values = tuple(_documents(text, shown))
    except SuiteError as error:
        raise UsageError(str(error).replace("; a suite is one", "")) from error
    if not values:
        raise UsageError(f"{shown}: empty")
    try:
        found = list(_found(values, cap or Cap(), product))
        if _MARK.search(text[:_START]):  # the plan has seen what each prompt needs
            found = [replace(item, severity="info") if item.code in _PLANNED else item for item in found]
    except SuiteError as error:  # of a key that is there twice, of a tag
        raise UsageError(str(error)) from error
    return tuple(sorted(dict.fromkeys(found), key=lambda item: (item.line, item.code, item.message)))


def product_of(path: Path) -> str:
    """Whose configuration a file is: a name of `PRODUCTS`, or `BATCH`.

    Raises:
        UsageError: nothing shows it, or it cannot be read.
    """
    shown = str(path)
    if shown.endswith(".jsonl"):
        return BATCH
    try:
        module = _module(tuple(_documents(text_of(path, shown), shown)))
    except SuiteError as error:
        raise UsageError(str(error).replace("; a suite is one", "")) from error
    return next(name for name, each in PRODUCTS.items() if each is module)


def _documents(text: str, shown: str) -> Iterator[Value]:
    if not shown.endswith(".jsonl"):
        yield from roots_of(text, origin(shown, text), is_json=shown.endswith(".json"))
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield from roots_of(line, origin(shown, line, number), is_json=True)


def _found(values: Sequence[Value], cap: Cap, product: str | None) -> Iterator[Note]:
    first = values[0]
    if product == BATCH or (product is None and first.origin.path.endswith(".jsonl")):
        if not batch.is_one(shared.mapping(first)):
            raise UsageError(f"{first.origin.path}: no lines of a batch file; say --product")
        yield from batch.check(values)
        return
    module = PRODUCTS[product] if product is not None else _module(values)
    if len(values) > 1 and module is not envoy:
        values[1].fail("a second document; only resources of Kubernetes are several")
    for value in values:
        yield from module.check(value, cap)


def _plan_of(template: Path) -> Path | None:
    """The batch plan beside a template of its requests, which has the hashes; None if there is none."""
    for file in sorted(template.parent.glob("*.y*ml"))[:_BESIDE]:
        try:
            text = text_of(file, str(file))
        except SuiteError:  # not ours
            continue
        made = _MADE.search(text[:_START])
        if (
            made is not None
            and made[1] == BATCH
            and re.search(rf"(?m)^ *template: ['\"]?{re.escape(template.name)}['\"]?$", text)
        ):
            return file
    return None


def is_checked(path: Path) -> bool:
    """False for our own file of another target, of which only the age is looked at."""
    try:
        start = text_of(path, str(path))[:_START]
    except SuiteError as error:
        raise UsageError(str(error)) from error
    made = _MADE.search(start)
    return '"kind": "route-plan"' not in start and (made is None or made[1] in PRODUCTS)


def _module(values: Sequence[Value]) -> Checker:
    given = [shared.mapping(value) for value in values]
    found = next((module for module in PRODUCTS.values() if any(map(module.is_one, given))), None)
    if found is None:
        raise UsageError(f"{values[0].origin.path}: no configuration of {', '.join(PRODUCTS)}; say --product")
    return found


def stale(path: Path, plan: Plan) -> Iterator[Note]:
    """The notes of a file that was made from other prompts, or by another policy; none for others' files."""
    source = _plan_of(path) if path.suffix == ".jsonl" else path
    if source is None:
        message = "no batch plan beside it names it: whether it is stale cannot be told"
        yield note("RTE230", message, path=str(path))
        return
    try:
        marks = _MARK.findall(text_of(source, str(source))[:_START])
    except SuiteError as error:
        raise UsageError(str(error)) from error
    found = {_SPELT.get(name, name): digest for name, digest in marks}
    again = "make it again with `promptlint route compile`"
    if found.get(emit.MANIFEST) not in {None, plan.manifest_sha256}:
        yield note("RTE214", f"the prompts have moved on since it was made: {again}", path=str(path), line=1)
    if found.get(emit.POLICY) not in {None, plan.policy_sha256}:
        yield note("RTE221", f"the policy has changed since it was made: {again}", path=str(path), line=1)
