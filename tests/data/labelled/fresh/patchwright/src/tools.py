import pathlib
import subprocess


def run(command: str) -> str:
    p = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=300)
    return f"exit {p.returncode}\n" + "\n".join((p.stdout + p.stderr).splitlines()[-200:])


def read_file(path: str, start: int = 1, count: int = 400) -> str:
    lines = pathlib.Path(path).read_text().splitlines()[start - 1 : start - 1 + count]
    return "\n".join(f"{n:5} {text}" for n, text in enumerate(lines, start))


def dispatch(name: str, args: dict) -> str:
    return {"run": run, "read_file": read_file}[name](**args)


def lint() -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for line in run("uvx ruff check --output-format concise").splitlines()[1:]:
        path, _, text = line.partition(":")
        if text:
            out.setdefault(path, []).append(text)
    return out
