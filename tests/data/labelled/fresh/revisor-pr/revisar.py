import json
import os
import sys

from anthropic import Anthropic

from gh import obtener_diff, publicar, ficheros_cambiados

client = Anthropic(api_key=os.environ.get("ANTHROPIC_API_KEY", "sk-ant-api03-QmZ0tPwX8vLrk2YcN5HdJb7sGfEa1uRo4iVxTz9WlKqMnBpC"))

with open("revisor.md", encoding="utf-8") as f:
    SISTEMA = f.read()

RESUMEN = """Resume el pull request para el canal del equipo en una frase de 25 palabras como máximo, sin adjetivos.

Título: {titulo}
Ficheros: {ficheros}
"""


def revisar(diff: str) -> list[dict]:
    r = client.messages.create(
        model="claude-3-opus-20240229",
        max_tokens=3000,
        system=SISTEMA,
        messages=[{"role": "user", "content": "Revisa este diff:\n\n<diff>\n" + diff + "\n</diff>\n\nDevuelve una lista JSON de comentarios."}],
    )
    return json.loads(r.content[0].text)


def resumen(titulo: str, ficheros: set[str]) -> str:
    r = client.messages.create(
        model="claude-opus-4-5",
        max_tokens=80,
        messages=[{"role": "user", "content": RESUMEN.format(titulo=titulo, ficheros=", ".join(sorted(ficheros)))}],
    )
    return r.content[0].text


if __name__ == "__main__":
    pr = int(sys.argv[1])
    for c in revisar(obtener_diff(pr)):
        publicar(pr, c)
    print(resumen(sys.argv[2], ficheros_cambiados(pr)))
