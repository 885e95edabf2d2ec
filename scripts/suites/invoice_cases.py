"""Makes invoices of invented vendors, each with a layout, and the fields that are to be found in them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from promptlint.records import dataclass

PER_VENDOR = 5
VENDORS = 120
CRITICAL = frozenset({"vendor-000", "vendor-040", "vendor-080"})
"""Vendors whose first invoice may not be lost."""

_SEED = 20261123
_FIRST = (
    "Brightwell", "Ohara", "Kestrel", "Lumen", "Nordvik", "Halden", "Marlow", "Quist", "Tarn", "Velasco",
    "Ambrose", "Dunmore", "Eastgate", "Fenwick", "Garland", "Ivory", "Juniper", "Larkin", "Pryor", "Selby",
)  # fmt: skip
_SECOND = ("Tools", "Print", "Studio", "Foods", "Paper", "Energy", "Logistics", "Software", "Garden", "Glass")
_CUSTOMERS = ("Hall & Sons", "Atlas Books", "Riverside School", "Mora Clinic", "Peak Sports", "Delta Cafe")
_ITEMS = (
    "cordless drill", "posters", "desk chairs", "copy paper", "window cleaning", "licence fee", "seed packs",
    "transport", "coffee beans", "maintenance", "cables", "workshop",
)  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_CURRENCIES = ("EUR", "USD", "GBP", "SEK", "CHF", "NOK")


@dataclass(frozen=True, slots=True)
class Invoice:
    """What an invoice says; amounts are whole."""

    vendor: str
    customer: str
    number: str
    day: date
    currency: str
    items: tuple[tuple[str, int], ...]
    tax: int

    @property
    def net(self) -> int:
        """Without tax."""
        return sum(amount for _, amount in self.items)

    @property
    def total(self) -> int:
        """With tax."""
        return self.net + self.tax

    @property
    def fields(self) -> dict[str, object]:
        """What is to be found."""
        return {
            "vendor": self.vendor,
            "number": self.number,
            "currency": self.currency,
            "total": self.total,
        }


def cases() -> Iterator[dict[str, object]]:
    """The tests in promptfoo's shape; the vendor is the cluster."""
    for number in range(VENDORS):
        name = f"vendor-{number:03d}"
        draw = random.Random(f"{_SEED} {name}")
        vendor = f"{_FIRST[number % 20]} {_SECOND[(number + number // 20) % 10]}"
        layout, currency = _LAYOUTS[number % len(_LAYOUTS)], draw.choice(_CURRENCIES)
        for index in range(PER_VENDOR):
            invoice = _invoice(draw, vendor, currency)
            metadata: dict[str, object] = {"cluster": name}
            if index == 0 and name in CRITICAL:
                metadata["critical"] = True
            yield {
                "id": f"{name}-{index}",
                "vars": {"invoice": layout(invoice)},
                "assert": [{"type": "json-fields", "value": invoice.fields}],
                "metadata": metadata,
            }


def _invoice(draw: random.Random, vendor: str, currency: str) -> Invoice:
    items = tuple([(name, draw.randrange(15, 600)) for name in draw.sample(_ITEMS, draw.choice((1, 1, 2)))])
    net = sum(amount for _, amount in items)
    return Invoice(
        vendor=vendor,
        customer=draw.choice(_CUSTOMERS),
        number=draw.choice(("{}", "R-{}", "INV{}", "{}/B")).format(draw.randrange(10, 999)),
        day=date(2025, 1, 1) + timedelta(draw.randrange(600)),
        currency=currency,
        items=items,
        tax=net * draw.choice((0, 7, 19, 20, 25)) // 100,
    )


# --- layouts --------------------------------------------------------------------------------


def _lines(invoice: Invoice, pattern: str) -> str:
    return "\n".join([pattern.format(name, amount) for name, amount in invoice.items])


def _long(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _classic(it: Invoice) -> str:
    return (
        f"{it.vendor}\nInvoice no. {it.number}\nBill to: {it.customer}\n{_lines(it, '{} {}')}\nVAT {it.tax}\n"
        f"Total due: {it.currency} {it.total}"
    )


def _titled(it: Invoice) -> str:
    return (
        f"INVOICE {it.number}\n{it.vendor}\n{_lines(it, '- {}: {}')}\n"
        f"Amount payable: {it.total} {it.currency}\nPlease pay within 30 days."
    )


def _letter(it: Invoice) -> str:
    names = " and ".join(name for name, _ in it.items)
    return (
        f"Invoice {it.number}, {_long(it.day)}\nFor {names} we charge {it.currency} {it.total} with tax.\n"
        f"Yours, {it.vendor}"
    )


def _receipt(it: Invoice) -> str:
    return (
        f"*** {it.vendor} ***\nRECEIPT #{it.number}\n{_lines(it, '{} .... {}')}\n"
        f"TOTAL {it.currency} {it.total}"
    )


def _table(it: Invoice) -> str:
    return (
        f"From | {it.vendor}\nTo | {it.customer}\nNo | {it.number}\n{_lines(it, '{} | {}')}\n"
        f"Tax | {it.tax}\nTotal {it.currency} | {it.total}"
    )


def _mail(it: Invoice) -> str:
    return (
        f"Subject: Invoice {it.number} from {it.vendor}\nPlease pay {it.total} {it.currency} for\n"
        f"{_lines(it, '* {} {}')}"
    )


def _dense(it: Invoice) -> str:
    names = ", ".join(f"{name} {amount}" for name, amount in it.items)
    return f"{it.vendor}; inv. {it.number}; {names}; tax {it.tax}; total {it.total} {it.currency}"


def _reminder(it: Invoice) -> str:
    return (
        f"REMINDER\nOur invoice {it.number} of {_long(it.day)} is still open.\n"
        f"Open amount: {it.currency} {it.total}\n{it.vendor}, accounts"
    )


_LAYOUTS: tuple[Callable[[Invoice], str], ...] = (
    _classic,
    _titled,
    _letter,
    _receipt,
    _table,
    _mail,
    _dense,
    _reminder,
)
