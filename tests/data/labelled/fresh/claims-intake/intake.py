import json
import logging
from typing import Literal

from openai import OpenAI
from pydantic import BaseModel, ValidationError

log = logging.getLogger(__name__)
client = OpenAI(timeout=30)


class Claim(BaseModel):
    line: Literal["motor", "household", "liability", "travel", "other"]
    date_of_loss: str
    amount_eur: float | None
    third_party: bool
    injured: bool
    summary: str


class Priority(BaseModel):
    reasoning: str
    priority: Literal["p1", "p2", "p3"]


INTAKE = """You read first notices of loss that come in by e-mail and fill in the claim record.

line: motor, household, liability, travel or other. A bicycle stolen from the cellar is household; a bicycle stolen on holiday is travel if the policy number starts with TR, else household.
date_of_loss: the day the loss happened, YYYY-MM-DD. Not the day of the e-mail.
amount_eur: what the customer says it cost. null if no amount is given. Do not add up items yourself.
third_party: true if anyone other than the insured or their household suffered the loss or caused it.
injured: true if any person was hurt, even slightly.
summary: two sentences at most, without names, plates or addresses.

Respond with a JSON object with the fields line, date_of_loss, amount_eur, third_party, injured, summary. Respond only with JSON, no markdown, no explanation.

EXAMPLES

E-mail: Hello, yesterday (14/02) somebody drove into my parked Golf on the supermarket car park, the bumper is torn off, workshop says 1,850 euro. Policy KF-220981. Regards, T. Winkler
{"line": "motor", "date_of_loss": "2025-02-14", "amount_eur": 1850, "third_party": true, "injured": false, "summary": "A parked car was hit by another vehicle and the bumper torn off. The workshop estimates the damage at 1,850 euro."}

E-mail: our washing machine leaked on Saturday 8 March, kitchen floor is ruined and the neighbour below has stains on the ceiling
{"line": "water_damage", "date_of_loss": "2025-03-08", "amount_eur": null, "third_party": true, "injured": false, "summary": "A washing machine leaked. The kitchen floor and the ceiling of the flat below are damaged."}

E-mail: Suitcase never arrived in Faro, the airline says it's lost. It was on 2 April. Contents about 700 Euro plus the suitcase 150. Policy TR-55120
{"line": "travel", "date_of_loss": "2025-04-02", "amount_eur": 850, "third_party": true, "injured": false, "summary": "Checked baggage was lost by the airline on the way to Faro."}

E-mail: my son kicked the ball through the window of Mr Petersen at Gartenstr. 12 on 1 May, the glazier wants 310
{"line": "liability", "date_of_loss": "2025-05-01", "amount_eur": 310, "third_party": true, "injured": false, "summary": "The insured's son broke Mr Petersen's window at Gartenstr. 12 with a ball. The glazier asks 310 euro."}

No markdown. Output JSON only.
"""

PRIORITY = """Give the claim a priority.

p1: a person was hurt, or the home cannot be lived in, or the customer is stranded abroad
p2: the loss is getting worse by the day (water, open window, mould), or the amount is over 5,000 euro
p3: everything else

If two fit, take the higher.
"""


def read_claim(mail: str) -> Claim:
    resp = client.chat.completions.create(
        model="gpt-4.1-mini",
        temperature=0.7,
        messages=[
            {"role": "system", "content": INTAKE},
            {"role": "user", "content": f"E-mail: {mail}"},
        ],
    )
    return Claim(**json.loads(resp.choices[0].message.content))


def prioritise(claim: Claim) -> str:
    resp = client.chat.completions.parse(
        model="gpt-4.1-mini",
        temperature=0,
        max_tokens=300,
        response_format=Priority,
        messages=[
            {"role": "system", "content": PRIORITY},
            {"role": "user", "content": claim.model_dump_json()},
        ],
    )
    return resp.choices[0].message.parsed.priority


def handle(mail: str) -> dict | None:
    for attempt in range(3):
        try:
            claim = read_claim(mail)
            break
        except (ValidationError, json.JSONDecodeError) as err:
            log.warning("attempt %d: %s", attempt, err)
    else:
        return None
    return claim.model_dump() | {"priority": prioritise(claim)}
