"""Says whether a name and a wording make a prompt, in whatever language the constant is written."""

from __future__ import annotations

import re
from itertools import islice

from promptlint.extract.common.openings import opens_like_prompt
from promptlint.model import Role

# --- names ----------------------------------------------------------------------------------

_STRONG = re.compile(r"(?:^|_)(?:prompts?|instructions?|system_(?:message|msg))(?:_|$)")
_WEAK = re.compile(r"(?:^|_)(?:templates?|tmpl)(?:_|$)|(?:^|_)system$")
_OTHER = re.compile(
    r"(?:^|_)(?:install|installation|build|setup|upgrade|sql|html|url|uri|path|file|filename|dir|regex|pattern|css|xml|"
    r"svg|email|error|warning|log|shell|bash|password|docstring|help|negative|description|desc|doc|title|label|name|key)"
    r"(?:_|$)"
)
_FOR_MODELS = re.compile(r"prompt|(?:sql|shell|bash)_instructions?")
_SPOKEN = r"_(?:prompts?|messages?|msg|instructions?|templates?|tmpl|content|text)(?:_|$)"
_ROLE_NAMES = (
    (re.compile(rf"(?:^|_)(?:system|sys)(?:{_SPOKEN}|$)"), Role.SYSTEM),
    (re.compile(rf"(?:^|_)developer{_SPOKEN}"), Role.DEVELOPER),
    (re.compile(rf"(?:^|_)(?:user|human){_SPOKEN}"), Role.USER),
)


def snake(name: str) -> str:
    """The name in lower case, humps as underscores."""
    return re.sub(r"(?<=[a-z\d])(?=[A-Z])", "_", name).lower()


def role_of(name: str) -> Role | None:
    """The role that a name says: `SYSTEM_PROMPT`, `user_prompt_template`; None if it says none."""
    words = snake(name)
    return next((role for pattern, role in _ROLE_NAMES if pattern.search(words)), None)


def is_prompt(name: str, text: str) -> bool:
    """True if a constant of that name and static text is a prompt.

    PROMPT, INSTRUCTION(S), SYSTEM_MESSAGE as words of the name: five words of prose that are no question to
    the user of a terminal. TEMPLATE, TMPL or a final SYSTEM: a phrase that addresses a model as well. Names
    with SQL, HTML, URL, PATH and so on: only with PROMPT and such a phrase, or if it says who "you" are.
    """
    words = snake(name)
    strong = _STRONG.search(words) is not None
    if not (strong or _WEAK.search(words)) or not is_prose(text, 5) or _asks_user(text):
        return False
    if _OTHER.search(words) and not (_FOR_MODELS.search(words) and _CUE.search(text)):
        return _PERSONA.search(text) is not None
    return strong or (_CUE.search(text) is not None and not is_code(text))


def may_be_prompt(name: str) -> bool:
    """True if some text would make a constant of that name a prompt."""
    words = snake(name)
    return _STRONG.search(words) is not None or _WEAK.search(words) is not None


# --- wording --------------------------------------------------------------------------------

