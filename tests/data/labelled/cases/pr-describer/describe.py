import json
import subprocess

from langchain_core.messages import HumanMessage, SystemMessage
from langchain_anthropic import ChatAnthropic

llm = ChatAnthropic(model="claude-sonnet-4-5", max_tokens=8000)

SYSTEM = """About the author, in their own words: {bio}

You write the description of a pull request from its diff.

The description has a title and a body. The title is at most 60 characters, in the imperative, no full stop. It names
the behaviour that changes and not the file. "Fix bug", "Update code" and the like are refused by the server.

The body says why, then what, then how it was tested. Take the why from the messages of the commits; if they don't give
one, leave the paragraph out. Don't make one up. Names of functions go in backticks. Mention a file only when the reviewer should start
there.

## Screenshots

## Risk

Add one line "Risk: low|medium|high" at the end. High: migrations, authentication, money. Medium: anything with a flag
that defaults to on. Low: the rest.

## Format

Give an object of the following shape and then go on in free prose with whatever a reviewer should know; the shape and
the prose together are the description.

{{
  "type": "object",
  "title": "PullRequest",
  "description": "A description of a pull request",
  "properties": {{
    "title": {{"type": "string", "title": "Title", "description": "The title"}},
    "body": {{"type": "string", "title": "Body", "description": "The body"}},
    "risk": {{"type": "string", "title": "Risk", "description": "The risk", "enum": ["low", "medium", "high"]}}
  }},
  "required": ["title", "body", "risk"],
  "additionalProperties": false
}}

Use level-2 headings, tables and fenced blocks generously so the answer looks good on the page.

## Examples

Commits: "retry the upload on 503" / "test"
{{"title": "Retry uploads when the storage answers 503", "body": "The storage sheds load with 503 during compaction, and uploads failed for good. `put` now tries three times with a growing pause. Tested against the fake storage.", "risk": "low"}}

Commits: "wip" / "move tokens to db" / "migration"
{{"title": "Keep the refresh tokens of all the sessions in the database instead of memory.", "body": "Tokens survive a restart. Adds the table `refresh_token`. Start with `auth/store.py`. Tested by hand.", "risk": "high"}}

Commits: "typo"
{{"title": "Correct a typo in the upload error", "body": "Text only, no
"""

FOLLOW_UP = "The title has {n} characters. Shorten it to 60 and leave the rest as it is."


def describe(base: str, bio: str) -> dict:
    diff = subprocess.run(["git", "diff", base], capture_output=True, text=True).stdout
    log = subprocess.run(["git", "log", "--format=%s", f"{base}.."], capture_output=True, text=True).stdout
    messages = [
        SystemMessage(SYSTEM.format(bio=bio)),
        HumanMessage(f"<commits>\n{log}\n</commits>\n<diff>\n{diff}\n</diff>"),
    ]
    reply = llm.invoke(messages)
    data = json.loads(reply.content)
    for _ in range(2):
        if len(data["title"]) <= 60:
            break
        messages += [reply, HumanMessage(FOLLOW_UP)]
        reply = llm.invoke(messages)
        data = json.loads(reply.content)
    return data
