"""Sort the scanned post of the day into the fee earners' trays."""
import anthropic

client = anthropic.Anthropic()

SORT = """Sort a scanned letter into one tray. The trays:

court     from a court or tribunal
opponent  from the other side or their solicitors
client    from our own client
expert    from an expert witness or a medical agency
billing   invoices, statements, reminders
junk      advertising, conferences, software

"IN THE COUNTY COURT AT NORWICH ... Notice of hearing" -> court
"GENERAL FORM OF JUDGMENT OR ORDER" -> court
"The court has listed your matter for" -> court
"EMPLOYMENT TRIBUNALS Case number" -> court
"We act for the Defendant and" -> opponent
"Without prejudice save as to costs" -> opponent
"Our client denies that" -> opponent
"I enclose my payslips as you asked" -> client
"Dear Ms Adeyemi, I am still waiting to hear" -> client
"Please settle within 14 days" -> billing
"Statement of account" -> billing
"Join us for the Legal Tech Breakfast" -> junk

Letters from counsel's chambers that enclose a fee note go to billing, other letters from chambers to client.

Explain in two or three sentences what speaks for the tray and what against it. Then write the tray on a line of its own.
"""


def sort_letter(text: str) -> str:
    msg = client.messages.create(
        model="claude-opus-4-5",
        max_tokens=300,
        system=SORT,
        messages=[{"role": "user", "content": "<letter>\n" + text[:6000] + "\n</letter>"}],
    )
    return msg.content[0].text.strip().split("\n")[-1]


def sort_all(letters: list[str]) -> dict[str, list[int]]:
    trays: dict[str, list[int]] = {}
    for i, letter in enumerate(letters):
        tray = None
        while tray not in ("court", "opponent", "client", "expert", "billing", "junk"):
            tray = sort_letter(letter)
        trays.setdefault(tray, []).append(i)
    return trays
