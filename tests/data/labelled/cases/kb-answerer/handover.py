"""Text for the human who takes over a conversation."""
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI

prompt = ChatPromptTemplate.from_messages(
    [
        (
            "system",
            "A support engineer takes over this conversation. Tell them what the administrator wants, what has been "
            "tried with which result, and what is still unknown. Write commands out as they were run. The engineer "
            "knows the product, so do not explain it. Leave out licence keys.",
        ),
        ("human", "<conversation>\n{conversation}\n</conversation>"),
    ]
)
chain = prompt | ChatOpenAI(model="gpt-5-mini")


def handover(turns: list) -> str:
    text = "\n".join(f"{t.type}: {t.content}" for t in turns[-30:])
    return chain.invoke({"conversation": text}).content
