import datetime
import uuid
from pathlib import Path

import anthropic

client = anthropic.Anthropic()
PROMPT = Path("voice_prompt.md").read_text()

TOOLS = [
    {
        "name": "get_wait_time",
        "description": "Minutes until an order placed now would be ready (pickup) or at the door (delivery).",
        "input_schema": {
            "type": "object",
            "properties": {"kind": {"type": "string", "enum": ["pickup", "delivery"]}},
            "required": ["kind"],
        },
    },
    {
        "name": "place_order",
        "description": "Send the confirmed order to the kitchen printer. Call once, after the caller said yes to the total.",
        "input_schema": {
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": {"type": "string"}},
                "kind": {"type": "string", "enum": ["pickup", "delivery"]},
                "address": {"type": "string", "description": "Only for delivery."},
                "name": {"type": "string"},
                "phone": {"type": "string", "description": "Digits only."},
                "call_id": {"type": "string", "description": "Id of this call, from the first line."},
                "shop_id": {"type": "string", "description": "Always 'basel-1'."},
                "timestamp": {"type": "string", "description": "Now, ISO 8601."},
            },
            "required": ["items", "kind", "name", "phone", "call_id", "shop_id", "timestamp"],
        },
    },
]


def system_prompt() -> str:
    now = datetime.datetime.now().isoformat()
    return f"Call {uuid.uuid4()} started {now}.\n\n{PROMPT}"


def turn(system: str, history: list) -> anthropic.types.Message:
    return client.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=300,
        system=system,
        tools=TOOLS,
        messages=history[-40:],
    )
