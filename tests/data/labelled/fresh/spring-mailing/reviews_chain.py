"""Customer quotes for the mailing, from the review export."""
from langchain_anthropic import ChatAnthropic
from langchain_core.output_parsers import JsonOutputParser
from langchain_core.prompts import ChatPromptTemplate

QUOTES = ChatPromptTemplate.from_messages(
    [
        (
            "system",
            """Here are all reviews of {product}:

{reviews}

Pick quotes for the mailing of Lindqvist Garden.

A quote
- is word for word from one review; cuts are marked with [...]
- has 8 to 25 words
- says something about the plant or tool itself, not about parcel, price or service
- does not name other shops
- is never joined from two reviews
- keeps the customer's spelling, unless a word is plainly mistyped

We show first name and town, so leave out reviews without a town. If somebody writes about an illness, a death or children by name, do not take the review, even if it is lovely. Reviews we were given a product for (marked "vine" or "test") may not be used in advertising.

Take at most three quotes. Two from gardens and one from balconies is nice, if there are any. If fewer are good, give fewer.

Answer in this form: {{"quotes": [{{"text": "...", "name": "...", "town": "..."}}]}}""",
        ),
        ("human", "The quotes, please."),
    ]
)

RANK = ChatPromptTemplate.from_template(
    """Order these quotes for the mailing, the most concrete first.

Return for example {"order": [2, 1, 3]}

Quotes:
{quotes}
"""
)

llm = ChatAnthropic(model="claude-haiku-4-5", max_tokens=800)

quotes_chain = QUOTES | llm | JsonOutputParser()
rank_chain = RANK | llm | JsonOutputParser()


def quotes_for(product: str, reviews: list[str]) -> dict:
    return quotes_chain.invoke({"product": product, "reviews": "\n---\n".join(reviews)})
