import csv
import json
import pathlib

import litellm
from jinja2 import Template

TPL = Template(pathlib.Path("map_columns.j2").read_text())

CATEGORY_PROMPT = (
    "Put the product into one of our shop categories: garden, tools, electrical, plumbing, paint, hardware, other. "
    "Answer with the category only."
)


def map_columns(path: str, supplier: str) -> dict:
    with open(path, newline="", encoding="utf-8-sig") as f:
        rows = list(csv.reader(f, delimiter=";"))
    prompt = TPL.render(supplier_name=supplier, header=rows[0], sample_rows=rows[1:11])
    r = litellm.completion(
        model="openai/gpt-4.1-mini",
        messages=[{"role": "user", "content": prompt}],
        temperature=0.9,
    )
    text = r.choices[0].message.content
    return json.loads(text[text.index("{"):])


def categorise(products: list[dict]) -> None:
    for p in products:
        r = litellm.completion(
            model="openai/gpt-4.1-mini",
            messages=[
                {"role": "system", "content": CATEGORY_PROMPT},
                {"role": "user", "content": p["title"][:200]},
            ],
            temperature=0,
            max_tokens=8,
        )
        p["category"] = r.choices[0].message.content.strip()
