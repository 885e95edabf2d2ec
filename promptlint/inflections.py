"""The forms of English verbs, for phrases that are listed once and found in each of their forms."""

from __future__ import annotations

from promptlint.patterns import lazy

_IRREGULAR = {
    "be": ("is", "was", "being"),
    "begin": ("begins", "began", "beginning"),
    "bring": ("brings", "brought", "bringing"),
    "choose": ("chooses", "chose", "choosing"),
    "come": ("comes", "came", "coming"),
    "do": ("does", "did", "doing"),
    "find": ("finds", "found", "finding"),
    "get": ("gets", "got", "getting"),
    "give": ("gives", "gave", "giving"),
    "have": ("has", "had", "having"),
    "hold": ("holds", "held", "holding"),
    "keep": ("keeps", "kept", "keeping"),
    "know": ("knows", "knew", "knowing"),
    "lead": ("leads", "led", "leading"),
    "make": ("makes", "made", "making"),
    "meet": ("meets", "met", "meeting"),
    "pay": ("pays", "paid", "paying"),
    "put": ("puts", "put", "putting"),
    "send": ("sends", "sent", "sending"),
    "show": ("shows", "showed", "showing"),
    "take": ("takes", "took", "taking"),
    "tell": ("tells", "told", "telling"),
    "think": ("thinks", "thought", "thinking"),
    "undertake": ("undertakes", "undertook", "undertaking"),
}
_DOUBLED = frozenset({"refer", "prefer", "permit", "admit", "plan", "stop", "omit", "commit", "begin"})
_HISSING = lazy(r"(?:s|sh|ch|x|z)$")
_CONSONANT_Y = lazy(r"[^aeiou]y$")


def forms(verb: str) -> tuple[str, str, str]:
    """He does, he did, doing: the three other forms of a verb phrase; its first word is the verb."""
    head, space, rest = verb.partition(" ")
    found = _IRREGULAR.get(head) or _regular(head)
    return (f"{found[0]}{space}{rest}", f"{found[1]}{space}{rest}", f"{found[2]}{space}{rest}")


def _regular(verb: str) -> tuple[str, str, str]:
    stem = verb + verb[-1] if verb in _DOUBLED else verb.removesuffix("e")
    if _CONSONANT_Y.search(verb):
        return verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    going = verb if verb.endswith("ee") else stem
    return verb + ("es" if _HISSING.search(verb) else "s"), stem + "ed", going + "ing"


def inflected(phrase: str, new: str) -> dict[str, str]:
    """A verb phrase and its replacement in all forms: "make use of", "makes use of", "made use of" and so on.

    A phrase of "be" has those of the plural too, and no other base form: "are in need of", "was in need of".
    """
    (third, past, going), (now, then, doing) = forms(phrase), forms(new)
    if phrase.startswith("be "):
        rest = phrase.removeprefix("be ")
        return {f"is {rest}": now, f"are {rest}": new, f"was {rest}": then, f"were {rest}": then}
    return {phrase: new, third: now, past: then, going: doing}
