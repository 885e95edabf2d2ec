"""Decides which search index a developer question goes to."""
import json
import logging

from openai import OpenAI

log = logging.getLogger(__name__)
client = OpenAI()

INDEXES = ["code", "docs", "tickets", "runbooks", "people"]

ROUTER_PROMPT = """You route questions from engineers to one of our search indexes.

Indexes:
- code: source files, config, build scripts of the monorepo
- docs: design documents, API reference, onboarding pages
- tickets: bug reports, feature requests, their comments
- runbooks: what to do when an alert fires
- people: who owns what, who is on call, who wrote a thing

Choose exactly one index. If a question could go to two, prefer the one that answers it directly over the one that
only points somewhere. Questions that quote an alert name go to runbooks even when they also quote a file name.

First write down in two or three sentences what the person is after and which indexes you considered, then give the
index.

Question: where is the retry budget of the payments client set?
{"thinking": "They want a place in the source. docs may describe the budget, but only the config holds the value.", "index": "code"}

Question: has anybody else seen the flaky upload test on arm runners
{"thinking": "A known problem that others would have filed. Not a firing alert.", "index": "tickets"}

Question: DiskPressureHigh on ingest-7, what now
{"thinking": "This is an alert name, so the runbook comes first.", "index": "runbooks"}

Question: how do we version public endpoints?
{"thinking": "A convention. It is written down in the API guidelines.", "index": "docs"}

An answer that names more than one of them can not be used, so settle for a single one every time.
"""


def route(question: str) -> str:
    reply = client.chat.completions.create(
        model="gpt-5-pro",
        reasoning_effort="high",
        response_format={"type": "json_object"},
        messages=[
            {"role": "system", "content": ROUTER_PROMPT},
            {"role": "user", "content": f"Question: {question[:2000]}\nAnswer in JSON."},
        ],
    )
    index = json.loads(reply.choices[0].message.content).get("index")
    if index not in INDEXES:
        log.warning("router said %r, falling back to docs", index)
        return "docs"
    return index


NEEDS_SEARCH = open("needs_search.txt").read()


def needs_search(message: str) -> bool:
    reply = client.responses.create(
        model="gpt-5-nano",
        reasoning={"effort": "minimal"},
        max_output_tokens=16,
        input=NEEDS_SEARCH.format(message=message[:1000]),
    )
    return "chat" not in reply.output_text
