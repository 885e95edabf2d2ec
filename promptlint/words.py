"""Word tables: lemmas, imperatives, filler, modals. English only; other text is compared as written."""

from __future__ import annotations

import re
from functools import lru_cache


def table(words: str) -> frozenset[str]:
    """The words of a string, as a set."""
    return frozenset(words.split())


def pairs(text: str) -> dict[str, str]:
    """ "went/go was/be" as a mapping."""
    return dict(pair.split("/") for pair in text.split())


# --- lemmas -----------------------------------------------------------------------------------

IRREGULAR = pairs(
    "am/be is/be are/be was/be were/be been/be being/be has/have had/have having/have does/do did/do "
    "done/do doing/do went/go gone/go goes/go made/make gave/give given/give took/take taken/take "
    "wrote/write written/write said/say told/tell kept/keep left/leave sent/send shown/show known/know "
    "found/find thought/think meant/mean built/build used/use using/use uses/use children/child "
    "people/person men/man women/woman criteria/criterion indices/index analyses/analysis "
    "responses/response uses/use cases/case phrases/phrase purchases/purchase databases/database it's/it "
    "that's/that lying/lie dying/die tying/tie chosen/choose chose/choose better/better best/best"
)
"""Forms that the suffix rules would get wrong, with their lemma."""

AS_IS = table(
    "always this its his hers ours theirs yours us yes plus minus less unless status bus across perhaps "
    "news series js css https thus as address process access class pass press success express discuss focus "
    "bonus canvas business nothing something anything everything during string king thing ring bring sing "
    "spring morning evening pricing need feed speed exceed proceed embed hundred red bed indeed seed led "
    "shed sacred naked basis analysis diagnosis various previous obvious serious conscious towards besides "
    "sometimes kubernetes aws sms dns gas lens"
)
"""Words that end like an inflected form and are none."""

E_STEMS = table(
    "us mak tak giv writ rewrit cit excit invit stat not quot updat delet complet describ summariz creat "
    "generat includ exclud provid decid divid guid mov remov hav leav ensur requir shar compar prepar "
    "declar ignor explor stor restor scor configur measur structur captur nam renam renders gam tim schedul "
    "handl enabl disabl settl singl titl fil compil chang arrang messag manag engag encourag acknowledg "
    "judg merg trigg pric plac replac produc reduc introduc referenc sourc enforc advis promis choos clos "
    "disclos los rais purchas exercis refus caus paus phras rephras paraphras compos propos suppos expos "
    "pleas releas increas decreas bas cas hous rely_ believ receiv achiev resolv solv improv involv serv "
    "observ deserv argu continu issu valu rescu queu combin defin determin refin outlin examin imagin mak "
    "tak lik shap typ scop tap cop escap hop prob describ subscrib prescrib tun prun validat cod encod "
    "decod mod trad upgrad typ not vot devot promot execut rout comput contribut distribut substitut "
    "finaliz welcom assum consum resum"
)
"""Stems that get their e back when -ing or -ed is taken off."""

_E_ENDINGS = ("iz", "yz", "iat", "rat", "lat", "cat", "uat", "at_", "v", "nc", "dg")


