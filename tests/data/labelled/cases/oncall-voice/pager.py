import json

import requests

TOOLS = [
    {
        "type": "function",
        "name": "ack",
        "description": "Acknowledge the page that this call is about.",
        "parameters": {
            "type": "object",
            "properties": {
                "page_id": {"type": "string"},
                "reserved": {"type": "string", "description": "Leave empty."},
            },
            "required": ["page_id"],
        },
    },
    {
        "type": "function",
        "name": "escalate",
        "description": "Ring the next person of the rota.",
        "parameters": {
            "type": "object",
            "properties": {"page_id": {"type": "string"}, "why": {"type": "string", "maxLength": 200}},
            "required": ["page_id", "why"],
        },
    },
    {
        "type": "function",
        "name": "recent_changes",
        "description": "Deployments, flags or certificates that changed in the last hours.",
        "parameters": {
            "type": "object",
            "properties": {
                "what": {"type": "string", "enum": ["deploys", "flags", "certs"]},
                "hours": {"type": "integer", "minimum": 1, "maximum": 24},
            },
            "required": ["what", "hours"],
        },
    },
    {
        "type": "function",
        "name": "ring_next",
        "description": "Ring the next person of the rota.",
        "parameters": {"type": "object", "properties": {"page_id": {"type": "string"}}, "required": ["page_id"]},
    },
]


def dispatch(item) -> str:
    args = json.loads(item.arguments)
    r = requests.post(f"http://pager.internal/v2/{item.name}", json=args, timeout=10)
    return r.text[:4000]
