"""Pulls technical attributes out of product titles. Runs after map_feed."""
import json
import os

import litellm

ATTR_SCHEMA = {
    "type": "object",
    "properties": {
        "colour": {"type": ["string", "null"]},
        "power_w": {"type": ["integer", "null"]},
        "length_mm": {"type": ["integer", "null"]},
        "thread": {"type": ["string", "null"], "description": "metric thread such as M6"},
        "pack_size": {"type": "integer"},
    },
    "required": ["colour", "power_w", "length_mm", "thread", "pack_size"],
    "additionalProperties": False,
}

SHOTS = [
    ("Bosch GSR 18V-55 blau", '{"colour": "blue", "power_w": null, "length_mm": null, "thread": null, "pack_size": 1}'),
    ("Makita DHP486 türkis", '{"colour": "turquoise", "power_w": null, "length_mm": null, "thread": null, "pack_size": 1}'),
    ("DeWalt DCD796 gelb", '{"colour": "yellow", "power_w": null, "length_mm": null, "thread": null, "pack_size": 1}'),
    ("Metabo BS 18 grün", '{"colour": "green", "power_w": null, "length_mm": null, "thread": null, "pack_size": 1}'),
    ("Hikoki DS18 grün", '{"colour": "green", "power_w": null, "length_mm": null, "thread": null, "pack_size": 1}'),
    ("Einhell TE-CD 18 rot", '{"colour": "red", "power_w": null, "length_mm": null, "thread": null, "pack_size": 1}'),
    ("Sechskantschraube М8x40 verzinkt 100 St.", '{"colour": null, "power_w": null, "length_mm": 40, "thread": "М8", "pack_size": 100}'),
    ("Gartenschlauch 1/2\" 20 m", '{"colour": null, "power_w": null, "length_mm": 20000, "thread": null, "pack_size": "1"}'),
]

SYSTEM = """Read the attributes from a product title of a hardware shop.

Colours in English. Power in watts, kW converted. Length in millimetres; of two measures the second is the length (M8x40 is 40 mm). pack_size is 1 if the title says nothing.
Do not infer from the model name what the title doesn't say."""


def extract(titles: list[str]) -> list[dict]:
    shots = []
    for title, attrs in SHOTS:
        shots += [{"role": "user", "content": title}, {"role": "assistant", "content": attrs}]
    requests = [[{"role": "system", "content": SYSTEM}, *shots, {"role": "user", "content": t}] for t in titles]
    answers = litellm.batch_completion(
        model="openai/gpt-4.1-nano",
        messages=requests,
        temperature=0,
        max_tokens=150,
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "attributes", "strict": True, "schema": ATTR_SCHEMA},
        },
        api_key=os.environ["OPENAI_API_KEY"],
    )
    return [json.loads(a.choices[0].message.content) for a in answers]
