"""Flags personal data in training examples, by shape: what is no shape (a name) is not seen."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from promptlint.patterns import lazy

_MAIL = lazy(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}(?![\w-])")
_PHONE = lazy(r"(?<![\w.])(?:\+|00)[1-9][0-9]{0,2}[ ./()-]{0,2}(?:[0-9][ ./()-]{0,2}){6,12}(?!\w)")
_NATIONAL = lazy(r"(?<![\w.])(?:\([0-9]{3}\) ?|[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}(?![\w-])")
_CARD = lazy(r"(?<![\w.-])(?:[0-9][ -]?){13,19}(?!\w)")
_IBAN = lazy(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_SSN = lazy(r"(?<![\w-])(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}(?![\w-])")
_IP = lazy(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.])")

_EXAMPLE_HOSTS = ("example.com", "example.org", "example.net", ".example", ".test", ".invalid", ".localhost")
"""Reserved by RFC 2606: addresses there are nobody's."""


def kinds(text: str) -> tuple[str, ...]:
    """The kinds of personal data that a text seems to hold, in a fixed order; the data itself is not told."""
    return tuple(dict.fromkeys(_found(text)))


def _found(text: str) -> Iterator[str]:
    for match in _MAIL.finditer(text):
        if not match.group().lower().endswith(_EXAMPLE_HOSTS):
            yield "e-mail address"
    if _PHONE.search(text) or _NATIONAL.search(text):
        yield "phone number"
    if any(_is_card(match.group()) for match in _CARD.finditer(text)):
        yield "card number"
    if any(_is_iban(match.group()) for match in _IBAN.finditer(text)):
        yield "bank account"
    if _SSN.search(text):
        yield "social security number"
    if any(_is_public(match.group()) for match in _IP.finditer(text)):
        yield "IP address"


def _is_card(text: str) -> bool:
    """Luhn's check: every second digit from the right is doubled, its digits are added up."""
    digits = [int(char) for char in text if char.isdigit()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [
        digit if index % 2 == 0 else sum(divmod(2 * digit, 10)) for index, digit in enumerate(digits[::-1])
    ]
    return sum(doubled) % 10 == 0


def _is_iban(text: str) -> bool:
    """ISO 13616: the first four characters moved to the end, letters as numbers, modulo 97 is one."""
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def _is_public(text: str) -> bool:
    if re.search(r"(?:^|\.)0[0-9]", text):  # a version or a date
        return False
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return False
