"""Growth between two outputs of jcmd GC.class_histogram."""
import re
import sys

LINE = re.compile(r"^\s*\d+:\s+(\d+)\s+(\d+)\s+(\S+)")


def load(path):
    out = {}
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            m = LINE.match(line)
            if m:
                out[m[3]] = (int(m[1]), int(m[2]))
    return out


a, b = load(sys.argv[1]), load(sys.argv[2])
rows = sorted(((b[c][1] - a.get(c, (0, 0))[1], b[c][0] - a.get(c, (0, 0))[0], c) for c in b), reverse=True)
for size, count, cls in rows[:15]:
    print(f"{size:>14,} B {count:>10,} {cls}")
