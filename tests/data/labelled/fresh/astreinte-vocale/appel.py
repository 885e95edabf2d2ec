import jinja2
from openai import OpenAI

client = OpenAI()
gabarit = jinja2.Template(open("prompt.txt", encoding="utf-8").read())


def repondre(appel) -> str:
    texte = gabarit.render(
        now=appel.maintenant.strftime("%d/%m/%Y %H:%M:%S"),
        incident_id=appel.incident_id,
        runbook=appel.runbook,
        turns=appel.tours,
    )
    flux = client.chat.completions.create(
        model="gpt-4.1-mini",
        messages=[{"role": "system", "content": texte}],
        temperature=0.3,
        max_tokens=180,
        stream=True,
    )
    for morceau in flux:
        yield morceau.choices[0].delta.content or ""
