import re
import sys

text = open(sys.argv[1], encoding="utf-8").read()
problems = []
if re.search(r"\[[^\]]+\]|XXX|__+", text):
    problems.append("placeholder left in")
if not re.search(r"\b\d{1,2} [A-Z][a-z]+\b", text):
    problems.append("no date")
if len(text.split()) > 400:
    problems.append("more than 400 words")
print("\n".join(problems) or "ok")
