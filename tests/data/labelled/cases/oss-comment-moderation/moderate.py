import anthropic
import yaml

cfg = yaml.safe_load(open("moderation.yaml"))
client = anthropic.AsyncAnthropic()


async def moderate(comment: str) -> str:
    messages = []
    for ex in cfg["examples"]:
        messages += [{"role": "user", "content": ex["comment"]}, {"role": "assistant", "content": ex["answer"]}]
    messages.append({"role": "user", "content": cfg["user"].format(comment=comment[:4000])})
    reply = await client.messages.create(
        model="claude-opus-4-1",
        max_tokens=9000,
        thinking={"type": "enabled", "budget_tokens": 8000},
        system=cfg["system"],
        messages=messages,
    )
    return reply.content[-1].text.strip().splitlines()[-1]
