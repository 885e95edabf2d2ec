"""Propose coordinates for a locality string; a person confirms on the map."""
from openai import OpenAI

client = OpenAI()

PROMPT = """You georeference localities of herbarium sheets by the point-radius method.

Work through the locality from the largest unit to the smallest. Take the centre of the smallest
place you can be sure of; the radius covers the whole of it plus the offset's uncertainty.

- "5 km N of X": go north from the centre of X. Radius: extent of X + 1 km.
- "Between X and Y": the midpoint. Radius: half the distance.
- "Along the road from X to Y": no point, say `line`.
- Historic names: give the present name as well.
- Several places fit: list each with what speaks for it, at most three.

Coordinates in decimal degrees, four decimals, radius in metres, then the reasoning in at most 80
words. The curator reads the reasoning before moving the pin.
"""


def propose(locality: str, year: str | None) -> str:
    r = client.responses.create(
        model="gpt-5",
        reasoning={"effort": "high"},  # medium put a third of the alpine sheets into the wrong valley
        max_output_tokens=6000,
        instructions=PROMPT,
        input=f"Locality: {locality}\nYear: {year or 'not on the label'}",
    )
    return r.output_text
