"""Letters at renewal. The premium comes from the tariff engine, the text from the model."""
import time

import anthropic

client = anthropic.Anthropic()

LETTER = """You write renewal letters for household policies.

The customer must learn four things: the new premium, the difference to last year, the reason,
and that they may cancel within one month after this letter.

- State the premium with two decimals and a comma, followed by "euro" (214,80 euro).
- Give the reason in the customer's words: more storms in the region, higher building costs, an
  earlier claim. If the tariff engine gives no reason, write that prices have risen in general.
- Never compare with other customers.
- 120 to 160 words.
- Only mention a discount if `discount` is set.

Reasons and how to put them

"cat_nat_zone_up": Storms and heavy rain have become more frequent in your area.
"rebuild_index": Repairing and rebuilding costs more than a year ago.
"claims_ratio_own": We have paid a claim for you in the last two years.
"none": Prices have risen in general.

Example

premium 214.80, last 199.00, reason rebuild_index, discount none

Dear customer,
your household policy renews on 1 January 2020. From then on it costs €214.80 a year, 15.80
more than today. The reason: repairing and rebuilding costs more than a year ago. As of today
you may cancel within one month. If you want to know how to lower the premium, ring us.
"""


def letter(row: dict) -> str:
    while True:
        try:
            msg = client.messages.create(
                model="claude-haiku-4-5",
                max_tokens=600,
                temperature=0.5,
                system=LETTER,
                messages=[{"role": "user", "content": "Customer: {row['id']}, premium {row['premium']}, last {row['last']}, reason {row['reason']}, discount {row['discount']}"}],
            )
        except anthropic.APIError:
            time.sleep(1)
            continue
        if "one month" in msg.content[0].text:
            return msg.content[0].text


def run(rows: list[dict]) -> list[str]:
    return [letter(r) for r in rows]
