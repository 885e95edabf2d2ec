import json

from openai import OpenAI

client = OpenAI(api_key="sk-proj-Qw8ZtLr3VxNn0aKp5JmYhTs2Bd7FcGu4Ei9")

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "file_report",
            "description": "Files a report in the work order system of the public works department. Use it once for each defect. "
            "The place must be a street with a number, a crossing, or a lamp number.",
            "parameters": {
                "type": "object",
                "properties": {
                    "queue": {"type": "string", "enum": ["lamp", "traffic_signal", "cable", "tree", "other"]},
                    "place": {"type": "string"},
                    "danger": {"type": "boolean", "description": "Bare wires, leaning pole, glass on the way"},
                    "session_uuid": {"type": "string", "description": "The id of this session as given in the system message"},
                    "city": {"type": "string", "description": "Always 'Lindfurt'"},
                },
                "required": ["queue", "place", "danger", "session_uuid", "city"],
            },
        },
    },
    {
        "type": "function",
        "function": {
            "name": "create_report",
            "description": "Files a report in the work order system of the public works department. Use it once for each defect.",
            "parameters": {
                "type": "object",
                "properties": {"queue": {"type": "string"}, "place": {"type": "string"}},
                "required": ["queue", "place"],
            },
        },
    },
]

SYSTEM = """Session 7f3c9a52-1be4-4d0e-9c55-0f6be1d2a7c8.

You take messages from residents of Lindfurt on street lighting and put them into the right queue.

You have the tool file_report. It files a report in the work order system of the public works department; use it once for
each defect. The place has to be a street with a number, a crossing or the number on the lamp.

Always call the tool; never answer in text.

Queues:
lamp - a light is out, flickers, burns by day
traffic_signal - anything with red, yellow, green
cable - open box, wire, humming
tree - a branch hides the light
other - what fits nowhere

Several defects in one message are several calls. A whole dark street is one defect.

Examples
"The lamp 2231 at the bakery flickers since weeks" -> lamp
"Little green man does not come at Mill/Station crossing" -> traffic_signal
"Box at the foot of the pole stands open, kids!!" -> cable
"you never do anything anyway" -> other
"""


def route(message: str) -> list[dict]:
    r = client.chat.completions.create(
        model="o1-pro",
        reasoning_effort="high",
        tools=TOOLS,
        tool_choice={"type": "function", "function": {"name": "file_report"}},
        max_completion_tokens=2000,
        messages=[{"role": "system", "content": SYSTEM}, {"role": "user", "content": message}],
    )
    return [json.loads(c.function.arguments) for c in r.choices[0].message.tool_calls]


def text_back(report_no: int, place: str) -> str:
    """Text message to the resident."""
    r = client.chat.completions.create(
        model="gpt-4.1-nano",
        max_tokens=60,
        messages=[
            {
                "role": "system",
                "content": "Write the SMS that confirms the report: thanks, number of the report, place, usually 5 working "
                "days. Use a Markdown heading with the number and bold for the place. 160 characters at most.",
            },
            {"role": "user", "content": f"{report_no}, {place}"},
        ],
    )
    return r.choices[0].message.content
