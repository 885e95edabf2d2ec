"""Simulate fights, print win rates."""
import pathlib
import tomllib

for path in sorted(pathlib.Path("content/monsters").glob("*.toml")):
    print(path.stem, tomllib.loads(path.read_text())["hp"])
