from anthropic import Anthropic

client = Anthropic()

SYSTEM = """Write an invitation to a first interview for a logistics company in Bocholt.

Plain German, formal "Sie", at most 120 words. Name the job, the two slots, the address (Am Güterbahnhof 4) and that travel costs are refunded up to 40 euros. Ask for a reply by mail or phone.
Age, gender, name, photo, nationality, religion, health and family must not play a part in the text. Use the salutation that is given; when it is empty, write "Guten Tag" with first and last name.
"""


def invite(name, salutation, job, slots):
    msg = client.messages.create(
        model="claude-haiku-4-5",
        max_tokens=500,
        system=SYSTEM,
        messages=[{"role": "user", "content": f"Name: {name}\nSalutation: {salutation}\nJob: {job}\nSlots: {slots}"}],
    )
    return msg.content[0].text
