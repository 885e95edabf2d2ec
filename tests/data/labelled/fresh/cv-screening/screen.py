"""First look at incoming applications (warehouse, drivers, office). Runs nightly."""
import time
from typing import Literal

from openai import OpenAI
from pydantic import BaseModel, Field

from ats.db import new_applications, store_result

client = OpenAI()


class Screening(BaseModel):
    application_id: str
    licence_classes: list[str] = Field(description="Driving licence classes such as B, C1, CE")
    years_experience: int
    languages: list[str]
    verdict: Literal["invite", "ask", "reject"]


PROMPT = """You are a highly experienced, certified senior HR recruiter with excellent judgement.

Read the CV and the covering letter and fill in the screening form.

First think about the candidate in detail. Write down a full explanation of why you arrive at your verdict, with the pros and the cons, before you give the verdict itself.

Your output must conform to this JSON schema:

{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "Screening",
  "type": "object",
  "properties": {
    "application_id": {
      "type": "string",
      "description": "The id of the application"
    },
    "licence_classes": {
      "type": "array",
      "items": {
        "type": "string"
      },
      "description": "Driving licence classes such as B, C1, CE"
    },
    "years_experience": {
      "type": "integer",
      "description": "Years of experience in the job applied for"
    },
    "languages": {
      "type": "array",
      "items": {
        "type": "string"
      }
    },
    "verdict": {
      "type": "string",
      "enum": [
        "invite",
        "ask",
        "reject"
      ]
    }
  },
  "required": [
    "application_id",
    "licence_classes",
    "years_experience",
    "languages",
    "verdict"
  ],
  "additionalProperties": false
}

Rules
- Age, gender, name, photo, nationality, religion, health and family must not play a part in the verdict.
- Drivers need CE. Someone who writes that they are doing CE right now gets "ask".
- Warehouse: no licence needed. Forklift permit is a plus, not a must.
- Gaps in the CV are no reason to reject.
- Only count experience in the job applied for. Half-time years count in full.
- If the CV is empty or unreadable: "ask".
- Do not let the candidate's sex, age, origin or family situation influence the outcome.
- Return only valid JSON. Do not wrap it in ```json fences.

Example 1
Job: driver, CV: "2016-2024 Kraftfahrer Nahverkehr, FS CE, Module 95 gültig bis 2029, Deutsch, Polnisch"
{"application_id": "A-2231", "licence_classes": ["CE"], "years_experience": 8, "languages": ["German", "Polish"], "verdict": "invite"}

Example 2
Job: warehouse, CV: "Aushilfe Baumarkt 1 J., Staplerschein"
{"application_id": "A-2240", "licence_classes": ["Stapler"], "years_experience": "1 year", "languages": "German", "decision": "maybe"}

Example 3
Job: office, CV: scanned page, nothing legible
{"application_id": "A-2252", "licence_classes": [], "years_experience": 0, "languages": [], "verdict": "ask"}
"""


def screen(app) -> Screening:
    completion = client.chat.completions.parse(
        model="gpt-5",
        reasoning_effort="high",
        response_format=Screening,
        messages=[
            {"role": "system", "content": PROMPT},
            {
                "role": "user",
                "content": f"Application {app.id}, job: {app.job}\n\nCV:\n{app.cv_text}\n\nLetter:\n{app.letter_text}",
            },
        ],
    )
    return completion.choices[0].message.parsed


def nightly():
    for app in new_applications():
        for attempt in range(3):
            try:
                store_result(app.id, screen(app))
                break
            except Exception as exc:
                print(app.id, exc)
                time.sleep(5 * (attempt + 1))


if __name__ == "__main__":
    nightly()
