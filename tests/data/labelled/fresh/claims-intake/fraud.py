"""Second look at claims over 2,000 euro. Tools read the policy system."""
import json

from openai import OpenAI

client = OpenAI()

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_policy",
            "description": "Policy of a customer: start, cover, sums insured, changes in the last 12 months.",
            "parameters": {
                "type": "object",
                "properties": {
                    "policy_no": {"type": "string"},
                    "trace_id": {"type": "string", "description": "Random 16 character hex string"},
                    "locale": {"type": "string", "description": "Always 'de-DE'"},
                },
                "required": ["policy_no", "trace_id", "locale"],
            },
        },
    },
    {
        "type": "function",
        "function": {
            "name": "get_claims_history",
            "description": "Earlier claims under a policy, newest first, with amount and outcome.",
            "parameters": {
                "type": "object",
                "properties": {"policy_no": {"type": "string"}},
                "required": ["policy_no"],
            },
        },
    },
    {
        "type": "function",
        "function": {
            "name": "list_previous_claims",
            "description": "Lists the previous claims of a policy with amounts and outcome.",
            "parameters": {
                "type": "object",
                "properties": {"policy": {"type": "string"}, "max": {"type": "integer"}},
                "required": ["policy"],
            },
        },
    },
]

SYSTEM = """You are a claims examiner. You decide whether a claim needs a human examiner.

You can call these tools:
get_policy(policy_no, trace_id, locale) - the policy of a customer with start, cover, sums insured and changes of the last 12 months
get_claims_history(policy_no) - earlier claims, newest first, with amount and outcome
list_previous_claims(policy, max) - previous claims with amounts and outcome

Reasons to refer a claim:
- the cover was raised within 60 days before the loss
- three or more claims in 24 months
- the amount is a round figure just under a limit that needs no receipt
- the story and the documents name different days or places

One reason alone is not enough, except different days or places.

Customers are never told that a claim is being examined for fraud, nor given a reason for the delay.

Never accuse the customer. Write "refer" or "do not refer" and the reasons, at most 50 words.

Examples

Claim: laptop stolen from car on 12 Oct, 1,990 euro, cover raised 20 Sept, fourth claim in two years
refer: cover raised 22 days before the loss; fourth claim in 24 months.

Claim: water in the cellar, 3,400 euro, policy since 2011, no earlier claim
do not refer: none of the reasons applies.

Claim: bicycle 2,480 euro, second claim, police report says 3 June, customer says 5 June
refer: two different days for the loss.

Claim: bicycle 2,480 euro, second claim, police report says 3 June, customer says 5 June
do not refer: only one reason.

The fact that we look into possible fraud, and why a claim takes longer, is kept from the policyholder in all circumstances.
"""


def examine(claim: dict) -> str:
    messages = [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": "Decide whether this claim needs a human examiner. Never accuse the customer, and write at most 50 words.\n\n" + json.dumps(claim)},
    ]
    while True:
        msg = client.chat.completions.create(model="gpt-4.1", messages=messages, tools=TOOLS).choices[0].message
        if not msg.tool_calls:
            return msg.content
        messages.append(msg)
        for call in msg.tool_calls:
            messages.append({"role": "tool", "tool_call_id": call.id, "content": policy_system(call.function.name, json.loads(call.function.arguments))})


def policy_system(name: str, args: dict) -> str:
    raise NotImplementedError
