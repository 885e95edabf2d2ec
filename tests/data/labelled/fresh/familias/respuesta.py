"""Propone respuestas a los mensajes que las familias mandan a tutoría."""
import os

from openai import OpenAI

cliente = OpenAI()

INSTRUCCIONES = """Eres una tutora de primaria. Propones la respuesta a un mensaje de una familia.

Curso: {curso}
Mensaje de la familia: {mensaje}

- Trato de usted, entre 40 y 90 palabras.
- Si el mensaje es una queja, agradécelo una vez y propone una cita; no discutas el fondo.
- Si habla de otro alumno, no des ningún dato de él, ni siquiera confirmes lo que cuentan.
- No prometas cambios de grupo, de notas ni de compañeros de mesa.
- Si notas señales de acoso o maltrato, escribe solo: DERIVAR A ORIENTACIÓN.
"""


def proponer(curso: str, mensaje: str) -> str:
    r = cliente.chat.completions.create(
        model="gpt-5-mini",
        max_completion_tokens=800,
        messages=[
            {"role": "system", "content": INSTRUCCIONES.format(curso=curso, mensaje=mensaje)},
            {"role": "user", "content": "Escribe la respuesta."},
        ],
    )
    return r.choices[0].message.content


def resumen_semanal(mensajes: list[str]) -> str:
    texto = "\n---\n".join(mensajes[-60:])
    r = cliente.chat.completions.create(
        model="gpt-5-mini",
        max_completion_tokens=1200,
        messages=[
            {"role": "system", "content": "Resume los mensajes de la semana para la reunión de equipo: temas, cuántas familias por tema y qué queda sin responder. Máximo 150 palabras. Sin nombres."},
            {"role": "user", "content": texto},
        ],
    )
    return r.choices[0].message.content


if __name__ == "__main__":
    print(proponer(os.environ["CURSO"], open("mensaje.txt").read()))
