"""Pull attributes for lamps and small furniture out of supplier texts.

  python extract.py supplier.csv > attributes.jsonl
"""
import csv
import json
import sys
from enum import Enum
from typing import Optional

import instructor
from openai import OpenAI
from pydantic import BaseModel

API_KEY = "sk-Tq93vGhLz0PbXeWn5RkYc8Jd2MfUa7Vs4oKiEHtBwC1NyQrZ"

client = instructor.from_openai(OpenAI(api_key=API_KEY))


class Socket(str, Enum):
    E14 = "E14"
    E27 = "E27"
    GU10 = "GU10"
    LED = "LED"


class Attributes(BaseModel):
    sku: str
    colour: str
    material: list[str]
    width_mm: Optional[int] = None
    height_mm: Optional[int] = None
    socket: Optional[Socket] = None


SYSTEM = """You will be provided with the text of a supplier. Your task is to carefully extract the attributes from the text of the supplier. In order to do this, please first of all read the whole text of the supplier carefully and then go ahead and extract the attributes.

Reply with a valid JSON object. No prose before or after it. The object needs to have this structure:

{
    "type": "object",
    "properties": {
        "sku": {
            "type": "string"
        },
        "colour": {
            "type": "string"
        },
        "material": {
            "type": "array",
            "items": {
                "type": "string"
            }
        },
        "width_mm": {
            "type": [
                "integer",
                "null"
            ]
        },
        "height_mm": {
            "type": [
                "integer",
                "null"
            ]
        },
        "socket": {
            "type": [
                "string",
                "null"
            ],
            "enum": [
                "E14",
                "E27",
                "GU10",
                "LED",
                null
            ]
        }
    },
    "required": [
        "sku",
        "colour",
        "material"
    ]
}

- Sizes in millimetres. Suppliers write cm, inches or mix both.
- Colour in English, base colour only: "matte anthracite RAL 7016" is grey.
- If there are more sizes (set, nested tables), take the biggest.
- Integrated LED boards are socket LED.
- If the text names no material leave the list empty. Do not guess from the look.

Text: Pendelleuchte HALO 40, Metall schwarz, Ø 40 cm, H 22 cm, E27 max 40W, Art. 7781
{"sku": "7781", "colour": "black", "material": ["metal"], "width_mm": 400, "height_mm": 220, "socket": "E27"}

Text: Pendelleuchte HALO 60, Metall schwarz, Ø 60 cm, H 30 cm, E27 max 60W, Art. 7782
{"sku": "7782", "colour": "black", "material": ["metal"], "width_mm": 600, "height_mm": 300, "socket": "E27"}

Text: Beistelltisch 2er Set NIDO Eiche geölt 45x45x50 / 35x35x42 cm Art. 9120, siehe https://media.supplier-portal.example/catalog/2025/q3/assets/product-shots/hires/9120/NIDO_set_oak_oiled_front.tif?token=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3NTk5OTk5OTksInNjb3BlIjoicmVhZCJ9.kPq0wYzT3v5uRkL2mXc8dN1aJh6eGf4bSs7oVtQiWxY&disposition=inline&utm_source=pim&utm_medium=feed&utm_campaign=autumn_refresh
{"sku": "9120", "colour": "oak", "material": ["oak"], "width_cm": 45, "height_cm": 50, "socket": "none"}

Text: Beistelltisch 2er Set NIDO Eiche geölt 45x45x50 / 35x35x42 cm Art. 9120
{"sku": "9120", "colour": "brown", "material": ["wood"], "width_mm": 350, "height_mm": 420, "socket": null}

Text: Wall spot TWIN brass GU10 x2 W 9" H 4" item LT-204
{"sku": "LT-204", "colour": "gold", "material": ["brass"], "width_mm": 229, "height_mm": 102, "socket": "GU10"}

See the colour table above for borderline cases.
"""


def extract(text: str) -> Attributes:
    return client.chat.completions.create(
        model="gpt-4.1-mini",
        temperature=0.7,
        response_model=Attributes,
        max_retries=2,
        messages=[
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": text},
        ],
    )


def main(path: str) -> None:
    with open(path, newline="", encoding="utf-8") as f:
        for row in csv.DictReader(f, delimiter=";"):
            print(json.dumps(extract(row["text"]).model_dump(mode="json"), ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
