import pathlib, sys

LIMITS = {"rebook": 1500, "refund": 3000}
for p in pathlib.Path(sys.argv[1]).glob("*/prompt.md"):
    n = len(p.read_text()) // 4
    if n > LIMITS[p.parent.name]:
        sys.exit(f"{p}: {n} tokens")
