"""Says whether a prompt's task has one right answer that is short: a label, a route, a yes or no, fields."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from promptlint.model import Profile, Role, Span
from promptlint.patterns import lazy
from promptlint.places import of_role, touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View

_LONGEST = 12_000  # code points of a prompt whose task may still be called simple
_START = 2_000  # code points in which a prompt says what is judged
_FIRST = 14  # sentences in which a task is named
_LEAD = (
    r"^[\W_]*(?:(?:#+\s*)?(?:task|goal|objective|instructions?|role)\s*[:\n]\s*)?"
    r"(?:(?:please|kindly|now|then|first|finally|and|simply|just|always|carefully)[, ]+)*"
    r"(?:you(?:['’]re| are) (?:asked|required|going|here|to)(?: to)? "
    r"|(?:your|the) (?:task|job|goal|role|objective|purpose|only task|sole task) is (?:to )?"
    r"|you (?:will |must |should |have to |need to |are to )?(?:only |always )?)?"
)
_SIMPLE: tuple[tuple[str, str], ...] = (
    (
        "classification",
        r"(?:classify|classifies|categori[sz]e|label|tag|triage|moderate|flag)(?! the (?:button|chart"
        r"|axis))\b"
        r"|sort(?:s)? (?:the|each|every|this|an?|incoming|it|them)\b[^.\n]{0,60}\b(?:in(?:to)?|to|by) "
        r"(?:exactly |only )?(?:one|the (?:right|best)|a|an|its|their|these|categor|queues?)\b"
        r"|sort the (?:answer|message|reply|mail|email|ticket)s?\b"
        r"|(?:decide|determine|say|tell|choose|pick|judge) which (?:of |one )?(?:the |these )?(?:\w+ ){0,2}"
        r"(?:label|tag|category|class|topic|intent|sentiment|kind|type|group|bucket|folder)s?\b"
        r"|you are an? (?:[\w-]+ ){0,3}(?:classifier|tagger|labell?er|classification (?:model|system"
        r"|assistant"
        r"|engine|expert|agent|bot))\b"
        r"|(?:assign|choose|pick|select|give|return|output) (?:exactly |only )?(?:one|a single|the (?:best"
        r"|right|correct))"
        r" (?:\w+ )?(?:label|tag|category|class|topic|intent|sentiment)s?\b"
        r"|(?:decide|determine|detect|identify|predict|say) (?:the |its |their )?(?:\w+ )?"
        r"(?:sentiment|intent|language|topic|category|class|tone|label)\b"
        r"|(?:read|you read)\b[^.\n]{0,80}\bdecide (?:what|which) (?:kind|class|label|category)\b",
    ),
    (
        "routing",
        r"(?:route|routes)\b|(?:choose|pick|select) (?:exactly )?(?:one|the (?:best|right)) "
        r"(?:\w+ )?(?:index|queue|agent|tool|route|team|department|handler)\b"
        r"|you are an? (?:[\w-]+ ){0,3}router\b"
        r"|(?:take|takes) messages\b[^.\n]{0,80}\bput them into the right queue\b",
    ),
    (
        "extraction",
        r"(?:extract|parse)(?:s)?\b(?! (?:insights?|lessons?|wisdom|ideas?|key (?:insights?|ideas?)|and"
        r" summari))"
        r"|(?:turn|convert) (?:the|a|each|this) (?:sentence|text|line|note|address|date)\w* into (?:an? "
        r"|the )?"
        r"(?:request|json|object|record|entry|row|fields?)\b"
        r"|fills? (?:in |out )?(?:the|a|this|an) (?:\w+ ){0,2}(?:form|fields?|schema|record|template)\b"
        r"|pulls? (?:the |all |every |out )?[^.\n]{1,60} (?:out of|from)\b"
        r"|collects? (?:the|all|every) [^.\n]{1,60} from\b"
        r"|(?:read|reads|look at|go through) (?:the|an?|each|this"
        r"|one)\b[^.\n]{0,120}\band (?:then )?(?:fill|extract"
        r"|pull|copy|return|give back|sort|classify|label|tag|assign)s?\b"
        r"|finds? (?:one|the|a single) (?:value|number|date|amount|name|price|address"
        r"|answer span)s?\b[^.\n]{0,40}"
        r"\b(?:in|from|of)\b"
        r"|(?:identify|list|find|recogni[sz]e|detect|tag) (?:all |every "
        r"|any )?(?:the )?(?:\w+ )?(?:named )?entit(?:y"
        r"|ies)\b"
        r"|you are an? (?:[\w-]+ ){0,3}(?:extractor|parser|extraction (?:model|system|assistant|engine|expert"
        r"|agent|algorithm|bot)|entity recogni[sz]er)\b"
        r"|read the \w+ text of\b|maps? the header\b"
        r"|finds? (?:all |every |the )?\w+ (?:that|which) [^.\n]{2,60} (?:mentions?|contains?|names?)\b",
    ),
    (
        "scoring",
        r"(?:score|rate|grade|scores|rates|grades)\b(?! (?:your|limit))",
    ),
    (
        "yes or no",
        r"(?:is|does|do|are|has|was|did|will|can) (?:the|this|it|a|an)\b[^.?\n]{2,120}\?"
        r"|(?:decide|determine|check|judge|say|verify|tell) (?:if|whether)\b"
        r"|(?:answer|reply|respond|return|output|say)(?: with)?(?: only| just| either"
        r"| exactly){0,2} [\"'`]?(\w{1,12})"
        r"[\"'`]? or [\"'`]?(?!the\b)\w{1,12}[\"'`]?(?=\s*(?:[.,;:)]|$|only\b|and nothing))",
    ),
)
_TASKS = tuple((name, lazy(f"{_LEAD}(?:{pattern})", re.IGNORECASE)) for name, pattern in _SIMPLE)
_OPEN = lazy(
    _LEAD
    + r"(?:writes?|drafts?|compose|summari[sz]es?|translates?|explains? (?:the|how|why|what)|plan|design"
    r"|implement|code|generates?|create|develop"
    r"|build|refactor|rewrite|edit|debug|fix|brainstorm|propose|recommend"
    r"|advise|suggest|review|critique|analy[sz]e|evaluate and|research|investigate|discuss|teach|chat"
    r"|talk|converse|answer (?:the |a |all |each |any |user |customer )?(?:\w+ )?questions?|help|assist"
    r"|solve|prove"
    r"|reflect|improve|describe|compare|think|reason)\b(?!\s*[:=–-])",
    re.IGNORECASE,
)
_BARE = lazy(
    r"\b(?:(?:answer|reply|respond|return|output|say)(?: with)?(?: only| just| either"
    r"| exactly){0,2} [\"'`]?\w{1,12}[\"'`]?"
    r" or [\"'`]?\w{1,12}[\"'`]?(?=\s*(?:[.,;:)]|$|only\b|and nothing))|yes or no|true or false"
    r"|only the (?:label|category|class|tag|number|score|name of|letter|word)"
    r"|(?:the )?label only|one word|a single (?:word|label|letter|number|category)"
    r"|one of (?:these|the following) (?:words|labels|categories|values|tags)|with the (?:tag|label"
    r"|category)|nothing else)\b",
    re.IGNORECASE,
)
_PLACES = lazy(
    r"\b(?:place|put|sort|assign|classify)s? (?:it|them|each|the \w+|this \w+) (?:in|into|to|under) "
    r"(?:exactly |only )?one of (?:the|these|our)\b",
    re.IGNORECASE,
)
_JUDGES = lazy(
    r"\b(?:grounded|groundedness|faithful\w*|hallucinat\w*|supported by|correctness|evaluat\w+|judge"
    r"|quality)\b",
    re.IGNORECASE,
)  # what another model wrote is judged
_FIRST_REASONS = lazy(
    r"\b(?:then|before)\b[^.\n]{0,60}\b(?:decide|give|score|choose|answer|label|class|pick|index)\b",
    re.IGNORECASE,
)  # it asks for the reasons of the answer, not for a text


class Kind(str, Enum):
    """A task with one short right answer."""

    CLASSIFICATION = "classification"
    ROUTING = "routing"
    EXTRACTION = "extraction"
    SCORING = "scoring"
    YES_OR_NO = "yes or no"


@dataclass(frozen=True, slots=True)
class Task:
    """A simple task, and the sentence that names it."""

    kind: Kind
    at: Span


@lru_cache(maxsize=2)
def simple_task(view: View) -> Task | None:
    """The simple task of a prompt, None if it has another one, or several, or none that its words name.

    A prompt that also asks for text (write, explain, plan) has no simple task; nor has one with free tools.
    """
    if view.prompt.profile is Profile.AGENT_DOCUMENT or len(view.text) > _LONGEST:
        return None
    if of_role(view.prompt, Role.TOOL_DEFINITION) or _has_free_tools(view):
        return None
    apart = shown(view).wording
    found: Task | None = None
    for block in view.sentences[:_FIRST]:
        sentence = view.text[block.span.start : block.span.end]
        if touches(apart, block.span):
            continue
        placed = _PLACES.search(sentence)
        if _OPEN.match(sentence) and not placed and not _FIRST_REASONS.search(sentence):
            return None
        if found is None:
            name = next((name for name, pattern in _TASKS if pattern.match(sentence)), "")
            name = "classification" if placed and not name else name
            found = Task(Kind(name), block.span) if name else None
    if found is not None and _JUDGES.search(_said_of(view, found)):
        return Task(Kind.SCORING, found.at)
    if found is None or found.kind is not Kind.YES_OR_NO:
        return found
    return found if _BARE.search(view.text) else None  # a question alone may want more than a word


def _said_of(view: View, task: Task) -> str:
    """The sentence that names the task; of a yes or no the start of the prompt, which says what is asked."""
    if task.kind is Kind.YES_OR_NO:
        return view.text[:_START]
    return view.text[task.at.start : task.at.end]


def _has_free_tools(view: View) -> bool:
    """True if the call may use tools or not, as an agent does; one tool that must be used is a form."""
    tools, choice = view.prompt.call.get("tools"), view.prompt.call.get("tool_choice")
    if tools is None or tools.value is None:
        return False
    return choice is None or choice.value not in ("function", "required", "any", "tool")
