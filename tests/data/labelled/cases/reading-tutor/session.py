from pathlib import Path

import anthropic

client = anthropic.Anthropic()
PROMPT = Path(__file__).with_name("tutor.md").read_text()

TOOLS = [
    {
        "name": "flag_adult",
        "description": "Tells the teacher that a grown-up should talk to the child.",
        "input_schema": {"type": "object", "properties": {"why": {"type": "string"}}, "required": ["why"]},
    },
    {
        "name": "notify_teacher",
        "description": "Tells the teacher that an adult should talk with the child.",
        "input_schema": {"type": "object", "properties": {"why": {"type": "string"}}, "required": ["why"]},
    },
    {
        "name": "hard_word",
        "description": "Adds a word to the child's list for practice.",
        "input_schema": {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]},
    },
]


class Session:
    """One book, one child. A book has 12 to 300 pages."""

    def __init__(self):
        self.messages = []

    def page(self, page: str, transcript: str):
        self.messages.append(
            {"role": "user", "content": f"<page>{page}</page>\n<transcript>{transcript}</transcript>"}
        )
        r = client.messages.create(
            model="claude-haiku-4-5",
            max_tokens=120,
            system=PROMPT,
            tools=TOOLS,
            messages=self.messages,
        )
        self.messages.append({"role": "assistant", "content": r.content})
        return r
