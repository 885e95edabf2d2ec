"""Finds instructions that a parameter of the call enforces already."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from promptlint.calling import ENFORCED, enforced, text, there
from promptlint.jsonasks import asked
from promptlint.model import Edit, Field, Hit, Profile, Safety, Span
from promptlint.patterns import lazy
from promptlint.places import has_slot, numbered, places, removal, touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View

_ONE_OF = lazy(
    r"\b(?:output|answer|reply|respond|return|give)\b(?: with| only| exactly| just){0,3} one of (?:these"
    r"|the following)"
    r"(?: (?:\w+ )?(?:words|labels|values|categories|options))\b[^.\n]{0,80}",
    re.IGNORECASE,
)
_FIELDS = lazy(
    r"\b(?:return|output|give|provide)\b(?: only| just)? (?:only |just )?the (?:following )?(?:fields"
    r"|keys)\b[^.\n]{0,160}",
    re.IGNORECASE,
)
_MUST_CALL = lazy(
    r"\b(?:always|must|only|you are required to)\b[^.\n;]{0,30}\b(?:call|use|invoke)\b(?! (?:it|this tool)"
    r" (?:when|if))"
    r"[^.\n;]{0,30}\b(?:tools?|functions?)\b[^.,;\n{]{0,60}",
    re.IGNORECASE,
)
_CONDITION = lazy(r"\b(?:when|if|unless|before|after|whenever|except|for)\b", re.IGNORECASE)
_ONE_CALL = lazy(
    r"\b(?:only|at most|never more than|just) one tool(?: call)? (?:at a time|per turn|in each|per message)\b"
    r"|\bone tool(?: call)? at a time\b",
    re.IGNORECASE,
)
_STOPS = lazy(
    r"\b(?:stop|end|finish)\b[^.\n]{0,60}\b(?:as soon as|after|when|once)\b[^.\n]{0,60}"
    r"|\b(?:do not|don['’]t|never) (?:write|output|add|generate|say) (?:anything|more|any"
    r" text)[^.\n]{0,20}\bafter\b[^.\n]{0,40}",
    re.IGNORECASE,
)
_LONGEST = 400  # code points of a sentence that a fix may take
_FORCED = ("function", "required", "any", "tool")
_PROMISES = lazy(r"\b(?:json|schema|object|keys?|fields?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Params:
    """How much of a sentence a request may be.

    Attributes:
        max_words: words of a sentence, from its start to its end, that may go with the request in it.
    """

    max_words: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each instruction, with its sentence to delete where it says nothing else."""
    if view.prompt.profile is Profile.AGENT_DOCUMENT or not view.prompt.call.fields:
        return
    apart = shown(view).wording
    end = -1
    for span, field, why in sorted(_found(view), key=lambda item: item[0]):
        if span.start >= end and not touches(apart, span):
            yield _hit(view, params, span, f"{why}{there(field)}")
            end = span.end


def _found(view: View) -> Iterator[tuple[Span, Field, str]]:
    """Each instruction, the parameter, and what to say."""
    call = view.prompt.call
    form = enforced(call)
    if form is not None and form[0] == ENFORCED:
        field = form[1]
        for span in asked(view):
            yield span, field, f"asks for JSON, which {field.name} enforces with its schema"
        for pattern, words in (
            (_ONE_OF, ("one of the",)),
            (_FIELDS, ("the fields", "the keys", "the following")),
        ):
            if not any(word in view.lower for word in words):
                continue
            for match in pattern.finditer(view.text):
                yield Span(*match.span()), field, f"names the form of the answer, which {field.name} enforces"
    yield from _of_tools(view)
    yield from _of_stops(view)


def _of_stops(view: View) -> Iterator[tuple[Span, Field, str]]:
    words, field = text(view.prompt.call, "stop.words"), view.prompt.call.get("stop.words")
    if words and field is not None:
        for match in _STOPS.finditer(view.text):
            word = next(
                (word for word in json.loads(words) if word.strip() and word.strip() in match.group()), ""
            )
            if word:
                yield Span(*match.span()), field, f"says where to stop, which stop={word!r} does"


def _of_tools(view: View) -> Iterator[tuple[Span, Field, str]]:
    call = view.prompt.call
    choice = call.get("tool_choice") or call.get("tool_choice.type")
    if choice is not None and choice.value in _FORCED:
        for match in _MUST_CALL.finditer(view.text):
            if not _CONDITION.search(match.group()):
                yield (
                    Span(*match.span()),
                    choice,
                    f"tells to call a tool, which tool_choice={choice.value} enforces",
                )
    single = call.get("parallel_tool_calls")
    if single is not None and single.value is False:
        for match in _ONE_CALL.finditer(view.text):
            yield (
                Span(*match.span()),
                single,
                "asks for one tool call at a time, which parallel_tool_calls=False enforces",
            )


def _hit(view: View, params: Params, span: Span, message: str) -> Hit:
    """The fix takes the sentence if it is short, holds no slot, and others do not hang on it."""
    block = view.sentence_at(span)
    ground = places(view.prompt)
    if block is None or block.span.end - block.span.start > _LONGEST:
        return Hit(span, message)
    sentence = view.text[block.span.start : block.span.end]
    whole = removal(ground, block.span)
    fits = len(sentence.split()) <= params.max_words and not sentence.rstrip().endswith(":")
    if whole is None or not fits or has_slot(ground, whole) or numbered(ground, block.span):
        return Hit(span, message)
    drops = "the words; a model that the parameter does not reach (another host, a fallback) needs them"
    return Hit(span, message, edits=(Edit(whole, ""),), safety=Safety.UNSAFE, drops=drops)
