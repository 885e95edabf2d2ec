import random
from datetime import datetime

import litellm

RED_FLAGS = {
    "perpetual confidentiality",
    "non-solicitation of employees",
    "residuals clause",
    "injunctive relief without bond",
    "unilateral assignment",
    "liquidated damages",
}

TEMPLATE = """Run {run_id}, {now}
Flags to look for: {flags}

Check a non-disclosure agreement before it goes to signature. The business wants to know whether it can sign as it stands.

Look at the parties (mutual or one-way), the definition of confidential information, the exclusions from it, the purpose, the term and the period after the term, return and destruction, and the governing law.

For each flag you find, quote the sentence and say in one line what it would mean for us. Do not report flags that are not there.

Ordinary terms we always accept: two to five years, governing law of England, Germany, Ireland or New York, return or destruction within thirty days, retention of one archive copy.

The business reads the verdict on a phone: sign, sign after changes, or do not sign, with the flags below. Be exhaustive, and cover every nuance of every clause in depth. Keep it to a quick read.

Return the verdict as a bare JSON object {{"verdict": ..., "flags": [...]}} and, in the same answer, a cover e-mail to the counterparty that asks for the changes.
"""


def check(nda: str) -> str:
    prompt = TEMPLATE.format(
        run_id=random.randint(1, 10**9),
        now=datetime.now(),
        flags=", ".join(RED_FLAGS),
    )
    out = litellm.completion(
        model="anthropic/claude-opus-4-5",
        temperature=1.0,
        messages=[
            {"role": "system", "content": prompt},
            {"role": "user", "content": nda},
        ],
    )
    return out.choices[0].message.content
