"""Reminder job. usage: send.py [--dry] DATE"""
import os
import sys

import yaml
from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])
STAGES = yaml.safe_load(open("dunning.yaml"))["stages"]


def mail(stage: str, row: dict) -> str:
    s = STAGES[stage]
    r = client.chat.completions.create(
        model=s["model"],
        temperature=s["temperature"],
        **({"max_tokens": s["max_tokens"]} if "max_tokens" in s else {}),
        messages=[
            {"role": "system", "content": s["system"].format(**row)},
            {"role": "user", "content": s["user"].format(**row)},
        ],
    )
    return r.choices[0].message.content


if __name__ == "__main__":
    print("see erp/jobs for the caller", sys.argv[1:])
