# -*- coding: utf-8 -*-
import base64
import json

import anthropic
from pydantic import BaseModel, ValidationError

client = anthropic.Anthropic()


class Line(BaseModel):
    description: str
    quantity: float
    unit_net: float
    vat_rate: float


class Invoice(BaseModel):
    number: str
    issued: str          # ISO
    supplier_vat_id: str
    lines: list[Line]
    total_gross: float


INSTRUCTIONS = """You are an expert invoice reading assistant with extensive experience in accounting, bookkeeping and
finance, highly skilled, meticulous and accurate, a true master of documents. You help the accounting of a chain of
bakeries. As an expert in reading invoices you know invoices very well.

The pages of an invoice of a supplier are attached. Read it.

Fields

number: as printed, including letters and slashes. Not the order number, not the customer number. On invoices of flour
mills the number that begins with LS is a delivery note; the invoice number stands to the right of it.

issued: the date of the invoice as YYYY-MM-DD. Dates on our suppliers' papers are day first. When a date of service and
a date of the invoice are both there, take the date of the invoice. A year with two digits is in this century.

supplier_vat_id: two letters and then digits, without blanks. The one of the supplier, which stands in the footer or
letterhead. Ours is ATU00000042 and must never come out here.

lines: one for each position. Deposits for crates and pallets are lines of their own with their own rate, even if they
are printed in small type under the position they belong to. A discount on a position is taken into unit_net; a discount
on the whole invoice is a line with a negative unit_net and a quantity of 1. Text lines without a price are left out.
Freight is a line. Cash discount (Skonto) is left out, because it depends on when we pay.

quantity: in the unit of the invoice. 1.000 is one thousand on Austrian and German papers and one on Swiss ones.

vat_rate: 0, 10, 13 or 20. Since the reduced rate of 5 % is in force until the end of 2021, invoices of cafés may
have 5 as well. Use 0 for reverse charge.

total_gross: what is to be paid, as printed. Do not compute it. If it is not printed, because there is another page
that was not scanned, give 0.

When a page is upside down or a stamp covers a number, read what you can and put 0 for a number and "" for a text that
can't be read. Never guess a VAT id from the name of the supplier.

Handwriting on the paper is by our own drivers. A struck out position that is initialled has been returned: leave it
out, even though the printed total still has it. A handwritten quantity replaces the printed one if there are initials
beside it, otherwise not.

Give back the invoice as JSON following this JSON Schema and explain in running text above and below it what you were
unsure about, both together are the answer:

{
  "$defs": {
    "Line": {
      "properties": {
        "description": {"title": "Description", "type": "string"},
        "quantity": {"title": "Quantity", "type": "number"},
        "unit_net": {"title": "Unit Net", "type": "number"},
        "vat_rate": {"title": "Vat Rate", "type": "number"}
      },
      "required": ["description", "quantity", "unit_net", "vat_rate"],
      "title": "Line",
      "type": "object"
    }
  },
  "properties": {
    "number": {"title": "Number", "type": "string"},
    "issued": {"title": "Issued", "type": "string"},
    "supplier_vat_id": {"title": "Supplier Vat Id", "type": "string"},
    "lines": {"items": {"$ref": "#/$defs/Line"}, "title": "Lines", "type": "array"},
    "total_gross": {"title": "Total Gross", "type": "number"}
  },
  "required": ["number", "issued", "supplier_vat_id", "lines", "total_gross"],
  "title": "Invoice",
  "type": "object"
}

Our letterhead, so that you can tell it from the supplier's:
data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAGQAAAAYCAYAAAAMAljuAAABhElEQVR4nO2YsU7DMBCGv0gVEgMLCxIL78BWiYkH4B3YeAkWHoCFjQfgCXgCJLa+AxtiYUFiQmIoQ5PKsR3bcZLaLfmlqE1z57vz77vzBUaMGDFixIgRI0aM+C9YB46AW+AFmAPfwBR4BK6A3VTKdcU2cA18EY8FcA9sJdBXjE3gCniiPQ7q8AFcABsD6C7CBnCJhiP0gYbjCNgP2LkLHAN3wGfE9gNw0KPeYuwBE8yTOQFOgK2E8TvAOfDmsX9LvLcMhm3gGfMgJsBpS7unwHtF/h3Y6VFvEa4xD2AGHLe0dQS8BuS/or1jUGwCM8yD+ACOMu0dA58B+RPaOwbFDuZBTIGDTBt7wIswRhlKR8geZq7LBnlX7AMfAfkLYLNHvUU4wwzyHDjMkDsG3gLyj4mLkBvMIL8S56YxHAFfAfkL0vOqXnCJGeRHNECZwDXw3aL8O9odB8UYc5B/iPeZPBwC84B8ycEOijF+UJ4lyByjHSIm35SQDQYXlBNO0xQG3wnyF2m22tNBLngBVxBcYIRI0aMGDFixIgRBfwCh3qNwW0Gf2AAAAAASUVORK5CYII=
"""


def read(pages: list[bytes]) -> Invoice:
    content = [
        {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/png", "data": base64.b64encode(p).decode()},
        }
        for p in pages
    ]
    content.append({"type": "text", "text": "Please read this invoice."})
    while True:
        reply = client.messages.create(
            model="claude-3-opus-20240229",
            max_tokens=4000,
            temperature=1.0,
            system=INSTRUCTIONS,
            messages=[{"role": "user", "content": content}],
        )
        text = reply.content[0].text
        try:
            return Invoice(**json.loads(text[text.index("{"): text.rindex("}") + 1]))
        except (ValueError, ValidationError):
            continue
