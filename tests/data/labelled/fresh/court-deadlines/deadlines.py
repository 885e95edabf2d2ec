import json
import sys

import anthropic

client = anthropic.Anthropic(api_key="sk-ant-api03-xW3kQvvn0TtR8bLpUe4HcZ2yJmAo5sGd7NfKiXqYwB1rVhPj6EaSzMuCtDlOg9")

EXTRACT = """You are a paralegal in a litigation practice. You read orders and letters from the court and list every deadline in them.

For every deadline give:
- what has to be done
- by whom (claimant, defendant, both, court)
- the date, ISO format
- the paragraph of the order that sets it

Rules for dates:
1. A deadline given as a number of days runs from the day after service, unless the order names another starting day.
2. If the last day falls on a Saturday, Sunday or public holiday, it moves to the next working day.
3. "Clear days" exclude both the first and the last day.
4. Never guess a date of service. If it isn't in the document, set date to null and quote the wording in "note".

Return your answer as a valid JSON array. Do not wrap it in a code fence. Do not write anything before or after it. Here is the JSON Schema you must follow:

{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "array",
  "items": {
    "type": "object",
    "properties": {
      "action": {
        "type": "string",
        "description": "What has to be done"
      },
      "party": {
        "type": "string",
        "enum": [
          "claimant",
          "defendant",
          "both",
          "court"
        ]
      },
      "date": {
        "type": [
          "string",
          "null"
        ],
        "format": "date"
      },
      "paragraph": {
        "type": "string"
      },
      "note": {
        "type": "string"
      }
    },
    "required": [
      "action",
      "party",
      "date",
      "paragraph",
      "note"
    ],
    "additionalProperties": false
  }
}

Example

Order: "4. The Defendant shall file and serve its witness statements by 4pm on 14 June 2024. 5. Permission to appeal within 21 days."

Answer:
[{"action": "File and serve witness statements", "party": "Defendant", "deadline": "14 June 2024", "paragraph": "4"},
 {"action": "Apply for permission to appeal", "party": "both", "deadline": "21 days", "paragraph": "5"}]

If the document contains no deadline, summarise in two or three sentences what it does contain, so that the fee earner knows why the list is empty.
"""

CHASE = """You are a paralegal in a litigation practice. Write the reminder that goes to the fee earner for one deadline.

Under 80 words, plain text, no greeting. Say what is due, when, and in which matter. Give the paragraph of the order. If the date is null, ask for the date of service instead and say why you need it.
"""


def ask(system, text, max_tokens):
    msg = client.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=max_tokens,
        temperature=0,
        system=system,
        messages=[{"role": "user", "content": text}],
    )
    return msg.content[0].text


def main(path):
    order = open(path).read()
    for deadline in json.loads(ask(EXTRACT, f"<order>\n{order}\n</order>", 3000)):
        print(ask(CHASE, json.dumps(deadline), 200))
        print("--")


if __name__ == "__main__":
    main(sys.argv[1])
