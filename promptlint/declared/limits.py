"""Finds what a sentence says of an answer's length, language, form and forbidden words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.contract.clauses import read
from promptlint.declared.form import Choice, Forbidden, Format, Language, Limit, Rule, Unit
from promptlint.model import Span
from promptlint.words import pairs

_NUMBERS = {
    name: int(count)
    for name, count in pairs(
        "one/1 two/2 three/3 four/4 five/5 six/6 seven/7 eight/8 nine/9 ten/10 single/1 twelve/12 fifteen/15 "
        "twenty/20 fifty/50"
    ).items()
} | {"a single": 1}
_N = r"(?P<{0}>\d[\d,]{{0,8}}|a single|" + "|".join(_NUMBERS) + ")"
_UNIT = (
    r"[ -](?:short |concise |brief |complete |full |simple |clear |main |key |plain |bullet )*"
    r"(?P<unit>words?|sentences?|char(?:acter)?s?|bullets?(?: points?)?|points?|lines?|paragraphs?|items?"
    r"|tokens?)\b"
)
_COUNTS = re.compile(
    r"\b(?:words?|sentences?|char(?:acter)?s?|bullets?|points?|lines?|paragraphs?|items?"
    r"|tokens?)\b",
    re.IGNORECASE,
)  # cheap: most sentences have none
_UNITS = {
    "word": Unit.WORDS,
    "sentence": Unit.SENTENCES,
    "char": Unit.CHARACTERS,
    "bullet": Unit.ITEMS,
    "point": Unit.ITEMS,
    "item": Unit.ITEMS,
    "line": Unit.LINES,
    "paragraph": Unit.PARAGRAPHS,
    "token": Unit.TOKENS,
}
_MOST = (
    r"(?:at most|no more than|not more than|no longer than|not exceed(?:ing)?|up to"
    r"|(?:a )?max(?:imum)?(?: length)?(?: of|:)?"
    r"|within|limit(?:ed)? (?:of|to)|<=|≤|to)"
)
_BETWEEN = re.compile(
    rf"\b(?:between )?{_N.format('low')}(?: ?[-–] ?| to | and | or ){_N.format('high')}{_UNIT}", re.I
)
_AT_MOST = re.compile(rf"(?<!\w){_MOST} {_N.format('high')}{_UNIT}", re.IGNORECASE)
_UNDER = re.compile(
    rf"\b(?:under|less than|fewer than|shorter than|below) {_N.format('high')}{_UNIT}", re.IGNORECASE
)
_OR_LESS = re.compile(
    rf"(?<![\w-]){_N.format('high')}{_UNIT}(?: long)?,? (?:or (?:less|fewer)|max(?:imum)?\b"
    rf"|at (?:the )?most|or under)",
    re.I,
)
_AT_LEAST = re.compile(
    rf"\b(?:at least|no (?:less|fewer) than|minimum(?: of)?|more than) {_N.format('low')}{_UNIT}", re.I
)
_EXACTLY = re.compile(
    rf"\b(?:exactly |in (?:just |only |exactly )?|(?:with|return|output|write|give|respond with"
    rf"|answer with|reply with|use) "
    rf"(?:only |just |exactly )){_N.format('exact')}{_UNIT}(?! or (?:less|fewer|more)| at most| max)",
    re.IGNORECASE,
)
_NOUNS = re.compile(
    r"\b(each|every|per|title|headline|summary|summaries|description|name|label|subject|reason|explanation"
    r"|paragraph"
    r"|bullet|item|sentence|line|section|step|comment|message|commit|caption|tag|topic|keyword|query"
    r"|question|field"
    r"|option|heading|quote|introduction|conclusion|thought|plan|insight|recommendation|point|sentences"
    r"|bullets|ideas?"
    r"|facts|queries|searches|replies|takeaway|recap|post|tweet|function|variable|table|list|slide|scene|overview|abstract|phrase)s?\b"
    r"|[`\"'](\w{1,40})[`\"']|^[ \t]*(?:[-*+•][ \t]+)?[`\"*]{0,3}(\w{1,40})[`\"*]{0,3}[ \t]?[:：]",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:answers?|respon(?:d|se|ses)|reply|replies|output|be (?:brief|concise|short)|keep it|write"
    r"|summari[sz]e|limit"
    r"|return|explain|describe|keep|use|give|say|speak|translate)\b",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"\b(?:generally|typically|usually|normally|ideally|mostly|roughly|about|around|approximately|unless|except"
    r"|excluding|not including|not counting|aim for|try to|where possible|if possible)\b",
    re.IGNORECASE,
)  # what is said so is no bound
_REFUSES = re.compile(r"\b(?:not|never|no|don['’]t|avoid|without|unless|instead of)\b", re.IGNORECASE)

_LANGUAGES = pairs(
    "english/en german/de french/fr spanish/es italian/it portuguese/pt dutch/nl polish/pl russian/ru "
    "ukrainian/uk chinese/zh japanese/ja korean/ko arabic/ar hebrew/he turkish/tr swedish/sv danish/da "
    "norwegian/no finnish/fi greek/el hindi/hi thai/th vietnamese/vi indonesian/id czech/cs hungarian/hu "
    "romanian/ro bulgarian/bg persian/fa farsi/fa bengali/bn catalan/ca mandarin/zh deutsch/de "
    "français/fr español/es italiano/it"
)
_SPEAK = re.compile(
    r"\b(?:respond|reply|answer|write|speak|communicate|output|answers|respons(?:e|es)|replies|translate"
    r"|generated?"
    r"|written)\b(?P<gap>[^.\n;:]{0,60}?)\b(?:in|into|to|use)(?: \w{1,12}){0,2}? "
    rf"(?P<name>{'|'.join(_LANGUAGES)})\b(?!\s*(?:,|or|and|to|into|from|text|words?|letters?"
    rf"|characters?)\b)(?!,)(?! ?/)",
    re.IGNORECASE,
)
_RULES = (
    (
        Rule.NO_MARKDOWN,
        r"\b(?:no|without|not? (?:use|include|add)(?: any)?|don['’]t use|avoid|never"
        r" use)(?: any)? markdown\b",
    ),
    (
        Rule.NO_MARKDOWN,
        r"\b(?:respond|reply|answer|output|return|write|only|use)\b[^.\n]{0,30}\bplain"
        r" text\b",
    ),
    (
        Rule.NO_FENCE,
        r"\b(?:no|without|not (?:use|include|add|wrap)|don['’]t"
        r"|avoid)\b[^.\n]{0,40}\b(?:code ?(?:blocks?|fences?)"
        r"|(?:triple )?backticks|markdown fences?|```)",
    ),
    (Rule.NO_EMOJI, r"\b(?:no|without|not use|don['’]t use|avoid|never use)(?: any| using)? emojis?\b"),
    (
        Rule.JSON,
        r"\b(?:only|just|solely|nothing but|exclusively)\b[^.\n]{0,30}\b(?:valid |raw |pure |the"
        r" |a )*json\b"
        r"|\bvalid json (?:only|and nothing else)|\bjson only\b",
    ),
    (
        Rule.BARE,
        r"\b(?:nothing else|nothing more|no other (?:text|output|words)|no (?:additional|extra"
        r"|further) (?:text|words"
        r"|commentary|explanations?|output)|no (?:explanations?|preamble|commentary)"
        r"|without (?:any )?(?:explanations?"
        r"|additional text|preamble)|not (?:explain|include (?:any )?(?:explanations?|other text"
        r"|additional text)))\b",
    ),
    (
        Rule.BARE,
        r"\b(?:respond|reply|answer|output|return)\b[^.\n]{0,20}\b(?:only"
        r"|just)\b[^.\n]{0,15}\b(?:the|a|one)"
        r"(?: single)?(?: \w+)? (?:label|category|class|letter|number|word|digit|score|answer"
        r"|name)\b",
    ),
)
_FORMAL = re.compile(
    r"(?:markdown|plain text|code|backtick|```|emoji|json|nothing|other|additional|extra|further|explain"
    r"|explanation|preamble|commentary|only|just)",
    re.IGNORECASE,
)  # cheap: most sentences have none
_FORMATS = tuple((rule, re.compile(pattern, re.IGNORECASE)) for rule, pattern in _RULES)
_QUOTED = r"(?:\"[^\"\n]{1,80}\"|'[^'\n]{1,80}'(?!\w)|`[^`\n]{1,80}`|“[^”\n]{1,80}”)"
_FORBIDS = re.compile(
    r"\b(?:never|(?:do|must|should|may)(?: not|n['’]t)|don['’]t|avoid|refrain from)(?: ever)?"
    r" (?:(?P<verb>say|saying|use|using|write|mention|mentioning|include|output|begin|start|starting"
    r"|beginning|open)"
    r"(?: (?:your|the|a|any|with|by|of|response|responses|answer|answers|reply|it|saying))*(?: the)?"
    r"(?: (?:words?|phrases?|terms?|expressions?|filler|like|such as|sentences?))*|(?:the )?(?:words?"
    r"|phrases?|terms?)(?: like| such as)?)"
    rf"[:]? (?P<list>{_QUOTED}(?:(?:,? (?:or|and|nor) |, ?){_QUOTED}){{0,30}})",
    re.IGNORECASE,
)
_FORBIDS_ITEM = re.compile(
    rf"[ \t]*(?:[-*+•][ \t]+)?(?:use|say|write) (?:the )?(?:words?|phrases?|terms?|expressions?)[:]? "
    rf"(?P<list>{_QUOTED}(?:(?:,? (?:or|and|nor) |, ?){_QUOTED}){{0,30}})",
    re.IGNORECASE,
)
_NEVER = re.compile(r"[ \t#*_]*(?:never|do not|don['’]t|avoid|you must not)[*_ ]*:[*_ \t]*$", re.IGNORECASE)
_ITEM = re.compile(r"[ \t]*(?:[-*+•][ \t]+|$)|[ \t]{2}")
_LOOKED = 1_500  # code points before an item in which its list begins
_SPOKEN = ("say", "mention", "begin", "start", "open")
_NAMES_WORDS = re.compile(r"\b(?:words?|phrases?|terms?|expressions?|filler)\b", re.IGNORECASE)
_ONE_QUOTED = re.compile(_QUOTED)
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|unless|in case|for (?:each|every|simple|complex|questions|any|all)|where)\b", re.I
)


def is_conditional(text: str, span: Span, start: int) -> bool:
    """True if what a sentence says at `start` holds in some cases only."""
    if (
        _CONDITION.search(text, span.start, start) is None
        and _CONDITION.search(text, start, span.end) is None
    ):
        return False
    return any(clause.condition for clause in read(text[span.start : span.end])) or (
        _CONDITION.search(text, span.start, start) is not None
    )


def limits(text: str, span: Span) -> Iterator[Limit]:
    """The bounds of length in a sentence."""
    if _COUNTS.search(text, span.start, span.end) is None:
        return
    taken: list[Span] = []
    for pattern in (_BETWEEN, _AT_MOST, _UNDER, _OR_LESS, _AT_LEAST, _EXACTLY):
        for match in pattern.finditer(text, span.start, span.end):
            found = Span(*match.span())
            if any(found.overlaps(other) for other in taken):
                continue
            taken.append(found)
            said = match.groupdict()
            exact = _count(said.get("exact"))
            low, high = _count(said.get("low")) or exact, _count(said.get("high")) or exact
            if pattern is _UNDER and high is not None:
                high -= 1
            if pattern is _AT_LEAST and low is not None and match[0].lower().startswith("more than"):
                low += 1
            unit = next(unit for name, unit in _UNITS.items() if match["unit"].lower().startswith(name))
            yield Limit(found, unit, low, high, _of(text, span, found))


def _count(said: str | None) -> int | None:
    if not said:
        return None
    return _NUMBERS.get(said.lower()) or (int(said.replace(",", "")) if said[0].isdigit() else None)


def _of(text: str, span: Span, found: Span) -> str:
    """What a limit is of: "" if it is the answer, the name of a part, "?" if that is not clear."""
    if is_conditional(text, span, found.start) or _SOFT.search(text, span.start, span.end):
        return "?"
    line = text.rfind("\n", max(0, span.start - 200), span.start) + 1
    line = max(line, span.start - 200)
    rest = (text[line : found.start], text[found.end : span.end])
    for part in rest:
        noun = _NOUNS.search(part)
        if noun is not None:
            return next(name for name in noun.groups() if name).lower()
    negative = _REFUSES.search(rest[0][-12:]) is not None and "exceed" not in text[found.start : found.end]
    return "" if _WHOLE.search(text, span.start, span.end) and not negative else "?"


def languages(text: str, span: Span) -> Iterator[Language]:
    """The language that a sentence asks for, without a condition."""
    for match in _SPEAK.finditer(text, span.start, span.end):
        if _REFUSES.search(text, span.start, match.start("name")) or is_conditional(
            text, span, match.start()
        ):
            continue
        names = sum(word in _LANGUAGES for word in match[0].lower().split())
        if names > 1 and not match[0].lower().startswith("translate"):
            continue  # a choice
        if match[0].lower().startswith("translate") and " to " not in match[0] and " into " not in match[0]:
            continue
        yield Language(Span(*match.span()), _LANGUAGES[match["name"].lower()])


def formats(text: str, span: Span) -> Iterator[Format]:
    """The rules of form in a sentence, without a condition."""
    if _FORMAL.search(text, span.start, span.end) is None:
        return
    for rule, pattern in _FORMATS:
        match = pattern.search(text, span.start, span.end)
        if match is not None and not is_conditional(text, span, match.start()):
            yield Format(Span(*match.span()), rule)


def forbidden(text: str, span: Span) -> Iterator[Forbidden]:
    """The words in quotation marks that a sentence forbids, without a condition."""
    for match in _FORBIDS.finditer(text, span.start, span.end):
        verb = (match["verb"] or "say").lower()
        if not verb.startswith(_SPOKEN) and not _NAMES_WORDS.search(text, match.start(), match.start("list")):
            continue
        if is_conditional(text, span, match.start()):
            continue
        phrases = tuple(
            Choice(item[0][1:-1], Span(item.start() + 1, item.end() - 1))
            for item in _ONE_QUOTED.finditer(text, match.start("list"), match.end("list"))
        )
        yield Forbidden(Span(*match.span()), phrases, verb.startswith(("begin", "start", "open")))
    item_of = _FORBIDS_ITEM.match(text, span.start, span.end)
    if item_of is not None and _is_under(text, span.start):
        phrases = tuple(
            Choice(item[0][1:-1], Span(item.start() + 1, item.end() - 1))
            for item in _ONE_QUOTED.finditer(text, item_of.start("list"), item_of.end("list"))
        )
        yield Forbidden(Span(*item_of.span()), phrases)


def _is_under(text: str, start: int) -> bool:
    """True for an item of a list under "Never:"."""
    lines = text[max(0, start - _LOOKED) : start].split("\n")
    for line in reversed(lines[:-1]):
        if _NEVER.match(line):
            return True
        if not _ITEM.match(line):
            return False
    return False