@lru_cache(maxsize=1 << 15)
def lemma(word: str) -> str:
    """The lemma of a lower-case word by suffix rules; the word itself if no rule is sure."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith(("'s", "s'")):
        return lemma(word.rstrip("s").rstrip("'"))
    if len(word) < 4 or word in AS_IS or not word.isascii():
        return word
    if word.endswith("ing") and len(word) > 5:
        return _verb(word[:-3])
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("ed") and not word.endswith("eed"):
        return _verb(word[:-2])
    return _singular(word)


def _verb(stem: str) -> str:
    if len(stem) < 3 and stem not in E_STEMS:
        return stem
    if stem in E_STEMS or (stem.endswith(_E_ENDINGS) and len(stem) > 3):
        return stem + "e"
    if stem[-1] == stem[-2] and stem[-1] not in "lszfdeo":
        return stem[:-1]
    return stem


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes", "oes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


# --- what carries no instruction --------------------------------------------------------------

FILLER = {
    "please": "",
    "pls": "",
    "in order to": "to",
    "at all times": "always",
    "so as to": "to",
    "at this point in time": "now",
    "at the present time": "now",
    "due to the fact that": "because",
    "owing to the fact that": "because",
    "in light of the fact that": "because",
    "in spite of the fact that": "although",
    "in the event that": "if",
    "in the case that": "if",
    "for the purpose of": "for",
    "in view of the fact that": "because",
    "on account of the fact that": "because",
    "on the grounds that": "because",
    "for the reason that": "because",
    "despite the fact that": "although",
    "on the condition that": "if",
    "until such time as": "until",
    "for the purposes of": "for",
    "in regards to": "about",
    "when it comes to": "for",
    "as to whether": "whether",
    "at that point in time": "then",
    "during the course of": "during",
    "in the course of": "during",
    "on a daily basis": "daily",
    "on a weekly basis": "weekly",
    "in such a way that": "so that",
    "in such a manner that": "so that",
    "in close proximity to": "near",
    "a significant number of": "many",
    "in the vast majority of cases": "usually",
    "in the majority of cases": "usually",
    "for the most part": "mostly",
    "as a general rule": "generally",
    "with the exception of": "except for",
    "in actual fact": "in fact",
    "absolutely essential": "essential",
    "absolutely necessary": "necessary",
    "end result": "result",
    "please be advised that": "",
    "it is worth mentioning that": "",
    "with regard to": "about",
    "with regards to": "about",
    "in regard to": "about",
    "with respect to": "about",
    "in terms of": "in",
    "prior to": "before",
    "subsequent to": "after",
    "a large number of": "many",
    "the majority of": "most",
    "has the ability to": "can",
    "have the ability to": "can",
    "it is important to note that": "",
    "it should be noted that": "",
    "it is worth noting that": "",
    "note that": "",
    "please note that": "",
    "keep in mind that": "",
    "bear in mind that": "",
    "be aware that": "",
    "as you know": "",
    "needless to say": "",
    "if you do not mind": "",
    "basically": "",
    "essentially": "",
    "as a matter of fact": "",
    "in my opinion": "",
    "the fact that": "that",
    "whether or not": "whether",
    "each and every": "every",
    "any and all": "all",
    "first and foremost": "first",
    "on a regular basis": "regularly",
    "in a timely manner": "promptly",
    "in a concise manner": "concisely",
    "in a clear manner": "clearly",
    "in a professional manner": "professionally",
    "in a polite manner": "politely",
}
"""Phrases that add no requirement, with what they stand for: an edit from key to value is KEPT.

