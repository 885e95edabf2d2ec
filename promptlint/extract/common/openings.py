"""Knows how prompts open: what makes a text a prompt wherever it stands, whatever its name."""

from __future__ import annotations

import re
from functools import lru_cache

LEAST = 100  # code points of a text that only its wording makes a prompt
_HEAD = 500  # code points that count as its opening

# Words without which no text opens like a prompt, in lower case: what a filter of files looks for.
PHRASES = (
    *(
        "you are a ",
        "you are an ",
        "you are the ",
        "your task",
        "your job",
        "your goal",
        "your role",
        "your name is",
    ),
    *("act as a", "act as the", "you will be ", "you'll be ", "you have been ", "you've been "),
    *("want you to", "pretend you", "imagine you", "given the following", "you are tasked", "you are given"),
)

_START = r"(?:^|(?<=[.!?:>\]*#]))[\s\"'(\[*_#>`•–—-]*"
_DOING = (
    r"(?:acting|analy[sz]ing|assessing|assisting|authoring|chatting|comparing|designing|evaluating|generating|grading|"
    r"helping|interacting|judging|operating|participating|playing|rating|reading|reviewing|role-?playing|simulating|"
    r"summari[sz]ing|talking|translating|working|writing)"
)
_WHO = (
    rf"(?:(?:now|currently|here) )?(?:an?\b|the\b|my\b|one of\b|tasked\b|given\b|asked\b|provided\b"
    rf"|{_DOING}\b|in an?\b"
    r"|about to (?:be|interact|play)|\{|\$\w|[A-Z]\w+[,.] )"
)
_TELLS = (
    rf"(?m){_START}(?:(?:hi|hello|hey)[,.!]? )?(?i:you are|you're) {_WHO}"
    rf"|{_START}(?i:(?:please )?(?:act|behave|pose) as (?:if|though|an?|the)\b|your name is\b"
    rf"|as an? (?:\w+ ){{0,4}}"
    r"(?:expert|specialist|assistant|ai|model|judge|evaluator)\b)"
    r"|(?i:\byour (?:(?:main|primary|only|sole|first|next|overall|ultimate) )?"
    r"(?:task|job|goal|role|mission|objective|purpose)(?: here| now)? (?:is|will be)\b)"
    r"|(?i:\byou(?: will|'ll) (?:now )?(?:be (?:given|provided|presented|shown|asked|acting|judging"
    r"|playing|tasked)|receive"
    r"|act as|play|see)\b)"
    r"|(?i:\byou(?:'ve| have) been (?:given|tasked|asked|provided|awarded|presented)\b)"
    r"|(?i:\bI(?:'d| would)? (?:want|need|like) you to\b|\b(?:imagine|pretend) (?:that )?you\b)"
)
_ORDERS = (
    rf"(?im){_START}(?:please )?(?:answer|respond|reply|summari[sz]e|translate|classify|categori[sz]e"
    rf"|extract|rewrite|"
    r"paraphrase|write|generate|create|compose|analy[sz]e|explain|evaluate|assess|judge|score|rate|rank|compare|decide|"
    r"determine|identify|review|describe|convert|compress|complete|solve|select|choose|pick|read|use"
    r"|given|based on|"
    r"considering|below (?:is|are)|the following (?:is|are))\b"
)
_INPUT = (
    r"(?i)\b(?:the|this|these|a) (?:following|above|below|given|provided|input|context|text|question"
    r"|conversation|document)\b"
    r"|\b(?:below|above)\b|\bgiven an? \w+"
)
_ANSWER = (
    r"(?im)\b(?:respond|reply|output|return|answer|provide) (?:\w+ )?(?:with|in|only|the|your|a|an|as)\b"
    r"|\byour (?:answer|response|output|reply|summary)\b|^\W{0,3}(?:answer|response|output|question"
    r"|summary|query)\W{0,3}:"
    r"|\b(?:do not|don't|only) (?:include|add|output|return|use|answer|make|provide|respond|generate"
    r"|explain)\b"
    r"|\bstep by step\b|\bas concise\b|\bjson\b"
)
_WIZARD = (
    r"(?i)\s*you(?:'re| are) (?:about to (?!be|interact|play)|using|running|trying|seeing|missing"
    r"|the owner|a member of|an? admin)"
)
_MANUAL = (
    r"(?im)\A\W*(?:usage|examples?|sample output|note|warning|error|args|arguments|returns|raises"
    r"|>>>)\s*[:\[]"
    r"|^[ \t]*(?:Args|Arguments|Returns|Raises|Yields|Parameters|Attributes):\s*$|^[ \t]*:(?:param|return)\b"
    r"|^[ \t]*>>> "
    r"|\b(?:pip|npm|brew) install\b"
)


@lru_cache(maxsize=16)
def _compiled(spelling: str) -> re.Pattern[str]:
    """The pattern, compiled when it is first asked for: most runs need none of them."""
    return re.compile(spelling)


def _found(spelling: str, text: str) -> bool:
    return _compiled(spelling).search(text) is not None


def addresses(text: str) -> bool:
    """True if a text opens by telling a model who it is or what it is to do, however short it is."""
    head = text.lstrip()[:_HEAD]
    return _found(_TELLS, head) and _compiled(_WIZARD).match(head) is None


def tells(text: str) -> bool:
    """True if some line or sentence of a text, of any length, addresses a model."""
    return _found(_TELLS, text)


def opens_like_prompt(text: str, slots: bool = False) -> bool:
    """True if a text is a prompt by its opening alone: it addresses a model, or orders it about its input.

    Args:
        text: what the model reads; a slot may be a blank.
        slots: there are slots in it, which count as a reference to the input.
    """
    if len(text) < LEAST or _found(_MANUAL, text):
        return False
    if addresses(text):
        return True
    refers = slots or _found(_INPUT, text)
    return refers and _found(_ORDERS, text.lstrip()[:_HEAD]) and _found(_ANSWER, text)
