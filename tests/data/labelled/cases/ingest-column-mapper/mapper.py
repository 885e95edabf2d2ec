import instructor
from openai import OpenAI
from pydantic import BaseModel, Field, ValidationError
from typing import Literal, Optional

client = OpenAI()

Target = Literal["sku", "title", "qty", "unit_price", "currency", "ship_date", "ignore"]


class ColumnMapping(BaseModel):
    source: str = Field(description="Header exactly as it stands in the file")
    target: Target
    transform: Optional[Literal["strip", "to_int", "to_decimal", "iso_date"]] = None
    confidence: float = Field(ge=0, le=1)


class SheetMapping(BaseModel):
    columns: list[ColumnMapping]


SYSTEM = """
You map the header row of supplier spreadsheets onto our warehouse columns.

Targets: sku, title, qty, unit_price, currency, ship_date. What does not fit anywhere gets "ignore".

Every source column appears exactly once in the result, also the ignored ones, in the order of the sheet.
Two source columns may go to the same target only when the target is title (we concatenate these later).

Suppliers write headers in German, Polish and Turkish too. "Menge", "ilość" and "miktar" are all qty. A column
called "Preis" without a currency sign is unit_price; "Gesamt", "razem" or "toplam" is a line total and is ignored.

Return your answer as a JSON object with one key "columns" that is a list of objects with the keys source, target,
transform and confidence. The confidence must be a number between 0 and 1.

TODO(mk): ask Selin whether "Art.-Nr." can be the supplier's number, then fix the rule for sku

Example

Header: Art.-Nr. | Bezeichnung | Menge | EK netto
Rows: 4411-B | Zeltstange 3m | 12 | 8,40

{"columns": [
  {"source": "Art.-Nr.", "target": "sku", "transform": "strip", "confidence": 0.8},
  {"source": "Bezeichnung", "target": "title", "transform": null, "confidence": 0.95},
  {"source": "Menge", "target": "quantity", "transform": "to_int", "confidence": 0.99},
  {"source": "EK netto", "target": "unit_price", "transform": "to_decimal", "confidence": 0.9}
]}

Header: Part | Qty | Total
Rows: P-9 | 4 | 19.60

{"columns": [
  {"source": "Part", "target": "sku", "transform": "strip", "confidence": 0.7},
  {"source": "Qty", "target": "qty", "transform": "to_int", "confidence": 0.99},
  {"source": "Total", "target": "ignore", "transform": null, "confidence": 0.9}
]}
"""


def map_columns(header: list[str], rows: list[list[str]]) -> SheetMapping:
    sample = "\n".join(" | ".join(r) for r in rows[:5])
    user = f"""Header: {" | ".join(header)}
Rows: {sample}

List every column of the source once, including those that you ignore, and keep the order of the sheet."""
    while True:
        reply = client.beta.chat.completions.parse(
            model="gpt-5-mini",
            messages=[{"role": "system", "content": SYSTEM}, {"role": "user", "content": user}],
            response_format=SheetMapping,
            max_completion_tokens=2000,
        )
        mapping = reply.choices[0].message.parsed
        if mapping and [c.source for c in mapping.columns] == header:
            return mapping
