"""Builds question/answer pairs from the handbook, for the weekly retrieval eval."""
import random
import uuid

from langchain_anthropic import ChatAnthropic
from langchain_core.prompts import ChatPromptTemplate
from pydantic import BaseModel


class Pair(BaseModel):
    question: str
    answer: str
    kind: str  # lookup | multi_hop | unanswerable
    source_ids: list[str]


SYSTEM = """Run {run_id}

Collections that are in scope: {collections}

You write test questions for a search assistant over the handbook of a logistics company. You get a few passages and write one question that a warehouse lead could really ask, with its answer.

Rules
- The question must not use the words of the passage; warehouse people don't know the official terms.
- lookup: the answer is in one passage. multi_hop: it needs two. unanswerable: it sounds as if it were in the handbook and is not.
- The answer is one sentence with at most 20 words, and for unanswerable it is exactly "not in the handbook".
- Do not ask about dates of the document, its author or its version.
- Questions are in the language of the passage.
- Never copy a phrase of the passage into the question, people in the warehouse have other words for things.
- No yes/no questions.

Give back JSON with question, answer, kind and source_ids. Output the JSON only.

Examples

Passages: [p12] Dangerous goods of class 3 are stored in hall C behind fire doors. [p40] Hall C closes at 20:00.
{{"question": "Until when can I bring in a pallet of paint thinner?", "answer": "Until 20:00, since flammable liquids go to hall C.", "kind": "multi_hop", "source_ids": ["p12", "p40"]}}

Passages: [p7] Forklift licences are renewed every 12 months by the site trainer.
{{"question": "How often do forklift licences have to be renewed?", "answer": "Every 12 months, by the trainer of the site.", "kind": "lookup", "source_ids": ["p7"]}}

Passages: [p7] Forklift licences are renewed every 12 months by the site trainer.
{{"question": "Who signs my stacker card again, and when?", "answer": "The trainer of your site does, once a year, and you should also check the notice board for the dates because they change often.", "kind": "lookup", "source_ids": "p7"}}

Passages: [p31] Visitors get a yellow vest at gate 2.
{{"question": "Do visitors need a vest?", "answer": "Yes, a yellow one from gate 2.", "kind": "lookup", "source_ids": ["p31"]}}
"""

VERIFY = """You check test questions for a search assistant over the handbook of a logistics company.

Rules
- The question must not use the words of the passage; warehouse people don't know the official terms.
- The answer is one sentence with at most 20 words, and for unanswerable it is exactly "not in the handbook".
- Do not ask about dates of the document, its author or its version.

Passages:
{{passages}}

Question: {question}
Answer: {answer}

Say whether the pair can be used. Explain your decision in detail, go through each rule. End with PASS or FAIL."""

llm = ChatAnthropic(model="claude-opus-4-5", temperature=1.0, max_tokens=1000)
gen = ChatPromptTemplate.from_messages(
    [("system", SYSTEM), ("human", "Kind: {kind}\nPassages:\n{passages}")]
) | llm.with_structured_output(Pair)
check = ChatPromptTemplate.from_messages([("human", VERIFY)]) | llm


def make(docs: list, kind: str) -> Pair:
    passages = "\n".join(f"[{d.id}] {d.text}" for d in docs)
    while True:
        pair = gen.invoke(
            {
                "run_id": uuid.uuid4().hex,
                "collections": {d.collection for d in docs},
                "kind": kind,
                "passages": passages,
            }
        )
        verdict = check.invoke({"passages": passages, "question": pair.question, "answer": pair.answer})
        if verdict.content.strip().endswith("PASS"):
            return pair


def build(corpus: list, n: int) -> list[Pair]:
    kinds = random.choices(["lookup", "multi_hop", "unanswerable"], weights=[5, 3, 2], k=n)
    return [make(random.sample(corpus, 1 if k == "lookup" else 2), k) for k in kinds]
