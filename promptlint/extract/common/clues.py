"""What tells a prompt from any other text file, as data: patterns of names, folders and content."""

from __future__ import annotations

import re
from functools import lru_cache

from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Clue:
    """A pattern that speaks for (weight > 0) or against, where it is found at least `times` times.

    `needs`: a text that lacks all the words of one of these groups, in lower case, cannot match. Looking for
    them takes a tenth of the time of the search that they mostly save.
    """

    weight: int
    says: str
    spelling: str
    times: int = 1
    needs: tuple[tuple[str, ...], ...] = ()

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled when it is first used: all of them together take 10 ms."""
        return _compiled(self.spelling)

    def possible(self, folded: str) -> bool:
        """False if the text of which this is the `casefold` cannot match."""
        for group in self.needs:
            for word in group:
                if word in folded:
                    break
            else:
                return False
        return True


@lru_cache(maxsize=128)
def _compiled(spelling: str) -> re.Pattern[str]:
    return re.compile(spelling, re.IGNORECASE | re.MULTILINE)


def _clue(weight: int, says: str, pattern: str, times: int = 1, needs: str = "") -> Clue:
    """`needs` are words in groups, with a `+` between groups; a `_` in a word is a space, `~` a `_`."""
    groups = (group.split() for group in needs.split(" + ") if group)
    words = (tuple(word.replace("_", " ").replace("~", "_") for word in group) for group in groups)
    return Clue(weight, says, pattern, times, tuple(words))


def _any(words: str) -> str:
    """A pattern for one of these words; `_` in a word is a space."""
    return "(?:" + "|".join(words.split()).replace("_", " ") + ")"


# --- what settles the matter ------------------------------------------------------------------

_PROJECT_OPENING = _any(
    "read_?me change_?log licen[cs]es? copying notice contributing code_of_conduct"
    " pull_request_template issue_template third_party"
)
_PROJECT_FILE = _any(
    "changes history news releases? authors contributors security support governance maintainers"
    " citation bug_report feature_request contribution_request release_notes? terms privacy"
)
_CODE_SUFFIX = _any(
    "html? xml xhtml svg css scss less js mjs ts tsx jsx vue py pyi rb go rs java kt swift c h cc cpp"
    " hpp cs php sh bash zsh bat ps1 sql tex sty rst pot? csv tsv ini cfg conf toml env properties"
    " service ya?ml json jsonl tf hcl proto graphql ipynb lua pl r scala dart ex mk cmake nginx opf ncx"
)
_LICENCES = _any(
    "permission_is_hereby_granted apache_license gnu_(?:lesser_|affero_)?general_public_license"
    " redistribution_and_use_in_source mozilla_public_license"
)

# Matched at the start of the words of the stem, a dot, and the extensions: "read me.md.j2".
NOT_BY_NAME = (
    _clue(-9, "a file about the project", rf"{_PROJECT_OPENING}\b"),
    _clue(-9, "a list of packages", r"(?:\w+ )*(?:requirements?|constraints)(?: \w+)*\.(?:txt|in)\Z"),
    _clue(-9, "packaging metadata", r"(?:top level|entry points|sources|dependency links)\.txt\Z"),
    _clue(
        -9,
        "a file for machines",
        r"(?:robots|humans|ads|llms(?: full)?|c ?make ?lists|vocab|merges|tokens)\.txt\Z",
    ),
    _clue(-9, "a template of code, data or markup", rf".*\.{_CODE_SUFFIX}\.(?:new\.)?(?:j2|jinja2?|txt)\Z"),
    _clue(-9, "a build file", r"(?:make ?file|docker ?file|jenkins ?file|vagrant ?file|latexmk\w*)\b"),
)
PROJECT_FILE = _clue(-9, "a file about the project", rf"{_PROJECT_FILE}\.")
"""Unless it lies in a folder of prompts: `prompts/support.md` is about support, `SUPPORT.md` is not."""

NOT_BY_TEXT = (
    _clue(-9, "a markup document", r"\A\s*(?:\{[#%][^}]*[#%]\}\s*)*(?:<!doctype|<html|<\?xml|<svg|<head\b)"),
    _clue(-9, "a script", r"\A(?:#!|%!|@echo off)"),
    _clue(
        -9,
        "a chat template of a model, not a prompt",
        r"add_generation_prompt|\bbos_token\b",
        needs="add~generation~prompt bos~token",
    ),
    _clue(
        -9,
        "a template of a project generator",
        r"\{\{-?\s*(?:cookiecutter\.|ansible_\w)|galaxy_info",
        needs="cookiecutter. ansible~ galaxy~info",
    ),
    _clue(-9, "a licence", _LICENCES, needs="permission_is apache_license public_license redistribution_and"),
)

# --- what is weighed --------------------------------------------------------------------------

_ABOUT = _any("engineering guides? tutorials? caching toolkit design tuning tools? output compression")
_DOCUMENT_WORD = _any(
    "guide tutorial design proposal spec rfc adr prd troubleshooting developing faq glossary minutes"
    " updating todo report formats? reference api parity index blog post migration roadmap dataset words?"
    " names labels urls logs? results? expected data overview transcripts? trajector(?:y|ies) quick_?start"
    " architecture"
)
_DOCUMENT_FOLDER = _any(
    "docs? documentation decisions adrs? how-to-guides cookbook website site blog posts wiki man"
    " guides tutorials changelogs? news releases licenses? changelog\\.d newsfragments \\.changeset"
    " issue[-_]template"
)
_DATA_FOLDER = _any(
    "data datasets? corpus corpora logs? results outputs? locales? i18n node-?modules third-?party"
    " vendor -?static public assets requirements completion"
).replace("-?", "_?")

# Searched in the words of the stem and the inner extensions.
NAME = (
    _clue(4, "named like a prompt", r"\b(?:sys|sk|meta)?prompt(?:s|y|file)?\b"),
    _clue(3, "named like instructions", r"\binstructions?\b"),
    _clue(3, "named like a system message", r"\A(?:system|system message|system role|developer message)\Z"),
    _clue(2, "named like a system message", r"\bsystem\b"),
    _clue(1, "named after an agent", rf"\b{_any('agents? assistant persona chatbot judge critic rubric')}\b"),
    _clue(
        -5,
        "named like writing about prompts",
        rf"\bprompt(?:s|ing|y)? {_ABOUT}|\b(?:command|shell|about|how to) prompts?\b",
    ),
    _clue(
        -5, "named like a manual", r"\b(?:install\w*|build|set ?up|deploy\w*|release|upgrade) instructions"
    ),
    _clue(-2, "named like documentation or data", rf"\b{_DOCUMENT_WORD}\b"),
)

# Searched in "/folder/folder/".
FOLDER = (
    _clue(
        3,
        "in a folder of prompts",
        r"/(?:[\w.]+[-_ ])?(?:prompts?|prompty|prompt_?lib)(?:[-_ ](?:templates?|library|files|registry))*/",
    ),
    _clue(
        1,
        "in a folder of agents",
        rf"/{_any('agents? skills personas? patterns instructions assistants judges evaluators rules')}/",
    ),
    _clue(-4, "in a folder of documentation", rf"/{_DOCUMENT_FOLDER}/"),
    _clue(-2, "in a folder of data", rf"/{_DATA_FOLDER}/"),
)

_START = r"(?:^|[.!?:]\s+)[\W_]{0,12}"
_IS = r"(?:you(?:'re| are| will be|(?: will|'ll)? act as)|act as|imagine you are|your role is)"
_WHO = r"(?:an?|the|my|our|tasked|asked|given|responsible|(?-i:[A-Z]\w+,))"
_FORM = _any(
    "only json following_format no_other nothing_else concise(?:ly)? exactly this_format the_format"
    " as_follows one_word sentences?"
)
_INPUT = _any("texts? question context conversation documents? code input message quer(?:y|ies)")
_SECTION = _any(
    "identity_and_purpose output_(?:format|instructions|requirements) response_format instructions"
    " steps rules constraints role task input context few-shot_examples examples?"
)
_TAG = _any("instructions? context examples? input output task rules documents? query question role")
_ORDER = _any(
    "summari[sz]e translate classify categori[sz]e extract rewrite write generate create answer"
    " analy[sz]e explain evaluate given compare decide determine identify review describe convert"
    " respond reply act imagine pretend assume"
)
_MANUAL_SECTION = _any(
    "install(?:ation|ing)? getting_started usage licen[cs]e contributing table_of_contents requirements"
    " changelog prerequisites quick_?start features see_also credits"
)
_MARKUP = _any("div span p a table tr td th body script style link meta img ul li br h[1-6] form input")
_SLOT = r"\{\{-?\s*\$?[^\W\d][\w.]*\s*(?:\|[^{}\n]*)?-?\}\}|(?<![\w$\\{])\{[a-z_][a-z0-9_]*\}(?!\})"

# Searched in the text without its fenced code.
TEXT = (
    _clue(4, "has chat tags", r"\{%-?\s*chat\s+role\s*=|\{\{\s*role\s+\"|<message role=|<\|im_start\|>"),
    _clue(
        3,
        "says who the model is",
        rf"{_START}(?:(?:hi|hello)[,.!] )?(?:please )?{_IS} (?:now |to )?{_WHO}(?!\w)",
        needs="you're you_are you_will_be act_as your_role_is",
    ),
    _clue(
        3,
        "sets the model a task",
        r"\byour (?:task|job|goal|role|mission|objective|purpose|primary \w+) (?:is|will be)\b"
        r"|\bI want you to\b|\byou (?:have been|are|were) (?:asked|given|tasked|provided|instructed)\b"
        r"|^\W{0,4}you will (?:be (?:acting|evaluating|given|judging|presented|provided|shown)|receive)\b",
        needs="you_will_ your_task your_job your_goal your_role your_mission your_objective your_purpose"
        " your_primary i_want_you_to asked given tasked provided instructed",
    ),
    _clue(3, "has role lines", r"^[ \t]*(?:# ?)?(?:system|user):[ \t]*$", needs="system: user:"),
    _clue(
        2,
        "asks for an answer of a certain form",
        rf"\b(?:respond|reply|answer|return|output|generate|produce|write|format)\b[^.\n]{{0,60}}\b{_FORM}",
        needs="respond reply answer return output generate produce write format"
        " + only json following_format no_other nothing_else concise exactly this_format the_format"
        " as_follows one_word sentence",
    ),
    _clue(
        2,
        "asks for JSON",
        r"\b(?:respond|reply|answer|return|output|generate)\b[^.\n]{0,60}\bJSON[ \t]+"
        r"(?:format|object|output|list|with|only)"
        r"|\bonly (?:return|output|respond|reply|answer|generate)\b[^.\n]{0,60}\bJSON\b"
        r"|\b(?:return|respond|reply|answer|output) (?:only|just|nothing but|with only)\b",
        needs="json _only _just _nothing",
    ),
    _clue(
        2,
        "refers to its input",
        r"\b(?:given|below|above|here) (?:is|are)? ?(?:an?|the|some) "
        r"|\b(?:based on|using|use|from) the (?:following|above|given|provided|context)"
        rf"|\bthe (?:following|provided|given) {_INPUT}",
        needs="given_ below_ above_ here_ the_following the_above the_given the_provided the_context",
    ),
    _clue(2, "opens with an order", rf"\A[\W_]{{0,6}}(?:please )?{_ORDER}\b"),
    _clue(
        2,
        "has the sections of a prompt",
        rf"^\W{{0,4}}{_SECTION}\W{{0,3}}$",
        2,
        needs="identity_and output_ response_ instruction steps rules constraints role task input context"
        " example",
    ),
    _clue(2, "marks its parts with tags", rf"^[ \t]*<{_TAG}>", 2, needs="<"),
    _clue(
        1,
        "speaks of the user and the answer",
        r"\bthe user(?:'s)?\b|\byour (?:answer|response|reply|output)\b"
        r"|\b(?:user|student|customer)'s (?:question|query|request|input|message)\b",
        2,
        needs="the_user your_answer your_response your_reply your_output user's student's customer's",
    ),
    _clue(
        1,
        "gives orders",
        r"\b(?:do not|don't|never|must|always|avoid|ensure|make sure|should)\b",
        4,
        needs="do_not don't never must always avoid ensure make_sure should",
    ),
    _clue(1, "has slots", _SLOT, needs="{"),
    _clue(
        1,
        "asks for thinking",
        r"\bstep[- ]by[- ]step\b|\bchain of thought\b|\btake a deep breath\b",
        needs="by-step by_step chain_of_thought deep_breath",
    ),
    _clue(
        -4,
        "has the badges of a project page",
        r"\[!\[[^\]]{0,200}\]\(|img\.shields\.io",
        needs="[![ img.shields.io",
    ),
    _clue(
        -4,
        "reads like project documentation",
        r"\b(?:pip|pipx|npm|brew|cargo|yarn|uv|go|apt(?:-get)?) (?:install|get|add)\b"
        rf"|^#+\s*{_MANUAL_SECTION}\s*$",
        2,
        needs="_install _get _add install getting_started usage license licence contributing of_contents"
        " requirements changelog prerequisites quick features see_also credits",
    ),
    _clue(-4, "is mostly markup", rf"</?{_MARKUP}\b[^>]{{0,400}}>", 8),
    _clue(-4, "is a page template", r"\{%-?\s*(?:extends|block|load|trans|csrf_token|endblock)\b", 2),
    _clue(-4, "is a list of releases", r"^(?:#+ )?\[?v?\d+\.\d+(?:\.\d+)?\]?\b(?! *[A-Z]).*$", 3),
    _clue(
        -5,
        "is a log",
        r"^\W?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|^\W{0,4}(?:DEBUG|INFO|WARNING|ERROR)\b[ :\]]",
        5,
    ),
)

COMPLETES = _clue(4, "ends with a label for the model to complete", r"([A-Za-z][\w ]{0,24})[:：][ \t]*\Z")
"""Matched with the last line by the judge, which counts the examples above that begin so."""

MOSTLY_CODE = _clue(
    -4,
    "is mostly code or data",
    r"\s*(?:import \w|from \w+ import|def \w|class \w+.*[:{]|#include|#define|package \w|public |private "
    r"|function \w|const \w|let \w|var \w|select\b|insert\b|return\b.*;|[\w.\[\]]+ = "
    r"|[\w-]+:[ \t]+\S+$|[ \t]+[\w-]+:$|- \w+:|.*[;{}]\s*$|\\\w+)",
)
MOSTLY_WORDS = _clue(-4, "is a list of words", r"\s*[\w'-]+(?:\s+[\w'-]+)?\s*$")
"""Matched line by line by the judge: both speak of most lines."""
