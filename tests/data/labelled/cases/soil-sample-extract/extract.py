from __future__ import annotations

import pathlib
import time

from openai import OpenAI
from pydantic import BaseModel

client = OpenAI()


class Sample(BaseModel):
    sample_id: str
    depth_cm_from: float
    depth_cm_to: float
    ph: float | None
    organic_carbon_pct: float | None
    texture: str | None


class Samples(BaseModel):
    samples: list[Sample]


SYSTEM = """\
# task
Pull soil samples out of field reports (typed or OCR'd, 1960 - today, often in two columns).

# what is a sample
One sample = one horizon at one place. If the report gives an upper and lower depth, take both. If it gives only
"topsoil", use 0 and 20.

# units
┌────────────────────┬──────────────────────────┬───────────────────────────────┐
│   in the report    │       in the output      │            comment            │
├────────────────────┼──────────────────────────┼───────────────────────────────┤
│   inches           │       cm                 │            x 2.54             │
│   % humus          │       organic carbon %   │            x 0.58             │
│   pH (KCl)         │       null               │            only pH in water   │
└────────────────────┴──────────────────────────┴───────────────────────────────┘

# rules
- values as they are in the report, after conversion, two decimals
- illegible -> null
- texture in the words of the report
- never fill in a typical value for the region
- Only output valid JSON that corresponds to the Samples model. No comments. No Markdown.

# example
report: "Pit 7. A 0-18cm dark brown sandy loam, pH(H2O) 6.1, humus 3.2 %. B 18-44 cm, loam, pH 6.4"
output: {"samples": [{"sample_id": "7-A", "depth": "0-18", "ph": 6.1, "organic_carbon_pct": 1.86, "texture": "dark brown sandy loam"},
 {"sample_id": "7-B", "depth": "18-44", "ph": 6.4, "organic_carbon_pct": null, "texture": "loam"}]}
"""


def extract(report: str, attempts: int = 3) -> Samples:
    last = None
    for i in range(attempts):
        try:
            r = client.chat.completions.parse(
                model="o3-pro",
                reasoning_effort="high",
                max_completion_tokens=8000,
                messages=[
                    {"role": "system", "content": SYSTEM},
                    {"role": "user", "content": f"<report>\n{report}\n</report>\n\nNever fill in typical values for the region."},
                ],
                response_format=Samples,
            )
            return r.choices[0].message.parsed
        except Exception as e:  # rate limits mostly
            last = e
            time.sleep(2**i)
    raise RuntimeError("gave up") from last


def one_value(report: str, question: str) -> str:
    """Used by the map page when somebody clicks on a gap."""
    r = client.chat.completions.create(
        model="gpt-4.1-nano",
        temperature=1.0,
        max_tokens=20,
        messages=[
            {"role": "system", "content": "Find one value in the report. Answer with number and unit, or with: not given"},
            {"role": "user", "content": f"{question}\n\n---\n{report}"},
        ],
    )
    return r.choices[0].message.content.strip()


if __name__ == "__main__":
    for path in sorted(pathlib.Path("reports").glob("*.txt")):
        print(extract(path.read_text(errors="replace")).model_dump_json())
