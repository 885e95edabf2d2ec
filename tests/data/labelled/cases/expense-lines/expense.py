from typing import Literal, Optional
import json

from openai import OpenAI
from pydantic import BaseModel, Field, ValidationError

client = OpenAI()


class Line(BaseModel):
    vendor: str
    date: str = Field(description="ISO date on the receipt")
    gross: float
    vat_rate: Literal[0, 7, 19]
    category: Literal["travel", "hotel", "meal", "office", "other"]
    note: Optional[str] = None


PROMPT = """Read the OCR text of a receipt and return the expense line.

The answer has to follow this JSON Schema:

{{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Line",
  "type": "object",
  "properties": {{
    "vendor": {{
      "title": "Vendor",
      "type": "string"
    }},
    "date": {{
      "title": "Date",
      "type": "string",
      "description": "ISO date on the receipt"
    }},
    "gross": {{
      "title": "Gross",
      "type": "number"
    }},
    "vat_rate": {{
      "title": "Vat Rate",
      "enum": [0, 7, 19]
    }},
    "category": {{
      "title": "Category",
      "enum": ["travel", "hotel", "meal", "office", "other"]
    }},
    "note": {{
      "title": "Note",
      "anyOf": [{{"type": "string"}}, {{"type": "null"}}],
      "default": null
    }}
  }},
  "required": ["vendor", "date", "gross", "vat_rate", "category"]
}}

Hints
- With two VAT rates on one receipt take the one with the larger sum and say so in note.
- Tips are part of gross only if printed.
- Hotel breakfast is meal if it has its own line.
- Taxi, fuel, tickets, tolls: travel.
- Return JSON only.

Receipt: CITYTAXI 4411 / 02.09.2026 / Fahrpreis 23,40 / 7% MwSt
{{"vendor": "Citytaxi", "date": "2026-09-02", "gross": 23.40, "vat_rate": 7, "category": "travel", "note": null}}

Receipt: Cafe Anna 14.09.26 2x Mittagstisch 31,80 19%
{{"vendor": "Cafe Anna", "date": "14.09.2026", "gross": 31.80, "vat_rate": 19, "category": "restaurant", "note": null}}

Receipt: PAPETERIE LOOS  1 Ordner 4,99  1 Buch 22,00 (7%)  Summe 26,99  21.09.2026
{{"vendor": "Papeterie Loos", "date": "2026-09-21", "net": 25.22, "vat_rate": 7, "category": "office", "note": "two rates, 7 % is the larger"}}

Receipt: {ocr}
"""


def read(ocr: str) -> Line:
    while True:
        r = client.chat.completions.create(
            model="gpt-4.1-mini",
            temperature=1.0,
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "line", "schema": Line.model_json_schema()},
            },
            messages=[{"role": "user", "content": PROMPT.format(ocr=ocr)}],
        )
        try:
            return Line.model_validate_json(r.choices[0].message.content)
        except ValidationError:
            continue


def month_end(folder):
    """Runs in the night of the 1st over all receipts of the month."""
    rows = []
    for f in sorted(folder.glob("*.txt")):
        rows.append(read(f.read_text()[:4000]).model_dump())
    (folder / "lines.json").write_text(json.dumps(rows, indent=1))
