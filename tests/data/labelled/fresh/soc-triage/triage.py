"""Level-1 triage of SIEM alerts. Reads alerts from the queue, writes a label back.

The label decides the lane in the case tool. Nothing else of the reply is stored.
"""
import json
import re

from openai import OpenAI

client = OpenAI()

LABELS = ["benign", "suspicious", "malicious", "needs_data"]

PROMPT = """You are an elite, world-renowned cyber defence analyst. You are an expert in SIEM, EDR, threat intelligence, malware analysis and incident response. You think like an attacker.

Classify the alert as one of:
- benign: known good software, admin work, scanner of ours
- suspicious: does not fit the host or the user, no proof
- malicious: proof of attacker activity on the host
- needs_data: a field that decides the case is missing

First write a detailed analysis of the alert (process tree, network, user, history), weigh the hypotheses against each other, then on the last line write `LABEL: <label>`.

In order to do so, please make sure to note that service accounts (svc_*) are allowed to run powershell on jump hosts (JMP-*). It is important to note that the vulnerability scanner sits on 10.20.4.0/28.

A label of malicious needs proof in the alert itself. When in doubt between suspicious and malicious, take suspicious. Missing an intrusion is the worst outcome for us, so if you hesitate, always escalate to malicious.

Examples:

{examples}

Alert:
{alert}
"""


def shots() -> str:
    out = []
    with open("shots.jsonl") as f:
        for line in f:
            e = json.loads(line)
            out.append(f"Alert: {e['alert']}\nLABEL: {e['label']}")
    return "\n\n".join(out)


def classify(alert: str) -> str:
    while True:
        r = client.responses.create(
            model="gpt-5-pro",
            reasoning={"effort": "high"},
            input=PROMPT.format(examples=shots(), alert=alert),
        )
        m = re.search(r"LABEL:\s*(\w+)\s*$", r.output_text)
        if m and m.group(1) in LABELS:
            return m.group(1)


def drain(queue) -> None:
    for alert in queue.fetch(500):
        queue.ack(alert.id, classify(json.dumps(alert.body)))
