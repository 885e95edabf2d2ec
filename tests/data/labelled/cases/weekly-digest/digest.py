"""Friday digest of the member magazine. Runs Thursday 22:00 on the whole archive of the week."""
import json
from datetime import datetime

from langchain_core.output_parsers import JsonOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI

from mag.cms import articles_of_week, letters_of_week

llm = ChatOpenAI(model="gpt-4.1", temperature=0.6)
tagger = ChatOpenAI(model="gpt-4.5-preview", temperature=0.0)

DIGEST = ChatPromptTemplate.from_messages(
    [
        (
            "system",
            "Today is {today}, run {run_id}.\n"
            "You put together the Friday digest of a magazine for allotment gardeners. It goes to 31,000 members by post, "
            "so what you write is set in type. Readers are mostly over sixty and know their plants better than we do. "
            "Never explain what compost is.\n\n"
            "From each article take the one thing that a reader could do this weekend. Articles without such a thing are "
            "told as news. Letters are answered only where two or more ask the same. Latin names are kept when the author "
            "gave them. Prices are left out, they differ from shop to shop. Quotes stay word for word, with the name of the "
            "association in brackets. Where two articles contradict each other, print both views, that's what our members "
            "talk about. Recipes are shortened to the ingredients and the page number. Nothing about the board's quarrel.\n\n"
            "Return JSON that fits this schema:\n"
            "{{\n"
            "    \"type\": \"object\",\n"
            "    \"properties\": {{\n"
            "        \"lead\": {{ \"type\": \"string\", \"description\": \"The lead\" }},\n"
            "        \"items\": {{\n"
            "            \"type\": \"array\",\n"
            "            \"items\": {{\n"
            "                \"type\": \"object\",\n"
            "                \"properties\": {{\n"
            "                    \"title\": {{ \"type\": \"string\", \"description\": \"The title\" }},\n"
            "                    \"body\": {{ \"type\": \"string\", \"description\": \"The body\" }}\n"
            "                }},\n"
            "                \"required\": [\"title\", \"body\"]\n"
            "            }}\n"
            "        }}\n"
            "    }},\n"
            "    \"required\": [\"lead\", \"items\"]\n"
            "}}\n"
            "Use Markdown in lead and body: bold for "
            "plants, bullet lists for steps, links as [text](url). See "
            "https://cms.allotment-mag.example/internal/wiki/spaces/RED/pages/88412093/House+style+2024?focusedCommentId=9913&atl_f=content-tree&src=search "
            "for the spelling.\n\n"
            "What our members wrote this week: {letters}",
        ),
        ("human", "Articles:\n{articles}"),
    ]
)

TAG = """Assign one tag to the article: vegetables, fruit, flowers, tools, law, club life. Answer with the tag.

"Beans after the last frost" vegetables
"Why leeks rot from the middle" vegetables
"Four old sorts of kale" vegetables
"Pruning a pear against a wall" fruit
"Currants from cuttings" fruit
"When plums drop in June" fruit
"Dahlias: dig up or leave" flowers
"A border that needs no water" flowers
"Sweet peas from seed" flowers
"Sharpen a spade in ten minutes" tools
"The fence and the neighbour: what the new ruling says" law

Article: {body}"""


def to_type(text: str) -> str:
    """The type setter takes plain text with \\n only."""
    return text.replace("\r", "")


def main():
    arts = articles_of_week()
    for a in arts:
        a.tag = tagger.invoke(TAG.replace("{body}", a.body)).content.strip()
    chain = DIGEST | llm | JsonOutputParser()
    d = chain.invoke(
        {
            "today": datetime.now().strftime("%A %d %B %Y %H:%M:%S"),
            "run_id": datetime.now().timestamp(),
            "letters": "\n".join(x.text for x in letters_of_week()),
            "articles": "\n\n".join(a.body for a in arts),
        }
    )
    with open("digest.tag", "w") as f:
        f.write(to_type(d["lead"]) + "\n")
        for it in d["items"]:
            f.write(f"@T {it['title']}\n{to_type(it['body'])}\n")


if __name__ == "__main__":
    main()
