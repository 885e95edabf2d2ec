from langchain_core.output_parsers import JsonOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI

from crew import run_crew

PRODUCT = "Boardwalk"

# {product} is filled in by the crew inputs
SOCIAL_SYSTEM = """You write the social posts for {PRODUCT}. Three posts: LinkedIn, Mastodon and our in-app banner.

The banner has 90 characters at most. LinkedIn may have up to 700, Mastodon 500. British spelling. No hashtags on LinkedIn.

The person in charge of this release left this note: {note}

Breaking changes are announced on the banner first. No exclamation marks anywhere, no emoji in the banner.

Return a JSON object with the keys linkedin, mastodon and banner. Do not wrap it in a code fence."""

SOCIAL_EXAMPLE_NOTES = """## New
- Invite guests to a single board, without a seat on your plan."""

SOCIAL_EXAMPLE = """{{"linkedin": "Boardwalk 7.3 lets you invite guests to a single board. They need no seat on your plan and see nothing else of your workspace.", "mastodon": "Boardwalk 7.3: guests on single boards, no seat needed. Notes: https://boardwalk.example/7-3", "banner": "New! Guests are here! Invite customers and freelancers to a single board without paying for a seat 🎉"}}"""

prompt = ChatPromptTemplate.from_messages(
    [
        ("system", SOCIAL_SYSTEM),
        ("human", "Release notes:\n" + SOCIAL_EXAMPLE_NOTES),
        ("ai", SOCIAL_EXAMPLE),
        ("human", "Release notes:\n{notes}"),
    ]
)
llm = ChatOpenAI(model="gpt-4.1", temperature=0.7, max_tokens=700)
chain = prompt | llm | JsonOutputParser()


def posts(from_tag: str, to_tag: str, prs: list[dict], note: str) -> dict:
    notes = run_crew(product=PRODUCT, from_tag=from_tag, to_tag=to_tag, pull_requests=prs)
    return chain.invoke({"PRODUCT": PRODUCT, "note": note, "notes": notes})
