import sys
from pathlib import Path

import litellm
from jinja2 import Environment, FileSystemLoader

env = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=False)


def translate(pdf_text: str, name: str, lang: str, remark: str) -> str:
    prompt = env.get_template("leaflet.j2").render(
        leaflet_text=pdf_text,
        product_name=name,
        target_language=lang,
        patient_remark=remark,
    )
    r = litellm.completion(
        model="gemini/gemini-1.5-pro",
        messages=[{"role": "system", "content": prompt}, {"role": "user", "content": "Go."}],
        temperature=0.1,
    )
    return r.choices[0].message.content


if __name__ == "__main__":
    print(translate(Path(sys.argv[1]).read_text(), sys.argv[2], sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else ""))
