import random
from pathlib import Path

from openai import OpenAI
from pydantic import BaseModel, Field

client = OpenAI()
RUBRIC = Path("rubric.md").read_text()


class Scores(BaseModel):
    correctness: int = Field(ge=1, le=5)
    completeness: int = Field(ge=1, le=5)
    clarity: int = Field(ge=1, le=5)


POINTWISE = """You grade answers of a product-support bot against a reference.

{rubric}

Question: What is the retention of audit logs on the Team plan?
Reference: 90 days. It can't be extended on Team.
Answer: Audit logs are kept for 90 days. If you need more, Enterprise offers up to 7 years.
Scores: {{"correctness": 4, "completeness": 3, "clarity": 5}}

Question: Does the EU region support customer-managed keys?
Reference: Yes, since release 8.2, through AWS KMS only.
Answer: Yes, with AWS KMS or Azure Key Vault.
Scores: {{"correctness": 2.5, "completeness": 4, "clarity": 5}}

Question: How many webhooks can a workspace have?
Reference: 50, soft limit, support raises it to 200.
Answer: You can have up to 500 webhooks. Support can raise the limit further.
Scores: {{"correctness": 4, "completeness": 4, "clarity": 5}}

Now grade:

Question: {question}
Reference: {reference}
Answer: {answer}
Scores:"""

PAIRWISE = """Two support bots answered the same question. Decide which answer a customer is better served by.

Rules
- Correctness comes first; an answer with a wrong number loses against one without.
- Ignore length, greeting and formatting.
- The order is random and means nothing.
- If both are equally right and complete, say tie. Do not hunt for a difference.

<question>
{question}
</question>
<reference>
{reference}
</reference>
<first>
{first}
</first>
<second>
{second}
</second>

Reply with first, second or tie."""

# judge of the judge: the team lead reads 30 of these a week
RATIONALE = """Explain in two or three sentences, for a colleague who has not seen the case, why the answer below got these scores. Name the claim that cost points and quote it.

Grade the text, not the style of the author. Length is neither good nor bad. The reference may be shorter than a good answer. Extra claims that are true and on topic cost nothing; extra claims you can't check cost one point of Correctness.

Question: {question}
Reference: {reference}
Answer: {answer}
Scores: {scores}"""


def pointwise(question: str, reference: str, answer: str) -> Scores:
    r = client.responses.parse(
        model="gpt-5-mini",
        input=POINTWISE.format(rubric=RUBRIC, question=question, reference=reference, answer=answer),
        text_format=Scores,
        max_output_tokens=2000,
    )
    return r.output_parsed


def pairwise(question: str, reference: str, a: str, b: str) -> str:
    swap = random.random() < 0.5
    first, second = (b, a) if swap else (a, b)
    r = client.responses.create(
        model="gpt-5-mini",
        input=PAIRWISE.format(question=question, reference=reference, first=first, second=second),
        max_output_tokens=600,
    )
    pick = r.output_text.strip().lower()
    if pick == "tie" or pick not in ("first", "second"):
        return "tie"
    return {"first": "b" if swap else "a", "second": "a" if swap else "b"}[pick]


def rationale(question: str, reference: str, answer: str, scores: Scores) -> str:
    r = client.responses.create(
        model="gpt-5-mini",
        input=RATIONALE.format(question=question, reference=reference, answer=answer, scores=scores.model_dump_json()),
        max_output_tokens=800,
    )
    return r.output_text


def run(cases: list[dict]) -> list[Scores]:
    return [pointwise(c["question"], c["reference"], c["answer"]) for c in cases]
