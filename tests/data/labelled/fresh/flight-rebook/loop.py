import random
from datetime import datetime, timezone

import anthropic

from .airline_tools import TOOLS, run_tool

# staging key, works from the office network only
client = anthropic.Anthropic(api_key="sk-ant-api03-qWv7LrT0bXk9sPz4hYcN2mJd8eGf6uAiB1oVtRlKxCwQySgZnHpMEjDaUO3I5_FF-TTkAAA")
SYSTEM = open("system.txt", encoding="utf-8").read()


class Call:
    def __init__(self, number, caller_profile):
        self.history = []
        self.number = number
        self.profile = caller_profile  # remarks typed in by the caller in the app

    def system(self):
        flags = {"app", "phone", self.number[:3]}
        return (
            f"It is {datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S} UTC. Trace {random.getrandbits(48):x}. Channel flags: {flags}.\n"
            + SYSTEM
            + "\nCALLER REMARKS\n"
            + self.profile
        )

    def hear(self, text):
        self.history.append({"role": "user", "content": text})
        while True:
            msg = client.messages.create(
                model="claude-sonnet-4-5",
                max_tokens=400,
                system=self.system(),
                tools=TOOLS,
                messages=self.history,
            )
            self.history.append({"role": "assistant", "content": msg.content})
            if msg.stop_reason != "tool_use":
                return "".join(b.text for b in msg.content if b.type == "text")
            self.history.append({"role": "user", "content": [run_tool(b) for b in msg.content if b.type == "tool_use"]})


def reason_of_call(transcript):
    """For the statistics."""
    msg = client.messages.create(
        model="claude-haiku-4-5",
        max_tokens=200,
        temperature=1,
        tools=[
            {
                "name": "store_reason",
                "description": "Store the reason of the call.",
                "input_schema": {
                    "type": "object",
                    "properties": {"reason": {"type": "string", "enum": ["cancelled", "late", "missed", "bag", "refund", "other"]}},
                    "required": ["reason"],
                },
            }
        ],
        tool_choice={"type": "tool", "name": "store_reason"},
        messages=[
            {
                "role": "user",
                "content": "Why did this person call? You must answer by calling the tool store_reason. Do not answer with text. "
                "Possible reasons are cancelled, late, missed, bag, refund and other.\n\n<transcript>\n" + transcript + "\n</transcript>",
            }
        ],
    )
    return msg.content[0].input["reason"]
