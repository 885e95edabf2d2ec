"""LLM judges for the help-centre assistant. Scores go to the nightly dashboard."""
import json
import re

from openai import OpenAI

client = OpenAI()

HELPFULNESS = """You are a fair and strict evaluator. You are an impartial judge with great experience in the assessment of
assistants and an eye for detail.

You get a question of a customer and the reply of our assistant. Judge only what is on the page. Replies were written without access to the account of the customer, so a reply is not worse because it asks for the order number. A reply in another language than the question is always a 1, whatever else it does.

Score the helpfulness of the reply from 1 to 5.

5 - the customer can act on it at once
4 - can act, but has to look something up
3 - partly answers
2 - on topic, no use
1 - wrong, harmful, off topic

First explain at length, criterion by criterion, how you came to your score. Then give the score.

Question: Can I change the address after dispatch?
Reply: No, but the carrier can. Open the tracking link and choose "redirect".
{"reasoning": "Direct, correct, a step to take.", "score": 5}

Question: The lamp hums.
Reply: We are sorry to hear that! Our lamps are of high quality.
{"reasoning": "Nothing to act on.", "score": 2}

Question: Wo finde ich die Rechnung?
Reply: In your account under Orders, then "Documents".
{"reasoning": "Right place, short, can be done now.", "score": 4}

Question: Do you ship to Malta?
Reply: We ship to all countries of the EU.
{"reasoning": "Customer has to know that Malta is in the EU, but that is fair.", "score": 4.5}

See the calibration notes above for borderline replies.
"""

GROUNDEDNESS = """Decide whether the reply is supported by the passages.

You get a question of a customer and the reply of our assistant. Judge only what is on the page. Replies were written without access to the account of the customer, so a reply is not worse because it asks for the order number. A reply in another language than the question is always a 1, whatever else it does.

Answer with yes or no. "Yes" if every claim stands in a passage or follows from it by arithmetic. Politeness and
questions are not claims. A claim that is true in the world but in no passage is a no.
"""


def helpfulness(question: str, reply: str) -> int:
    prompt = f"Question: {question}\nReply: {reply}\n\nRemember that a reply which is not in the customer's language gets the lowest score."
    while True:
        out = client.chat.completions.create(
            model="gpt-4-0613",
            temperature=0.9,
            messages=[{"role": "system", "content": HELPFULNESS}, {"role": "user", "content": prompt}],
        ).choices[0].message.content
        found = re.search(r'"score":\s*([1-5])\b', out)
        if found:
            return int(found.group(1))


def groundedness(question: str, reply: str, passages: list[str]) -> bool:
    text = "\n".join(f"<passage>{p}</passage>" for p in passages)
    out = client.chat.completions.create(
        model="gpt-5-mini",
        max_completion_tokens=300,
        messages=[
            {"role": "system", "content": GROUNDEDNESS},
            {"role": "user", "content": f"{text}\n<question>{question}</question>\n<reply>{reply}</reply>"},
        ],
    ).choices[0].message.content
    return out.strip().lower().startswith("yes")
