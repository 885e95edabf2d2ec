"""What the compiler and the checks have to say, each with a code that stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from promptlint.documents import said
from promptlint.records import dataclass

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that is said of a plan, of a target or of a configuration; `line` 0: of no line."""

    code: str = said("Stable code.")
    severity: Severity = said("error: do not deploy; warning: look; info: know.")
    message: str = said("What is so.")
    prompt: str = said("Id of the prompt; empty: of none, or of several.", default="")
    path: str = said("The file; empty: none.", default="")
    line: int = said("Its line; 0: none.", default=0)


_ERROR: Severity = "error"
_WARNING: Severity = "warning"
_INFO: Severity = "info"

CODES: Mapping[str, tuple[Severity, str]] = {
    # the plan
    "RTE001": (_INFO, "no eval result: the model in use is kept"),
    "RTE002": (_WARNING, "routed by its score alone, unproven"),
    "RTE003": (_WARNING, "no evaluated model meets the quality floor"),
    "RTE004": (_INFO, "an eval result is of another text of the prompt"),
    "RTE005": (_WARNING, "the model in use is assumed"),
    "RTE006": (_WARNING, "the price of a model is not known"),
    "RTE007": (_WARNING, "an answer may not be cached"),
    "RTE008": (_ERROR, "a cache is asked for where answers are personal or differ"),
    "RTE009": (_ERROR, "a batch job is asked for where the answer is waited for"),
    "RTE010": (_WARNING, "the provider has no known batch price"),
    "RTE011": (_WARNING, "retries times models is over the cap"),
    "RTE012": (_ERROR, "a model is retired"),
    "RTE013": (_WARNING, "no model of the policy can take the prompt"),
    "RTE014": (_WARNING, "the assumed volumes cost more than the budget"),
    "RTE015": (_WARNING, "an override asks for what was not shown to be good enough"),
    "RTE016": (_WARNING, "who serves a model is not known"),
    "RTE017": (_INFO, "a prompt is no request of its own, and is not routed"),
    "RTE018": (_ERROR, "a step escalates to a model that is no better"),
    "RTE019": (_WARNING, "a tier takes less than the one before it"),
    "RTE020": (_WARNING, "the request classifier is of another model than the first tier's"),
    "RTE021": (_WARNING, "a model is switched off soon"),
    "RTE022": (_INFO, "a tier is left out of a fallback"),
    # what a target cannot express
    "RTE101": (_WARNING, "no escalation when an answer is invalid"),
    "RTE102": (_WARNING, "no such validator"),
    "RTE103": (_WARNING, "no cache of that kind"),
    "RTE104": (_WARNING, "no namespace for a cache"),
    "RTE105": (_WARNING, "no share of requests for a canary"),
    "RTE106": (_INFO, "no batch jobs"),
    "RTE107": (_INFO, "no mark for a prefix that the provider caches"),
    "RTE108": (_WARNING, "no fallback to another model"),
    "RTE109": (_WARNING, "no retries a prompt"),
    "RTE110": (_INFO, "keys are placeholders that the gateway does not fill in"),
    "RTE111": (_WARNING, "larger than the gateway takes"),
    "RTE112": (_WARNING, "two kinds of cache at once"),
    "RTE113": (_WARNING, "no schema for the answer's form at this target"),
    "RTE114": (_INFO, "experimental: the product's documents disagree"),
    "RTE115": (_INFO, "no classifier of requests: callers need the target client"),
    "RTE116": (_INFO, "messages are left to the caller"),
    "RTE117": (_INFO, "what the gateway's environment is to have"),
    "RTE118": (_INFO, "a limit that is assumed"),
    # existing configurations
    "RTE201": (_ERROR, "a name that nothing has"),
    "RTE202": (_ERROR, "fallbacks go in a circle"),
    "RTE203": (_WARNING, "a fallback to a cheaper model"),
    "RTE204": (_WARNING, "a fallback to a model with a smaller context"),
    "RTE205": (_WARNING, "a fallback to a model without structured output"),
    "RTE206": (_ERROR, "boundaries are out of order"),
    "RTE207": (_ERROR, "a tier is missing, or is no tier"),
    "RTE208": (_WARNING, "a cache without a namespace"),
    "RTE209": (_ERROR, "a retired model"),
    "RTE210": (_WARNING, "more calls than the cap"),
    "RTE211": (_ERROR, "a key that the product does not know"),
    "RTE212": (_ERROR, "a value of the wrong kind"),
    "RTE213": (_ERROR, "a secret in the file"),
    "RTE214": (_ERROR, "made from other prompts"),
    "RTE215": (_WARNING, "fallbacks that do not hold for an alias"),
    "RTE216": (_WARNING, "a rule that is never reached"),
    "RTE217": (_ERROR, "the same name twice"),
    "RTE218": (_ERROR, "an operator that the product does not have"),
    "RTE219": (_ERROR, "a threshold outside of its range"),
    "RTE220": (_WARNING, "fallbacks that never begin"),
    "RTE221": (_ERROR, "made from another policy"),
    "RTE222": (_WARNING, "answers are kept that are personal or differ"),
    "RTE223": (_WARNING, "a tier is dearer than the one above it"),
    "RTE224": (_ERROR, "no embedding model"),
    "RTE230": (_INFO, "nothing shows what it was made from"),
    "RTE231": (_ERROR, "the product's own loader refuses it"),
    "RTE232": (_INFO, "not given to the product's own loader"),
}
"""Every code: its severity, and what it says in general."""


def note(code: str, message: str, prompt: str = "", path: str = "", line: int = 0) -> Note:
    """A note with the severity of its code."""
    return Note(code, CODES[code][0], message, prompt, path, line)


def grouped(notes: Iterable[Note], shown: int = 3) -> Iterator[str]:
    """Lines, one a code and message, with the first few prompts that it holds for."""
    rows: dict[tuple[str, str], list[str]] = {}
    for item in notes:
        rows.setdefault((item.code, item.message), []).append(item.prompt)
    for (code, message), prompts in sorted(rows.items()):
        named = [name for name in prompts if name]
        more = f" and {len(named) - shown:,} more" if len(named) > shown else ""
        yield f"{code} {message}" + (f" [{', '.join(named[:shown])}{more}]" if named else "")