A phrase counts outside quotations and code only; "please" not as a verb ("to please the customer").
"""

OPENERS = {
    "kindly": "",
    "make sure to": "",
    "make sure that you": "",
    "make sure you": "",
    "make sure that": "ensure that",
    "make sure": "ensure",
    "be sure to": "",
    "be sure that you": "",
    "ensure that you": "",
    "ensure you": "",
    "remember to": "",
    "do not forget to": "",
    "it is important that you": "",
    "it is important to": "",
    "it is very important that you": "",
    "it is very important to": "",
    "it is essential to": "",
    "it is essential that you": "",
    "it is crucial to": "",
    "it is crucial that you": "",
    "remember that": "",
    "i want you to": "",
    "i would like you to": "",
    "i need you to": "",
    "we want you to": "",
    "we would like you to": "",
    "i would appreciate it if you could": "",
    "i would be grateful if you could": "",
    "could you": "",
    "would you": "",
    "can you": "",
}
"""The same, for phrases that are filler only where a clause begins."""

EMPHASIS = table(
    "note important critical warning caution attention remember nb reminder crucial essential tip hint"
)
"""Words before a colon at the start of a sentence that only call for attention."""

POLITE = (
    r"(?:thank you|thanks|many thanks|good luck|cheers|hello|hi|hi there|hey|greetings|please|kindly)"
    r"(?: there| assistant| so much| very much| a lot| a million)?(?: in advance| again)?"
    r"(?: for (?:all )?(?:your|the) (?:kind )?"
    r"(?:help|time|assistance|attention|cooperation|hard work|support|efforts?|work))?"
    r"(?: in advance)?"
)
"""Whole sentences of courtesy to the model; "thank the customer" is none."""

LINKS = table(
    "then also and so additionally furthermore moreover however therefore but or thus hence plus lastly"
)
"""Words that may open a clause and only join it to the one before."""

ARTICLES = table("a an the")

# --- grammar ----------------------------------------------------------------------------------

CONTRACTIONS: dict[str, tuple[str, ...]] = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
    "ain't": ("is", "not"),
    "you're": ("you", "are"),
    "you'll": ("you", "will"),
    "you've": ("you", "have"),
    "they're": ("they", "are"),
    "we're": ("we", "are"),
    "it's": ("it", "is"),
    "i'm": ("i", "am"),
}

STRONG = table("must shall required mandatory forbidden prohibited")
WEAK = table("should ought")
PERMIT = table("may can could might")
AUXILIARY = table(
    "do does did am is are was were be been have has had will would must shall should may can could might"
)
SUBJECTS = table("you assistant model ai agent bot chatbot")
"""Those to whom a prompt speaks: "you must answer" is "answer"."""

PREFERENCES = table("try prefer aim strive ideally preferably consider attempt")
PERMISSIONS = table("optionally feel")  # "feel free to"
REFUSALS = table("avoid refrain no without")

CONDITIONS = {
    "if": "if",
    "when": "if",
    "whenever": "if",
    "unless": "unless",
    "until": "until",
    "while": "while",
}
CONDITIONS_FIRST = CONDITIONS | {
    "once": "once",
    "after": "after",
    "before": "before",
    "where": "where",
    "for": "for",
    "to": "to",
}
ASKING = table(
    "ask check see determine know verify decide wonder sure clarify confirm evaluate assess tell indicate "
    "say detect"
)
"""Verbs whose "if" means whether, so that no condition begins there."""

RESTARTS = table("never always avoid must should refrain")
"""After "and", "but" or a comma these begin a requirement of their own (as does "do not")."""

ORDERED = table(
    "over before after than instead from into without unless except only rather not no to until between "
    "versus vs"
)
"""Words that make the order of the others matter."""

NARROWING = table(
    "except unless only without but if when while until during for to with from against among within at"
)
"""Words that, where only the survivor has them, make it cover less."""

NARROWING_NEGATIVE = NARROWING | table("in on about by via using")
"""The same for prohibitions: "no politics with children" forbids less than "no politics"."""

STOPWORDS = ARTICLES | table(
    "be do have will would can could may might must shall should you your yours it its they them their "
    "he she his her we our i me my this that these those there here and or but if then so as of in on "
    "at by for to from with into about over under up out off not no nor than too very also just any all "
    "some each every such which who whom whose what when where how why while until unless once before "
    "after during between through same other own both only more most few always never"
)

QUANTITIES = table(
    "one two three four five six seven eight nine ten eleven twelve single once twice half double"
)
COMPARATORS = table(
    "least most exactly up than under over within maximum minimum max min about around approximately only "
    "between below above"
)

NEUTRAL_HEADINGS = table(
    "rule guideline instruction important note general_rule requirement constraint reminder policy general "
    "general_guideline general_instruction overview summary rules guidelines instructions role task "
    "objective goal main"
)
"""Headings that do not limit what stands below them (lemmas joined by _)."""

VERBS = table(
    "accept acknowledge act adapt add address adhere adjust admit advise aim align allow always analyse "
    "analyze answer apologise apologize append apply approach ask assess assign assist assume attach "
    "attempt avoid base be begin break bring build calculate call cancel capitalize categorize change check "
    "choose cite claim clarify classify clean close collect combine comment compare complete compose "
    "compute conclude confirm connect consider construct consult contact continue convert copy correct "
    "count cover create customize debug decide decline decompose default define delete deliver demonstrate "
    "derive describe design detect determine develop disclose discuss display distinguish divide document "
    "draft draw edit elaborate emphasize encourage end engage enhance ensure enter enumerate escalate "
    "establish estimate evaluate examine exclude execute expand explain explore express extract fetch fill "
    "filter find finish fix flag focus follow forget form format formulate forward gather generate get give "
    "go greet group guarantee guess guide handle have help hide highlight hold identify ignore illustrate "
    "imagine imitate implement improve include incorporate indicate infer inform insert inspect interpret "
    "introduce invent invoke judge keep label lead leave let limit link list listen load locate log look "
    "maintain make mark match maximize mention merge mimic minimize modify move name note obey offer omit "
    "open organize outline output paraphrase pass pay perform pick plan point pose prefer prepare present "
    "preserve pretend print prioritize proceed process produce promise propose protect prove provide put "
    "quote rank rate read reason recall recommend record redirect reduce refer refine reflect refrain "
    "refund refuse reject relate rely remain remember remove rename render repeat rephrase replace reply "
    "report represent request require research resolve respect respond restate restrict retain retrieve "
    "return reuse reveal review revise rewrite round route run save say scan score search select send "
    "separate serve set share show sign simplify skip solve sort speak specify split stand start state stay "
    "stick stop store strive structure submit substitute suggest summarise summarize support switch tag "
    "take talk target teach tell test thank think transform translate transfer treat try turn understand "
    "update upload use utilize validate verify wait warn watch welcome wrap write"
)
"""Verbs that open an instruction."""

COMMANDS = table(
    "npm npx pip pipx git curl wget docker kubectl node yarn pnpm bash zsh ssh sudo make cmake grep sed "
    "awk cd ls cat chmod mkdir pytest ruff mypy tsc eslint webpack vite cargo rustc gcc uv poetry conda "
    "brew apt helm terraform psql mysql sqlite nginx systemctl journalctl ffmpeg jq rg fzf vim tmux adb "
    "gradle mvn javac dotnet"
)
"""Names of programs, which are spelt in lower case even where a sentence begins."""

_PLAIN_WORD = re.compile(r"[a-z]+(?:['’-][a-z]+)*(?![\w(/=@\\$+-]|[.:]\w)")


def capital(text: str, at: int) -> str | None:
    """The letter at `at` as it begins a sentence; None if its word may be a name or a command."""
    if not text[at : at + 1].islower():
        return text[at : at + 1]
    word = _PLAIN_WORD.match(text, at)
    return None if word is None or word.group() in COMMANDS else text[at].upper()
