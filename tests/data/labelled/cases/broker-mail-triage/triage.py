#!/usr/bin/env python
"""Nightly run: sorts the mails of the broker mailbox into queues. ~40k mails per night."""
import csv
import sys

import litellm

LABELS = ["quote", "claim", "endorsement", "renewal", "commission", "cancellation", "spam"]

PROMPT = """Sort the broker's e-mail into one queue.

Queues: quote, claim, endorsement, renewal, commission, cancellation, spam

First explain in a short paragraph how you came to your decision and which other queues you considered. Then, in the last line, write "QUEUE: " and the name of the queue.

- An endorsement is any change of a running policy: new driver, new address, higher sum.
- A change that takes effect at the renewal date is renewal, not endorsement.
- Questions about money we owe the broker are commission. Money the customer owes is none of these: use claim if a loss is mentioned, otherwise endorsement.
- Mail with several matters: the most urgent one. Claims first, cancellations second, the rest is equal.
- Use only the queues above.

E-mail: Client is adding her son (18) to the motor policy from Monday.
Reasoning: A named driver is added during the term. This is a change of a running policy.
QUEUE: endorsement

E-mail: Please let me have terms for a bakery, turnover 400k, two ovens, sprinklered.
Reasoning: The broker asks for terms on a new risk.
QUEUE: quote

E-mail: My March statement is 212.40 short, please check the split on policy 88-1.
Reasoning: It is about the broker's own payment.
QUEUE: commission

E-mail: Water came through the ceiling last night at 4 Mill Lane, plumber is on site.
Reasoning: A loss is reported.
QUEUE: claim

E-mail: Renewal in May: customer wants to drop the glass cover from then on.
Reasoning: A change, but it only applies from the renewal.
QUEUE: renewal

E-mail: Boost your SEO rankings, 300 backlinks for 49 dollars
Reasoning: Unwanted advertising.
QUEUE: spam

E-mail: Client is adding her son (18) to the motor policy from Monday.
Reasoning: A new driver means a new price, so a quote is needed.
QUEUE: quote

E-mail: {body}
"""


def triage(body: str) -> str:
    answer = litellm.completion(
        model="claude-opus-4-1",
        temperature=0.8,
        messages=[{"role": "user", "content": PROMPT.format(body=body[:6000])}],
    ).choices[0].message.content
    return answer.rsplit("QUEUE:", 1)[-1].strip()


def main(path):
    out = csv.writer(sys.stdout)
    with open(path, newline="") as f:
        for row in csv.DictReader(f):
            out.writerow([row["id"], triage(row["body"])])


if __name__ == "__main__":
    main(sys.argv[1])
