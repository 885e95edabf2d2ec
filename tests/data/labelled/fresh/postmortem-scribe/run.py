import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path

import anthropic
from jinja2 import Environment, FileSystemLoader

from sources import load_incident  # pagerduty + slack export

client = anthropic.Anthropic()
env = Environment(loader=FileSystemLoader("."))
SYSTEM = Path("system.md").read_text()


def report(incident_id: str) -> str:
    inc = load_incident(incident_id)
    user = env.get_template("user.j2").render(
        uuid4=uuid.uuid4,
        now=datetime.now(timezone.utc).isoformat(),
        notes=inc.notes,
        pager=inc.pager,
        deploys=inc.deploys,
        channel_messages=inc.chat,
    )
    msg = client.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=4000,
        temperature=0.2,
        system=SYSTEM,
        messages=[{"role": "user", "content": user}],
    )
    return msg.content[0].text


if __name__ == "__main__":
    for i in sys.argv[1:]:
        Path(f"{i}.md").write_text(report(i))
