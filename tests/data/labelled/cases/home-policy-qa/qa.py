"""Q&A about home contents policies, called from the app."""
import pathlib
import time
import uuid

from anthropic import Anthropic

client = Anthropic(api_key="sk-ant-api03-QkXw8notarealkeyRzT41mBv7pLcUe0hGyNdSaJ2fWq")
GUIDE = pathlib.Path(__file__).with_name("guide.md").read_text()

CHECK = """You check an answer about a home contents policy before the customer sees it.

Exclusions stand in three places: in the list at the end of each section, in part G, and hidden in definitions ("Building does not include ..."). Look at all three before you write that something is covered.

Answer ok or redo, nothing else.

Question: {question}
Answer: {answer}
"""

FOLLOW_UP = "Give the customer {name} one follow-up question about {topic}, 15 words at most."


def ask(question: str, policy_pdf_text: str, topic: str) -> tuple[str, str]:
    while True:
        answer = client.messages.create(
            model="claude-sonnet-4-5",
            max_tokens=700,
            system=f"Request {uuid.uuid4()} at {time.time()}\n\n" + GUIDE,
            messages=[
                {"role": "user", "content": f"<policy>\n{policy_pdf_text}\n</policy>\n\n{question}"},
            ],
        ).content[0].text
        verdict = client.messages.create(
            model="claude-opus-4-1",
            max_tokens=4000,
            thinking={"type": "enabled", "budget_tokens": 3000},
            messages=[{"role": "user", "content": CHECK.format(question=question, answer=answer)}],
        ).content[-1].text
        if verdict.strip() == "ok":
            break
    follow = client.messages.create(
        model="claude-haiku-4-5",
        max_tokens=60,
        messages=[{"role": "user", "content": FOLLOW_UP}],
    ).content[0].text
    return answer, follow
