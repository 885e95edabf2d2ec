from pathlib import Path

for path in sorted(Path(".").rglob("*.java")):
    print(path)
