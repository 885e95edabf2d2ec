from pathlib import Path

import anthropic

client = anthropic.Anthropic()
PROMPT = Path(__file__).with_name("runbook.md").read_text()


def respond(alert: str, shell_output: str) -> str:
    response = client.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=4096,
        system=PROMPT,
        messages=[
            {
                "role": "user",
                "content": f"<alert>{alert}</alert>\n<output>\n{shell_output[-6000:]}\n</output>\n"
                "Describe everything that you see in as much detail as possible.",
            }
        ],
    )
    return response.content[0].text
