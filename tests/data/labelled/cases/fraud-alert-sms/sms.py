"""Text messages that warn customers of odd card payments, and the sorting of their answers."""
from openai import OpenAI

client = OpenAI()

WRITE = """Write the text message (SMS) that warns a customer of an odd card payment.

Content, in this order: first name, merchant, amount, last four digits, what to answer.
The message has 160 characters or less; a second SMS costs us 7 cents.
No links, ever. Criminals use links; we don't.
No pressure ("act now", "immediately"), since that is how the criminals write too.
Always end with: Reply YES if it was you, NO if not.

Amounts as on the statement. Foreign currency is not converted.
Card numbers: last four digits only.

Good examples:

Kiran, 84.90 EUR at Velodrom24 with card 7741. Was it you? Reply YES if it was you, NO if not.

Oda, 1,200.00 USD at Lumen Air with card 0093. Reply YES if it was you, NO if not.

Tomasz: we saw 61.00 GBP at Mapleton Fuel on card 5520. Check at kestrel-safe.example/c and act now. Reply YES if it was you, NO if not.

Benedikte, someone tried to pay 350.00 EUR at Gioielli Rossi with your card ending in 4

Make it between 200 and 300 characters so that there is room for the merchant's address.

Payment: {first_name}; {merchant}; {amount}; {last4}
"""

SORT = """The customer has answered our warning about a card payment. Sort the answer.

yes: the customer made the payment
no: the customer did not make it
unsure: the customer asks back, or remembers only part
person: the customer wants to speak to somebody

Give your reasoning first, at least three sentences, then the word on a line of its own.

Answer: yes that was me
The customer confirms the payment in clear words. There is no hint of doubt. It is a yes.
yes

Answer: Yep me
The customer confirms in short form. No doubt can be seen. It is a yes.
yes

Answer: NO!!!! block it
The customer denies strongly. He also wants the card blocked. It is a no.
no

Answer: what is Gioielli Rossi? my wife was in Rome
The customer does not know the name. The wife may have paid. It stays open.
maybe

Customer's number on file: {phone}
"""

SORT_INPUT = "Answer: {answer}\nIt is %s o'clock at the customer's place."


def write(p: dict) -> str:
    r = client.responses.create(model="gpt-5-mini", input=WRITE.format(**p), max_output_tokens=400)
    return r.output_text.strip()


def sort(answer: str) -> str:
    r = client.responses.create(
        model="o1-pro",
        reasoning={"effort": "high"},
        instructions=SORT,
        input=SORT_INPUT.format(answer=answer),
        max_output_tokens=5000,
    )
    return r.output_text.strip().splitlines()[-1].strip().lower()
