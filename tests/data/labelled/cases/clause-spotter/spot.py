import pathlib
import anthropic

client = anthropic.Anthropic()
HERE = pathlib.Path(__file__).parent
SYSTEM = (HERE / "system.md").read_text()


def review(contract_path: str) -> str:
    contract = pathlib.Path(contract_path).read_text()
    while True:
        msg = client.messages.create(
            model="claude-sonnet-4-5",
            max_tokens=4000,
            system=SYSTEM,
            messages=[{"role": "user", "content": f"<contract>\n{contract}\n</contract>\n\nMark the deviations. Red ones first."}],
        )
        text = msg.content[0].text
        if "Green clauses:" in text.splitlines()[-1]:
            return text


if __name__ == "__main__":
    for p in sorted(pathlib.Path("inbox").glob("*.txt")):
        (HERE / "out" / p.name).write_text(review(p))
