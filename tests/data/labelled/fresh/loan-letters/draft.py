"""Draft letters for the officers. Every draft is read by a person before it is sent."""
import json
from pathlib import Path

from anthropic import Anthropic

client = Anthropic()
SYSTEM = Path(__file__).with_name("letter_system.md").read_text(encoding="utf-8")


def draft(file: dict, correspondence: list[str]) -> dict:
    system = SYSTEM + f"""

## The Borrower's statement

{file["borrower_statement"]}

Officer: {file["officer"]}
"""
    everything = "\n\n".join(correspondence)
    response = client.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=1500,
        system=system,
        messages=[
            {"role": "user", "content": f"File:\n{json.dumps(file, indent=2)}\n\nCorrespondence to date:\n{everything}\n\nDraft the letter."}
        ],
    )
    return json.loads(response.content[0].text)


def is_complaint(text: str) -> bool:
    response = client.messages.create(
        model="claude-2.1",
        max_tokens=5,
        messages=[
            {
                "role": "user",
                "content": "A complaint is any expression of dissatisfaction about the Society, justified or not, also if the "
                "writer does not call it one. A question about a balance is none.\n\nIs the letter in <letter> a complaint? "
                f"Answer YES or NO.\n\n<letter>\n{text[:8000]}\n</letter>",
            }
        ],
    )
    return response.content[0].text.strip().upper().startswith("YES")
