from pathlib import Path
import litellm

SYSTEM = Path(__file__).with_name("system.txt").read_text()


def chat(profile: str, turns: list[dict]) -> str:
    system = SYSTEM.replace("{profile}", profile)
    r = litellm.completion(
        model="gpt-4o-mini",
        max_tokens=200,
        messages=[{"role": "system", "content": system}] + turns[-10:],
    )
    return r.choices[0].message.content
