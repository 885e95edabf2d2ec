"""Read photographed herbarium labels (OCR text) into Darwin Core fields."""
import base64
import json
from pathlib import Path

from openai import OpenAI
from pydantic import BaseModel

client = OpenAI()


class Label(BaseModel):
    scientificName: str
    recordedBy: str
    recordNumber: str | None
    eventDate: str | None
    country: str
    locality: str
    elevationMeters: int | None
    habitat: str | None


PROMPT = """You transcribe herbarium labels into Darwin Core terms.

General
- Copy what stands on the label. Do not correct the spelling of names or places.
- scientificName with author, as written: "Gentiana acaulis L."
- eventDate in ISO 8601. A label with month and year only gives "1934-07"; roman numerals are
  months ("12.VII.1934").
- elevationMeters as an integer in metres. Convert feet and round to ten.
- What is illegible is "[...]" inside the text. A field that is not on the label is null.
- Give a single JSON object with the eight fields and no other text around it.
- Two-digit years on labels of this collection are always 19xx; the collection closed in 1998.

Example 1
Label: Herb. Univ. / Saxifraga oppositifolia L. / Zermatt, Trockener Steg, 2900 m / Geröll / leg. A. Imhof 221 / 12.VII.1934
{"scientificName": "Saxifraga oppositifolia L.", "recordedBy": "A. Imhof", "recordNumber": "221", "eventDate": "1934-07-12", "country": "Switzerland", "locality": "Zermatt, Trockener Steg", "elevationMeters": 2900, "habitat": "Geröll"}

Example 2
Label: Primula farinosa L. / Bog near Teesdale, 1100 ft / coll. J. Harker / June 61
{"scientificName": "Primula farinosa L.", "collector": "J. Harker", "recordNumber": null, "eventDate": "June 1961", "country": "United Kingdom", "locality": "Bog near Teesdale", "elevation": "1100 ft", "habitat": "Bog"}

Example 3
Label: Carex cf. nigra / Tromsø, shore / 3.8.77 / E. Solberg no. 77-14
{"scientificName": "Carex cf. nigra", "recordedBy": "E. Solberg", "recordNumber": "77-14", "eventDate": "1977-08-03", "country": "Norway", "locality": "Tromsø, shore", "elevationMeters": null, "habitat": "shore"}

Spelling
Errors in the botanical or place names are kept as they stand on the label; they tell us
which sheets were copied from one another.

Country
If the label names no country, work it out from the locality. Leave country null when it is
not written on the label, do not infer anything.
"""


def transcribe(ocr: str) -> Label:
    r = client.chat.completions.parse(
        model="gpt-5-mini",
        reasoning_effort="high",
        messages=[
            {"role": "system", "content": PROMPT},
            {"role": "user", "content": "Label: " + ocr},
        ],
        response_format=Label,
    )
    return r.choices[0].message.parsed


def describe_sheet(image: Path) -> str:
    b64 = base64.b64encode(image.read_bytes()).decode()
    r = client.chat.completions.create(
        model="gpt-4-vision-preview",
        max_tokens=120,
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Describe the state of the mounted plant for the conservator: loose parts, insect damage, mould, old glue. Two sentences, no botany."},
                    {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{b64}"}},
                ],
            }
        ],
    )
    return r.choices[0].message.content


if __name__ == "__main__":
    for f in sorted(Path("ocr").glob("*.txt")):
        print(json.dumps(transcribe(f.read_text()).model_dump(), ensure_ascii=False))
