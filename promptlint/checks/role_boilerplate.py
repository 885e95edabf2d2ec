"""Finds a role that is given twice, or praised at length."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from functools import lru_cache

from promptlint.model import Hit, Role
from promptlint.patterns import lazy
from promptlint.places import exclusive, of_role, touches
from promptlint.records import dataclass
from promptlint.scopes import shared
from promptlint.senses import sense
from promptlint.shown import shown
from promptlint.statements import Statement, statements
from promptlint.view import View
from promptlint.wording import words

_PERSONA = lazy(
    r"[*_#\s]*(?:please |now |i want you to |imagine (?:that )?)?(?:you are|you['’]re|act as|you act as"
    r"|pretend to be|take on the role of)"
    r"\s+(?:(?:a|an|the|our|my|one of the)\s|(?-i:[A-Z]\w+),\s)(?P<who>[^.\n]{3,})",
    re.IGNORECASE,
)
_NOT_A_ROLE = lazy(
    r"\b(?:given|provided|asked|not|now|about|going|allowed|able|only|currently|responsible|working|tasked"
    r"|expected|required)\b",
    re.IGNORECASE,
)
_PRAISE = lazy(
    r"\bworld[- ](?:class|renowned|leading|famous)|\brenowned|\bbrilliant|\bpassionate|\bunmatched"
    r"|\bunparalleled|\bunrivalled"
    r"|\bexceptional(?:ly)?\b|\bextraordinar\w+|\boutstanding|\b(?:highly|extremely|incredibly|deeply"
    r"|vastly) "
    r"(?:skilled|experienced|qualified|knowledgeable|creative|intelligent|competent|talented|capable"
    r"|trained|accomplished|respected)"
    r"|\b(?:decades|many years|\d+\+? years|years) of (?:\w+ )?(?:experience|practice|expertise)|\bgenius"
    r"|\blegendary|\bsuperhuman"
    r"|\bbest (?:\w+ )?(?:in the world|ever)|\bof the highest (?:quality|calib\w+)|\bgreat experience"
    r"|\beye for detail|\bmagic touch"
    r"|\bvast (?:knowledge|experience)|\bextensive (?:knowledge|experience|expertise)(?! (?:of|in|with)\b)"
    r"|\bloves? nothing more|\bIQ of \d+|\btop[- ](?:tier|notch|performing)|\baward[- ]winning|\bseasoned"
    r"|\bever[- ]helpful",
    re.IGNORECASE,
)
_ROLE_WORDS = frozenset(
    ("assistant", "ai", "model", "expert", "agent", "bot", "chatbot", "help", "task", "user", "useful")
)
_LONGEST = 1_000
_FAR = 4  # sentences between two roles that are still one introduction


@dataclass(frozen=True, slots=True)
class Params:
    """How much is too much.

    Attributes:
        most_praise: words of praise that a role may have.
    """

    most_praise: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each role that is given again, or that has more praise than it may."""
    if "ou" not in view.text and " as " not in view.text.lower():
        return
    earlier: deque[Statement] = deque(maxlen=_FAR)
    for statement in statements(view):
        text = statement.text
        persona = _who(text)
        if not (persona or _follows(earlier, statement)) or len(text) > _LONGEST or _apart(view, statement):
            continue
        if persona:
            first = next((one for one in earlier if _same(one, statement)), None)
            earlier.append(statement)
            if first is not None:
                message = f'says again who the model is: "{_shortened(first.text)}"'
                yield Hit(statement.span, message, related=(first.span,), saves=view.count(text))
                continue
        praise = [match[0] for match in _PRAISE.finditer(text)]
        if len(praise) > params.most_praise:
            shown_words = ", ".join(f'"{each}"' for each in praise[:3])
            yield Hit(statement.span, f"praises the role, which changes no answer: {shown_words}")


def _apart(view: View, statement: Statement) -> bool:
    """True in what a tool is said to do, and in what is shown."""
    tools = of_role(view.prompt, Role.TOOL_DEFINITION)
    return touches(tools, statement.span) or touches(shown(view).layouts, statement.span)


@lru_cache(maxsize=1 << 12)
def _who(text: str) -> str:
    match = _PERSONA.match(text)
    return "" if match is None or _NOT_A_ROLE.match(match["who"]) else match["who"]


def _follows(earlier: deque[Statement], statement: Statement) -> bool:
    return bool(earlier) and 0 < statement.order - earlier[-1].order <= 2


def _same(first: Statement, later: Statement) -> bool:
    """True if both name one role, near each other; what is said word for word is of another rule."""
    if exclusive(first.branch, later.branch) or not shared(first.scope, later.scope):
        return False
    if later.order - first.order > _FAR or words(first.text) == words(later.text) or ", not " in later.text:
        return False
    one, other = sense(_who(first.text)).concepts, sense(_who(later.text)).concepts
    return bool((one & other) - _ROLE_WORDS) or (later.order - first.order == 1 and bool(one & other))


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57].rstrip() + "..."
