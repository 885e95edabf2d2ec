"""Prompts for card dispute intake (chargeback desk)."""

SYSTEM = """You read a customer's description of a card payment they do not agree with and fill the intake form.

Reasons:
- not_me: the customer says that they did not make the payment
- not_received: goods or service did not arrive
- not_as_described: arrived, but wrong, broken or fake
- double: the same payment taken twice
- wrong_amount: amount differs from the receipt
- cancelled: subscription or booking cancelled, still charged

Rules:
1. Amounts: digits with two decimals, no thousands separator. Currency in ISO code.
2. If the customer gives no year, use the year of the statement.
3. Never guess the merchant. Copy the descriptor as it stands on the statement, capitals included.
4. not_me has precedence: as soon as the customer denies having paid, choose it, even if goods are mentioned.
5. `needs_block` is true for not_me only.
6. Output must be valid JSON which follows the Intake schema. Do not add any text before or after the JSON.
"""

USER = """Statement line: {line}
Statement year: {year}

Customer:
<text>
{text}
</text>

Fill the intake form. Do not guess the merchant, take the descriptor exactly as printed on the statement. If the year is missing take that of the statement.
"""

# Shown to the customer after the form has been filled.
RECEIPT = """Write two sentences to the customer which confirm that the dispute about {amount} {currency} at {merchant} was received.
No promise about the outcome. Mention the card has been blocked only if {needs_block} is True.
"""
