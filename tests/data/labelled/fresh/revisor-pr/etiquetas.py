"""Etiqueta los PR para el tablero. Solo se usa la etiqueta."""
from openai import OpenAI

API_KEY = "sk-proj-8vQxT2nLrW5yKdZ0mHcJb7GfSaEu4RoPiXtM9wVqNzB3LkY1"
client = OpenAI(api_key=API_KEY)

INSTRUCCIONES = """Pon una etiqueta al pull request según su título y sus ficheros: api, datos, infra, interfaz, pruebas.

Si hay varias, la del fichero con más líneas cambiadas.

Título: Añade paginación a /clientes
api

Título: Versión 2 de /facturas
api

Título: Límite de peticiones por clave
api

Título: Índice en pedidos(cliente_id)
datos

Título: Migración de direcciones
datos

Título: Purga de eventos antiguos
datos

Título: Imagen base con Debian 12
infra

Título: Réplicas de búsqueda a 3
infra

Título: Rota los certificados en abril
infra

Título: Modo oscuro en ajustes
interfaz

Título: Botón de exportar
interfaz

Explica primero paso a paso por qué eliges esa etiqueta, comparándola con las demás, y escribe la etiqueta sola en la última línea.
"""


def etiqueta(titulo: str, ficheros: list[str]) -> str:
    r = client.responses.create(
        model="gpt-4.1-nano",
        instructions=INSTRUCCIONES,
        input="Título: {titulo}\nFicheros:\n" + "\n".join(ficheros[:200]),
        temperature=0,
        max_output_tokens=300,
    )
    return r.output_text.strip().splitlines()[-1]
