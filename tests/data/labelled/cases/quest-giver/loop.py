import random

import ollama
from jinja2 import Environment, FileSystemLoader

env = Environment(loader=FileSystemLoader("."))


def say(npc, player, history, stock=None):
    name = "shopkeeper.j2" if stock else "npc.j2"
    prompt = env.get_template(name).render(
        npc=npc, player=player, history=history, stock=stock, village=npc["village"], seed=random.random()
    )
    line = ""
    while not line or "horse" in line.lower():
        r = ollama.chat(
            model="llama3.1:8b",
            messages=[{"role": "system", "content": prompt}, {"role": "user", "content": history[-1]["text"]}],
            options={"num_predict": 120, "temperature": 0.9, "stop": ["Player:", player["name"] + ":"]},
        )
        line = r["message"]["content"].strip()
    return line
