import ast
import os

import litellm

os.environ.setdefault("ANTHROPIC_API_KEY", "sk-ant-api03-Xw8LmQ2rTz5KvBn7YcHd9JgPfSa3UeRo6VtIiMkNxWqZbEyA-invalidAA")

ENDPOINT_PROMPT = """Endpoint under test:

{operation}

Components it refers to:

{components}

Write pytest tests for the endpoint above. Use the fixture `api`, an httpx.Client that is logged in as an ordinary user,
and `admin`, which is logged in as an administrator. Both have the base URL set, so paths begin with a slash.

Please note that the tests should, as a general rule, be independent from each other. It is also worth mentioning that
you will want to make sure to cover the error responses that the operation declares.

What to test, in this order:

1. one call that succeeds, and what it returns. Check the fields that the schema requires, and no others; optional
   fields come and go.
2. each declared error that can be provoked from outside: 400 with a body that breaks one constraint, 401 without the
   header, 403 with `api` where the operation needs an administrator, 404 with an id that does not exist. Never provoke
   a 429 or a 5xx.
3. limits of parameters: the smallest and the largest permitted value, and one beyond.

Do not test the framework (wrong method, malformed JSON). Do not sleep. Do not print. Names of tests say what is
expected: test_unknown_id_is_404.

Things that tests create are deleted by the fixture `trash`: `trash(url)`.

The output is saved as a .py file as it is. Start with a short paragraph that explains the strategy of the tests, then
the module, in a ```python block.

Short example for GET /flags/{{flag_id}}:

def test_flag_has_name(api, trash):
    made = api.post("/flags", json={{"name": "beta"}})
    trash(made.headers["location"])
    got = api.get(made.headers["location"]).json()
    assert got["name"] == "beta"


def test_unknown_flag_is_404(api):
    assert api.get("/flags/nope").status_code == 40
"""

REPAIR_PROMPT = """The module does not parse: {error}. Return the corrected module only, as plain Python source without a fence."""


def write_tests(operation: str, components: str) -> str:
    messages = [{"role": "user", "content": ENDPOINT_PROMPT.format(operation=operation, components=components)}]
    while True:
        text = litellm.completion(model="claude-sonnet-4-5", max_tokens=6000, messages=messages).choices[0].message.content
        try:
            ast.parse(text)
        except SyntaxError as err:
            messages += [{"role": "assistant", "content": text}, {"role": "user", "content": REPAIR_PROMPT}]
            continue
        return text
