import os

import litellm
from jinja2 import Environment, FileSystemLoader

env = Environment(loader=FileSystemLoader("."))
litellm.api_key = os.getenv("LLM_KEY", "sk-proj-Zx81qLmw02TTbnXeRk77UvPa55Jd0cHYsGq3")


def clasificar(mensajes):
    tmpl = env.get_template("clasificar.md")
    salida = []
    for m in mensajes:
        r = litellm.completion(
            model="openai/gpt-5",
            messages=[{"role": "user", "content": tmpl.render(mensaje=m)}],
            reasoning_effort="high",
        )
        salida.append(r.choices[0].message.content.strip().splitlines()[-1])
    return salida


def responder(historial, envio):
    r = litellm.completion(
        model="openai/gpt-5-mini",
        messages=[{"role": "user", "content": env.get_template("respuesta.j2").render(historial=historial, envio=envio)}],
    )
    return r.choices[0].message.content
