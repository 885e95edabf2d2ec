from openai import OpenAI

from prompts import PUSH, TEASER, WEB_HEADLINE

client = OpenAI()


def ask(prompt: str, model: str = "gpt-5", limit: int | None = None) -> str:
    r = client.responses.create(
        model=model,
        input=prompt,
        max_output_tokens=limit,
        reasoning={"effort": "high"},
    )
    return r.output_text.strip()


def headline(article: str) -> str:
    h = ask(WEB_HEADLINE.format(article=article))
    while len(h) > 70:
        h = ask(WEB_HEADLINE.format(article=article) + f"\nYour last headline had {len(h)} characters. Shorter.")
    return h


def push(article: str) -> str | None:
    p = ask(PUSH.format(article=article), model="gpt-5-mini", limit=2000)
    return None if p == "SKIP" else p


def teasers(articles: list[str]) -> list[str]:
    return [ask(TEASER.format(article=a), model="gpt-5-nano", limit=1500) for a in articles]


def is_obituary(title: str) -> bool:
    return ask(f"Is this the title of an obituary? Answer yes or no.\nTitle: {title}") == "yes"
