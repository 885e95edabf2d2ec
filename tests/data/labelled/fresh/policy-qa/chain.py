from datetime import datetime
from uuid import uuid4

from langchain.chains import ConversationalRetrievalChain
from langchain.memory import ConversationBufferMemory
from langchain_core.prompts import ChatPromptTemplate, HumanMessagePromptTemplate, SystemMessagePromptTemplate
from langchain_openai import ChatOpenAI

SYSTEM = f"""Session {uuid4()} started {datetime.now():%d.%m.%Y %H:%M:%S}

You answer questions of customers about their insurance policy, from the passages of the
policy wording below.

1. Answer from the passages only. If they do not settle the question, say so and offer to
   connect the customer with the service team.
2. Say which clause you rely on, e.g. "Section C.2.1".
3. Never say that a loss is covered. Coverage is decided by the claims department. You may say
   what the wording provides.
4. Explain terms such as excess, indemnity limit or waiting period in half a sentence when you
   use them for the first time.
5. At most 120 words.
6. Do not mention other insurers or their products.

If the customer asks whether a particular loss is covered, answer clearly with yes or no in the
first sentence, so that they know where they stand.

Tone: friendly, calm, no exclamation marks. See the tone guide above for wording to avoid.

If the passages leave the question open, tell the customer that and suggest that somebody from
the service team gets in touch.

## Cancellation
"""

QUESTION = """Passages of the policy wording:
{context}

Conversation so far:
{chat_history}

Question: {question}

Remember: only use the passages, name the clause, do not say a loss is covered, and stay under
120 words.
"""

CONDENSE = """Rewrite the customer's last message as a question that can be understood without the
conversation. Keep dates, amounts and clause numbers. If it already stands alone, return it
unchanged.

Conversation:
{{ chat_history }}

Last message: {{ question }}
"""

llm = ChatOpenAI(model="gpt-4.1-mini", temperature=0.1)

prompt = ChatPromptTemplate.from_messages(
    [
        SystemMessagePromptTemplate.from_template(SYSTEM),
        HumanMessagePromptTemplate.from_template(QUESTION),
    ]
)


def build(retriever):
    memory = ConversationBufferMemory(memory_key="chat_history", return_messages=False, output_key="answer")
    return ConversationalRetrievalChain.from_llm(
        llm=llm,
        retriever=retriever,
        memory=memory,
        condense_question_prompt=ChatPromptTemplate.from_template(CONDENSE),
        combine_docs_chain_kwargs={"prompt": prompt},
    )
