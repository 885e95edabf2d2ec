"""Title/abstract screening for the systematic review on home-based cardiac rehabilitation."""
from __future__ import annotations

import csv
import json
import sys

import anthropic

client = anthropic.Anthropic()
MODEL = "claude-opus-4-5"

CRITERIA = """You screen records for a systematic review. Two humans screen every record as well; you are the third vote, used for ties and for quality control.

Review question: In adults after an acute coronary event, does home-based cardiac rehabilitation, compared with centre-based rehabilitation or usual care, change exercise capacity, quality of life, mortality or readmission?

Include a record if all of these hold:
- Population: adults (18 or over), at least 80 % of them after myocardial infarction, PCI or CABG in the last 12 months. Heart failure alone is not enough.
- Intervention: an exercise programme done mostly at home, with or without telemonitoring, of at least four weeks.
- Comparator: centre-based programme, usual care or waiting list.
- Outcome: at least one of VO2 peak, six-minute walk, a validated quality-of-life scale, death, readmission.
- Design: randomised trial, cluster-randomised trial or quasi-randomised trial.

Exclude:
- protocols, conference abstracts without results, letters, editorials
- qualitative studies
- reviews (but mark them `hand_search`, we look through their references)
- interventions with education alone, without exercise
- studies in animals

Uncertain cases:
- If the abstract does not say where the exercise took place, vote unclear.
- If the share of post-event patients is not stated, vote unclear.
- If there is no abstract and the title is not decisive, vote unclear.
- Language is no reason to exclude.
- Do not use what you may know about the study from elsewhere. Only what is in the record counts.

Reasons: give the first criterion that fails, in this order: population, intervention, comparator, outcome, design. One reason only, because the PRISMA diagram counts one per record.

Worked cases

Record: "Home-based tele-rehabilitation after PCI: a randomised controlled trial". 126 patients after elective PCI, 12 weeks home exercise with heart-rate belt vs usual care; VO2 peak.
Vote: include.

Record: "Patients' experiences of exercising alone after a heart attack: interviews". 
Vote: exclude, design.

Record: "Mobile health education for coronary patients: RCT". Text messages on diet and smoking; LDL.
Vote: exclude, intervention.

Record: "Home walking programme in chronic heart failure: randomised trial".
Vote: exclude, population.

Record: "Cardiac rehabilitation at home or in the centre: a systematic review".
Vote: hand_search.

Record: "Remotely supervised exercise in coronary heart disease". Randomised, 60 patients with coronary disease, 20 % after MI; the rest stable angina.
Vote: exclude, population.

Record: "Mobile health education for coronary patients: RCT". Text messages on diet and smoking; LDL.
Vote: exclude, outcome.

Think carefully about every criterion and write down your considerations on population, intervention, comparator, outcome and design in full sentences, then give the vote on the last line as `VOTE: include`, `VOTE: exclude (<reason>)`, `VOTE: unclear` or `VOTE: hand_search`.
"""


def screen(record: dict) -> str:
    msg = client.messages.create(
        model=MODEL,
        max_tokens=1500,
        temperature=0,
        system=CRITERIA,
        messages=[{"role": "user", "content": f"Title: {record['title']}\n\nAbstract: {record['abstract']}"}],
    )
    return msg.content[0].text.rsplit("VOTE:", 1)[-1].strip()


def main() -> None:
    rows = list(csv.DictReader(open(sys.argv[1])))
    print(f"{len(rows)} records", file=sys.stderr)
    out = csv.writer(sys.stdout)
    for row in rows:
        out.writerow([row["id"], screen(row)])


if __name__ == "__main__":
    main()
