"""Returns chat behind the widget on /returns."""
import os
from pathlib import Path

from openai import OpenAI

from shop.orders import find_order, reserve_size, create_label, handover  # noqa: F401
from shop.tools import TOOLS

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])
SYSTEM = Path(__file__).with_name("system.md").read_text(encoding="utf-8")

USER_TEMPLATE = """Order on file:
{order}

The customer writes:
{message}

Remember: outlet pairs are never refunded, only exchanged for another size. Do not name a date for the refund. Answer in the customer's language."""


def reply(session, message: str) -> str:
    order = find_order(session.email)
    session.history.append(
        {"role": "user", "content": USER_TEMPLATE.format(order=order, message=message)}
    )
    system = SYSTEM
    if session.note:
        # free text from the "anything else we should know?" field of the form
        system += "\n\nWhat the customer told us in the form: " + session.note
    response = client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "system", "content": system}, *session.history],
        tools=TOOLS,
    )
    answer = response.choices[0].message
    session.history.append({"role": "assistant", "content": answer.content or ""})
    session.save()
    return answer.content or ""


def desk_for(message: str) -> str:
    """Which desk takes over: fault, refund, store or other."""
    r = client.chat.completions.create(
        model="gpt-5-mini",
        max_completion_tokens=900,
        messages=[
            {
                "role": "user",
                "content": "Which desk should take this message over: fault, refund, store, other? Discuss the arguments for "
                "each desk in two or three sentences, then write the desk as the last word.\n\n"
                f"<message>\n{message[:3000]}\n</message>",
            }
        ],
    )
    return r.choices[0].message.content.split()[-1].strip(".").lower()


def summarise_for_agent(session) -> str:
    """Two lines for the person who takes over."""
    last = session.history[-12:]
    text = "\n".join(f"{m['role']}: {m['content']}" for m in last)
    r = client.chat.completions.create(
        model="gpt-5-mini",
        max_completion_tokens=600,
        reasoning_effort="minimal",
        messages=[
            {
                "role": "system",
                "content": "Summarise the returns chat for a colleague in two lines: "
                "what the customer wants, and what has been promised so far. No greeting.",
            },
            {"role": "user", "content": f"<chat>\n{text}\n</chat>"},
        ],
    )
    return r.choices[0].message.content