_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_SPACE = re.compile(r"\s")
_WORD = re.compile(r"(?<![^\s\"'(\[*_`#<>/:—-])[^\W\d_]+(?:['’-][^\W\d_]+)*(?=[\s\"')\]*_`.,;:!?<>/—-]|$)")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, Japanese, Chinese
_HTML = re.compile(
    r"\s*(?:<!doctype|<html|<\?xml|<!--|<(?:div|table|span|h[1-6]|form|body|head|style|script|svg|tr|td|section|"
    r"button|img|nav|label|link|meta)\b[^>]{0,500}>)",
    re.IGNORECASE,
)
_SQL = re.compile(
    r"\s*(?:SELECT\b.*\bFROM\b|INSERT\s+(?:OR\s+\w+\s+)?INTO\b|UPDATE\s+\S+\s+SET\b|DELETE\s+FROM\b|MERGE\s+INTO\b|"
    r"(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:TEMP\w*\s+)?(?:TABLE|INDEX|VIEW|DATABASE|FUNCTION|TRIGGER)\b|"
    r"WITH\s+\w+\s+AS\s*\(|PRAGMA\b|MATCH\s*\()",
    re.DOTALL,
)
_CODE = re.compile(
    r"\s*(?:#!|#include\b|//|/\*|import\s+[\w.]+\s*(?:\n|;|$|as\s)|from\s+[\w.{}]+\s+import\b|def\s+[\w{}]+\(|"
    r"(?:async\s+)?function\s|class\s+[\w{}]+\s*[(:]|package\s+[\w.]+;|FROM\s+\S+\n|\\documentclass|usage:\s)"
)
_QUESTION = re.compile(
    r"\[y(?:es)?/n(?:o)?\]|\(y(?:es)?/n(?:o)?\)|"
    r"^\W*(?:please\s+)?(?:enter|type|press|input|select|choose|specify|provide)"
    r"\s(?:a|an|the|your|any|one|new|return|enter)\b|"
    r"^\W*(?:are you sure|do you (?:want|wish)|would you like|overwrite|"
    r"continue\b|proceed\b|what is your)",
    re.IGNORECASE,
)
_LINES = 8
_PROGRAM = re.compile(
    r"(?m)^[ \t]{0,40}(?:from \S+ import\b|import \w|(?:async )?def \w|class [\w${}]+\s*[(:])"
)
_CODE_LINE = re.compile(
    r"\s*(?:from \S+ import\b|import \w|(?:async )?def \w|class [\w${}]+\s*[(:]|return\b|raise \w|@\w|self\."
    r"|\"\"\""
    r"|(?:if|for|while|with|elif|except)\b[^\n]{0,200}:\s*$|(?:else|try|finally):|:(?:param|return)"
    r"|[\w.\[\]]{1,60}(?:: [\w\[\], |.]{1,60})? = |[\])}]+,?\s*$|[\w.]{1,60}\([^\n]{0,200}\)?,?\s*$"
    r"|\w{1,60}=[^\n]{1,200},$|//|[{}])"
)
_LABEL = re.compile(r"(?m)\b[A-Za-z][\w ()#-]{0,40}:(?=\s|$)|^[ \t]*[A-Za-z]\w{0,20}[ \t]*$")
_WORDS_OF_ORDER = 15
_ORDER = re.compile(
    r"\W{0,9}(?:(?:important|instructions?|task|system)\W{1,3}){0,2}(?:please )?"
    r"(?:you (?:must|are|should|will)|analy[sz]e|assess|classify|compare|compose|conduct|consider|convert"
    r"|create|decide|describe|determine|draft|evaluate|examine|explain|extract|fetch|find|generate|identify|imagine"
    r"|investigate|judge|list|organi[sz]e|plan|prioriti[sz]e|rank|rate|read|research|review|rewrite|score|search|select|solve"
    r"|summari[sz]e|think|translate|use|write)\b",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\W*(?:hello|hi|hey|foo|bar|lorem|dummy|(?:this is )?(?:a |the |some )?(?:test|dummy|mock|sample|fake)\b"
    r"|[\w ]{0,40}\bplaceholder\b)",
    re.IGNORECASE,
)
_PERSONA = re.compile(
    r"^\W*you are (?:an?|the)\b|\byour (?:task|goal|job|role) is\b|^\W*given an? ", re.IGNORECASE
)
_CUE = re.compile(
    r"\byou (?:are|will|must|should|have|can|need)\b|\byou're\b|"
    r"\byour (?:task|job|goal|role|answer|response)\b|"
    r"\b(?:answer|respond|reply|summari[sz]e|translate|classify|rewrite|paraphrase)\b|\bstep by step\b|"
    r"\b(?:given|use|using|based on|consider|from) (?:the|this|these|an?)\b|\bfollowing\b|"
    r"\bbelow\b.*:|\bdo not\b|\bthink out loud\b|\bwhat does this (?:output )?mean\b|\bsend me code\b|"
    r"\bwhen (?:using|querying|calling|answering|asked)\b|\bshould (?:score|be scored|be rated)\b|"
    r"^#{1,4} (?:context|requirements?|instructions?|task|goals?|role|rules|constraints?)[ \t]*$|"
    r"^[^\w\n]{0,20}(?:system|human|user|assistant|question|context|input|query|instructions?|ai)\b[^\n]{0,20}:",
    re.IGNORECASE | re.MULTILINE,
)


def is_prose(text: str, least: int) -> bool:
    """True if a text has `least` words of prose and is not HTML, SQL or code."""
    text = _TAG.sub(" ", text)
    if not _SPACE.search(text.strip()) and not _UNSPACED.search(text):
        return False  # one word, or an identifier of several
    words = sum(1 for _ in islice(_WORD.finditer(text), least))
    if words < least:
        words += sum(1 for _ in islice(_UNSPACED.finditer(text), 2 * least)) // 2
    return words >= least and not any(form.match(text) for form in (_HTML, _SQL, _CODE))


def is_code(text: str) -> bool:
    """True if most lines of a text are of a program: what a generator of code fills in."""
    if not _PROGRAM.search(text):
        return False
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) >= _LINES and 2 * sum(1 for line in lines if _CODE_LINE.match(line)) > len(lines)


def is_labels(text: str) -> bool:
    """True if nothing is left of a text but a few words without its labels: `Turn 1 User:`, `Q:`."""
    return not is_prose(_LABEL.sub(" ", text), 5)


def commands(text: str, slots: bool) -> bool:
    """True if a text of no telling name, given by the name `content` or `prompt`, tells a model what to do.

    It opens with an order, and is prose; `slots` says that there are some in it.
    """
    if not is_prose(text, _WORDS_OF_ORDER) or is_code(text):
        return False
    return _ORDER.match(text) is not None or opens_like_prompt(text, slots)


def is_filler(text: str) -> bool:
    """True for a short text that stands for one: a greeting, a test, a placeholder."""
    return len(text) < 80 and _FILLER.match(text) is not None


def _asks_user(text: str) -> bool:
    """True for what a program asks at a terminal: one short line that begins or ends like a question."""
    line = text.strip()
    return "\n" not in line and len(line) < 160 and _QUESTION.search(line) is not None
