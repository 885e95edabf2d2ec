"""Which prompts Python source holds, what they say, and what is known of their calls."""

from __future__ import annotations

import pytest

from promptlint.extract.python import extract, worth_parsing
from promptlint.model import (
    UNKNOWN,
    Extraction,
    Prompt,
    Role,
    SegmentKind,
    Source,
    SourceKind,
)

TEXT = "You are a bot that answers short questions."


def extraction(text: str) -> Extraction:
    return extract(Source("app/bot.py", text, SourceKind.PYTHON))


def prompts(text: str) -> dict[str, Prompt]:
    found = extraction(text)
    assert not found.problems
    return {prompt.id.removeprefix("app/bot.py::"): prompt for prompt in found.prompts}


def only(text: str) -> Prompt:
    (prompt,) = prompts(text).values()
    return prompt


def slots(prompt: Prompt) -> list[str]:
    return [segment.name for segment in prompt.segments if segment.kind is SegmentKind.SLOT]


# --- constants ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "anchor"),
    [
        (f"SYSTEM_PROMPT = {TEXT!r}", "SYSTEM_PROMPT"),
        (f"_INSTRUCTIONS: str = {TEXT!r}", "_INSTRUCTIONS"),
        (f"systemMessage = {TEXT!r}", "systemMessage"),
        (f"BOT_SYSTEM = {TEXT!r}", "BOT_SYSTEM"),
        (f"answer_template = {TEXT!r}", "answer_template"),
        (f"class Bot:\n    prompt = {TEXT!r}", "Bot.prompt"),
        (f"class Bot:\n    def ask(self):\n        prompt = {TEXT!r}", "Bot.ask.prompt"),
        (f"class Bot:\n    def __init__(self):\n        self.prompt = {TEXT!r}", "Bot.prompt"),
        (f"def ask(q, system_prompt={TEXT!r}): ...", "ask.system_prompt"),
        (f"async def ask(*, prompt: str = {TEXT!r}): ...", "ask.prompt"),
        (f"if x:\n    try:\n        PROMPT = {TEXT!r}\n    except E: pass", "PROMPT"),
        (f"match x:\n    case 1:\n        PROMPT = {TEXT!r}", "PROMPT"),
        (f"bot.prompt = {TEXT!r}", "bot.prompt"),
    ],
)
def test_constants_that_are_prompts(code: str, anchor: str) -> None:
    found = prompts(code)
    assert list(found) == [anchor]
    assert found[anchor].text == TEXT


@pytest.mark.parametrize(
    "code",
    [
        'PROMPT = ">>> "',
        'TEMPLATE = "{}.html"',
        'PROMPT = "Enter the name of your project: "',
        'prompt = "Do you want to overwrite the existing file? [y/N] "',
        'SQL_TEMPLATE = "SELECT name, age FROM people WHERE name = :name"',
        'QUERY_TEMPLATE = "SELECT name FROM people WHERE you are the given one"',
        'PAGE_TEMPLATE = "<html><body>You are reading the page below: hello</body></html>"',
        'URL_TEMPLATE = "https://example.org/{user}/answer/{question}"',
        'ERROR_TEMPLATE = "The file {name} could not be found in the folder {folder}"',
        'LOG_TEMPLATE = "answer took {n} seconds for the given question"',
        'INSTALL_INSTRUCTIONS = "Run pip install foo and then restart your shell, please"',
        'FILE_SYSTEM = "ext4 on the second disk of this machine"',
        'TEMPLATE = "def {name}(x):\\n    return x if given the value"',
        'prompt_path = "some folder with a lot of words"',
        'PROMPT = b"You are a bot that answers short questions."',
        'prompted = "You are a bot that answers short questions."',
        'PROMPT = get_prompt("You are a bot that answers short questions.")',
        'operating_systems = "You are a bot that answers short questions."',
    ],
)
def test_constants_that_are_none(code: str) -> None:
    assert prompts(code) == {}


def test_languages_without_spaces_have_words_too() -> None:
    assert only('PROMPT = "あなたは質問に短く答えるボットです。"').text


def test_repeats_are_numbered() -> None:
    assert list(prompts(f"prompt = {TEXT!r}\nprompt = {TEXT!r}")) == ["prompt", "prompt~2"]


# --- arguments and messages -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "anchor", "role"),
    [
        (f"client.responses.create(input={TEXT!r})", "client.responses.create.input", Role.USER),
        (
            f"client.responses.create(instructions={TEXT!r})",
            "client.responses.create.instructions",
            Role.SYSTEM,
        ),
        (f"Agent('x', system_prompt={TEXT!r})", "Agent.system_prompt", Role.SYSTEM),
        (f"AssistantAgent(system_message={TEXT!r})", "AssistantAgent.system_message", Role.SYSTEM),
        (f"c().messages.create(system={TEXT!r})", "c().messages.create.system", Role.SYSTEM),
        (f"ollama.generate(prompt={TEXT!r})", "ollama.generate.prompt", None),
        (f"ask_llm(prompt={TEXT!r})", "ask_llm.prompt", None),
    ],
)
def test_arguments_that_are_prompts(call: str, anchor: str, role: Role | None) -> None:
    found = prompts(f"def run():\n    {call}")
    assert list(found) == [f"run:{anchor}"]
    assert found[f"run:{anchor}"].messages[0].role is role


