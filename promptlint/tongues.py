"""Guesses the language of a text by its script and its commonest words; says nothing when unsure."""

from __future__ import annotations

from collections import Counter

from promptlint.patterns import lazy
from promptlint.words import table

_STOPS = {
    "en": table(
        "the and of to is in that it for you was with on are as be this have or at from not by but "
        "what can your will we they an which their has would there been if when who about how were "
        "his her she he i my do"
    ),
    "de": table(
        "der die das und ist nicht ein eine einen dem den des mit für auf von zu sie ich es im auch "
        "sich wie wir ihr aber oder bei nach aus wird sind haben hat kann als dass bitte einer eines "
        "noch über war"
    ),
    "fr": table(
        "le la les et est un une des du de que qui dans pour pas sur avec vous nous il elle ce cette "
        "sont au aux ne en je mais ou par plus être votre vos leur ont été c'est"
    ),
    "es": table(
        "el la los las y es un una de que en por para con no se su del al lo como más pero sus está "
        "son usted este esta ha muy también o si yo fue hay puede nos"
    ),
    "it": table(
        "il lo la gli le e è un una di che in per con non si del della dei sono al come più ma anche "
        "questo questa ha nel nella alla i da o se ci mi puoi"
    ),
    "pt": table(
        "o a os as e é um uma de que em por para com não se do da dos das no na ao como mais mas você "
        "está são seu sua este esta foi ou também muito isso nos"
    ),
    "nl": table(
        "de het een en is van in dat op te met voor niet zijn je ik er aan ook maar als bij of uit "
        "naar wat deze dit worden kan heeft hebben wij u om"
    ),
    "sv": table(
        "och att det som en på är av för med den till inte ett om jag har de du kan men var vi så eller från"
    ),
    "pl": table(
        "i w nie na to się z do jest że o jak ale po co tak za od przez dla czy są ten być może oraz"
    ),
}
_SCRIPTS = (
    ("ja", lazy(r"[\u3040-\u30ff]")),
    ("ko", lazy(r"[\uac00-\ud7af]")),
    ("zh", lazy(r"[\u4e00-\u9fff]")),
    ("ru", lazy(r"[\u0400-\u04ff]")),
    ("ar", lazy(r"[\u0600-\u06ff]")),
    ("he", lazy(r"[\u0590-\u05ff]")),
    ("el", lazy(r"[\u0370-\u03ff]")),
    ("hi", lazy(r"[\u0900-\u097f]")),
    ("th", lazy(r"[\u0e00-\u0e7f]")),
)
_SHARED = {"ru": frozenset(("ru", "uk", "bg")), "ar": frozenset(("ar", "fa")), "zh": frozenset(("zh", "ja"))}
_LETTER = lazy(r"[^\W\d_]")
_WORD = lazy(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NOT_PROSE = lazy(r"`[^`\n]*`|https?://\S+|[{}<>\[\]=]|\w+_\w+")
_LOOKED = 4_000  # code points
_LEAST_WORDS = 6
_LEAST_STOPS = 3
_LEAST_SHARE = 0.2  # of the words are common ones of the language
_LEAD = 2  # times as many as of the next language


def language(text: str) -> frozenset[str]:
    """The languages (ISO 639-1) that a text may be in, as far as it can be told; empty if unsure."""
    text = _NOT_PROSE.sub(" ", text[:_LOOKED])
    letters = len(_LETTER.findall(text))
    for code, pattern in _SCRIPTS:
        found = len(pattern.findall(text))
        if found > 3 and found * 2 > letters - (0 if code not in ("ja", "zh") else letters // 4):
            return _SHARED.get(code, frozenset((code,)))
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if len(words) < _LEAST_WORDS:
        return frozenset()
    counts = Counter({code: sum(word in stops for word in words) for code, stops in _STOPS.items()})
    (best, count), (_, second) = counts.most_common(2)
    sure = count >= _LEAST_STOPS and count >= _LEAST_SHARE * len(words) and count >= _LEAD * second
    return frozenset((best,)) if sure else frozenset()
