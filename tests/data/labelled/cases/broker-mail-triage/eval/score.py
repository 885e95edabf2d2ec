import argparse, json, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from triage import triage

ap = argparse.ArgumentParser()
ap.add_argument("--min", type=float, default=0.9)
rows = [json.loads(x) for x in (pathlib.Path(__file__).parent / "gold.jsonl").open()]
ok = sum(triage(r["body"]) == r["queue"] for r in rows) / len(rows)
print(ok)
sys.exit(ok < ap.parse_args().min)