@pytest.mark.parametrize(
    "call",
    [
        f"subprocess.run(['cat'], input={TEXT!r})",
        f"runner.invoke(app, input={TEXT!r})",
        f"torch.nn.functional.pad(input={TEXT!r})",
        f"parser.add_argument('--chat', prompt={TEXT!r})",
        f"click.option('--generate', prompt={TEXT!r})",
        f"client.embeddings.create(input={TEXT!r})",
        f"client.audio.speech.create(input={TEXT!r})",
        f"transform(input={TEXT!r})",
        "client.responses.create(input=[1, 2])",
        "platform(system='Linux')",
        f"client.responses.create(metadata={TEXT!r})",
    ],
)
def test_arguments_that_are_none(call: str) -> None:
    assert prompts(f"{call}\n") == {}


CHAT = """
MODEL = "gpt-4o"
RULES = "Answer {n} questions briefly."
class Bot:
    greeting = "Say hello at first."
    def ask(self, q, history):
        question = f"The question: {q}"
        return client.chat.completions.create(
            model=MODEL, temperature=-0.5, max_tokens=limit, user="x",
            response_format={"type": "json_object"}, reasoning={"effort": "low"},
            messages=[
                {"role": "system", "content": RULES.format(n=3)},
                {"role": "developer", "content": self.greeting},
                *history,
                {"role": "user", "content": question},
                {"role": "user", "content": [
                    {"type": "text", "text": "What is this?", "cache_control": {"type": "ephemeral"}},
                    {"type": "image_url", "image_url": url},
                ]},
                {"role": "robot", "content": "Beep."},
            ])
"""


def test_a_chat_is_one_prompt_and_the_constants_it_names_are_prompts() -> None:
    found = prompts(CHAT)
    chat = "Bot.ask:client.chat.completions.create.messages"
    assert list(found) == ["RULES", "Bot.greeting", "Bot.ask.question", chat]
    assert [message.role for message in found[chat].messages] == [
        Role.SYSTEM,
        Role.DEVELOPER,
        None,
        Role.USER,
        Role.USER,
        None,
    ]
    assert found[chat].messages[4].cache_mark == "ephemeral"
    assert found[chat].messages[4].segments[1].kind is SegmentKind.MEDIA
    assert found[chat].text.endswith("{history}{question}What is this?Beep.")
    assert found["RULES"].messages[0].role is Role.SYSTEM
    assert found["RULES"].variables == ("n",)
    assert found["Bot.greeting"].messages[0].role is Role.DEVELOPER


def test_the_call_of_a_chat_is_known_to_its_constants() -> None:
    for prompt in prompts(CHAT).values():
        fields = {field.name: field.value for field in prompt.call.fields}
        assert fields == {
            "model": "gpt-4o",
            "temperature": -0.5,
            "max_tokens": UNKNOWN,
            "response_format": "json_object",
            "reasoning": UNKNOWN,
            "reasoning.effort": "low",
        }
        place = next(field.span for field in prompt.call.fields if field.name == "temperature")
        assert CHAT[place.start : place.end] == "-0.5"


@pytest.mark.parametrize(
    ("code", "anchor"),
    [
        ('messages = [{"role": "user", "content": "Tell me about the weather."}]', "messages"),
        (
            'messages.append({"role": "user", "content": "Tell me about the weather."})',
            "<module>:messages.append.0",
        ),
        ('def f():\n    return [{"role": "user", "content": "Tell me about the weather."}]', "f:return"),
        (
            'body = {"model": "m", "messages": [{"role": "user", "content": "Tell me about the weather."}]}',
            "body.messages",
        ),
        ('llm.invoke([{"role": "user", "content": "Tell me about the weather."}])', "<module>:llm.invoke.0"),
        (
            'post(json={"messages": [{"role": "user", "content": "Tell me about the weather."}]})',
            "<module>:post.json.messages",
        ),
    ],
)
def test_where_chats_stand(code: str, anchor: str) -> None:
    assert list(prompts(code)) == [anchor]


def test_a_chat_that_a_name_passes_on_has_the_call() -> None:
    prompt = only(
        f'messages = [{{"role": "user", "content": {TEXT!r}}}]\ncreate(model="m", messages=messages)'
    )
    assert prompt.call.fields[0].value == "m"


def test_two_calls_that_disagree_leave_the_model_unknown() -> None:
    calls = "".join(f'chat(model="{model}", system=GREETING)\n' for model in "ab")
    prompt = only(f'GREETING = "Say hello."\n{calls}')
    assert prompt.call.fields[0].value is UNKNOWN


@pytest.mark.parametrize(
    "code",
    [
        'user = {"role": "admin", "content": "All of the pages."}',
        'user = {"role": "user", "name": "Ann"}',
        'messages = [{"role": "user", "content": question}]',
        "x = f\"{chat([{'role': 'user', 'content': 'Hi there.'}])}\"",
    ],
)
def test_dictionaries_that_are_no_prompts(code: str) -> None:
    assert prompts(code) == {}


# --- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["prompt = ('x'", "prompt = 'a\x00b'", "prompt = '\ud800'", "prompt = 'x' y\n"]
)
def test_what_is_no_python_is_a_problem(code: str) -> None:
    found = extraction(code)
    assert [problem.code for problem in found.problems] == ["SRC002"]
    assert found.problems[0].span.end <= len(code)
    assert not found.prompts


@pytest.mark.parametrize(
    "code", ["import os\nx = os.environ['A']\n", "prompt = args.prompt\n", "a = input('b')\n"]
)
def test_most_files_need_no_parser(code: str) -> None:
    assert not worth_parsing(code)
    assert extraction(code).prompts == ()


def test_every_code_of_this_file_is_worth_parsing() -> None:
    """The filter may never hide what the finder would find."""
    for code in (
        CHAT,
        f"PROMPT: str = (\n  {TEXT!r})",
        f"x(system={TEXT!r})",
        "prompt += 'a'",
        "PROMPT = \\\n'a'",
    ):
        assert worth_parsing(code)
