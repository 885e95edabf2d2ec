"""What is known of the call that a Python prompt reaches, and how far a constant is followed to it."""

from __future__ import annotations

import pytest

from promptlint.extract.python import extract
from promptlint.extract.python.flow import reach
from promptlint.model import UNKNOWN, Prompt, Role, Source, SourceKind, Value

TEXT = "Say hello to the customer at first."
ROLE = "You are a helpful assistant. Be brief."
SEND = "client.chat.completions.create"


def prompts(code: str) -> dict[str, Prompt]:
    found = extract(Source("app/bot.py", code, SourceKind.PYTHON))
    assert not found.problems
    return {prompt.id.removeprefix("app/bot.py::"): prompt for prompt in found.prompts}


def fields(prompt: Prompt) -> dict[str, Value]:
    return {field.name: field.value for field in prompt.call.fields}


def known(code: str) -> dict[str, Value]:
    """The fields of the only prompt."""
    (prompt,) = prompts(code).values()
    return fields(prompt)


def chat(text: str = TEXT) -> str:
    return f'messages=[{{"role": "user", "content": {text!r}}}]'


# --- where the model is said ----------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        f"create(model='m', {chat()})",
        f"MODEL = 'm'\ncreate(model=MODEL, {chat()})",
        f"import os\nMODEL = os.getenv('MODEL', 'm')\ncreate(model=MODEL, {chat()})",
        f"import os\ncreate(model=os.environ.get('MODEL', 'm'), {chat()})",
        f"def ask(model='m'):\n    create(model=model, {chat()})",
        f"def ask(*, model='m'):\n    create(model=model, {chat()})",
        f"def ask(model):\n    create(model=model, {chat()})\nask('m')\nask(model='m')",
        f"class A:\n    model = 'm'\n    def ask(self):\n        create(model=self.model, {chat()})",
        f"class A:\n    def __init__(self, model='m'):\n        self.model = model\n"
        f"    def ask(self):\n        create(model=self.model, {chat()})",
        f"class A:\n    model: str = Field(default='m')\n    def ask(self):\n        create(model=self.model, {chat()})",
        f"class Models(Enum):\n    BIG = 'm'\ncreate(model=Models.BIG.value, {chat()})",
        f"MODELS = {{'big': 'm', 'small': 's'}}\ncreate(model=MODELS['big'], {chat()})",
        f"create(model=given or 'm', {chat()})",
        f"create(modelId='m', {chat()})",
        f"create(model_id='m', {chat()})",
        f"create(model_name='m', {chat()})",
        f"create(deployment_name='m', {chat()})",
        f"create(engine='m', {chat()})",
        f"params = {{'model': 'm'}}\ncreate(**params, {chat()})",
        f"params = dict(model='m')\ncreate(**params, {chat()})",
        f"GenerativeModel('m', system_instruction={TEXT!r})",
        f"Agent(model=OpenAIModel('m'), system_prompt={TEXT!r})",
        f"Agent(llm=LLM(model='m'), system_prompt={TEXT!r})",
        f"Agent(llm='m', system_prompt={TEXT!r})",
        f"AssistantAgent(model_client=Client(model='m'), system_message={TEXT!r})",
        f"llm = ChatOpenAI(model='m')\nllm.invoke([SystemMessage(content={TEXT!r})])",
        f"llm = init_chat_model('m')\nllm.invoke([SystemMessage(content={TEXT!r})])",
        f"def make():\n    return ChatOpenAI(model='m')\nllm = make()\n"
        f"llm.invoke([SystemMessage(content={TEXT!r})])",
        f"class A:\n    def __init__(self):\n        self.llm = ChatOpenAI(model='m').bind(stop=['x'])\n"
        f"    def ask(self):\n        self.llm.invoke([SystemMessage(content={TEXT!r})])",
        f"llm = ChatOpenAI(model='m')\nprompt = PromptTemplate(template={TEXT!r})\nchain = prompt | llm | Parser()",
        f"prompt = PromptTemplate(template={TEXT!r})\nLLMChain(llm=ChatOpenAI(model='m'), prompt=prompt)",
        f"llm = ChatOpenAI(model='m')\nprompt = PromptTemplate(template={TEXT!r})\n"
        f"create_stuff_documents_chain(llm, prompt)",
    ],
)
def test_the_model_is_known_wherever_it_is_said(code: str) -> None:
    assert known(code)["model"] == "m"


@pytest.mark.parametrize("model", ["openai:gpt-4o", "gpt-4o-mini", "anthropic/claude-x", "groq:any"])
def test_a_first_argument_that_looks_like_a_model_is_one(model: str) -> None:
    assert known(f"Agent({model!r}, system_prompt={TEXT!r})") == {"model": model}
    assert known(f"MODEL = {model!r}\nlitellm.completion(MODEL, {chat()})") == {"model": model}


@pytest.mark.parametrize(
    "code",
    [
        f"create(model=args.model, {chat()})",
        f"if x:\n    MODEL = 'a'\nelse:\n    MODEL = 'b'\ncreate(model=MODEL, {chat()})",
        f"def ask(model='a'):\n    create(model=model, {chat()})\nask(model='b')",
        f"MODEL = 'a'\ndef ask(MODEL):\n    create(model=MODEL, {chat()})",
        f"create(model=os.environ['MODEL'], {chat()})",
    ],
)
def test_a_model_that_is_not_said_is_unknown(code: str) -> None:
    assert known(code)["model"] is UNKNOWN


def test_what_is_no_model_is_not_taken_for_one() -> None:
    assert known(f"Agent('support', system_prompt={TEXT!r})") == {}
    assert known(f"session = Session(timeout=3, text=True)\nsession.chat({chat()})") == {}
    assert known(f"llm = other.make()\nllm.invoke([SystemMessage(content={TEXT!r})])") == {}


# --- the other parameters -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("max_tokens=5", {"max_tokens": 5}),
        ("max_tokens=4 * 1024 - 1", {"max_tokens": 4095}),
        ("max_completion_tokens=5", {"max_completion_tokens": 5, "max_tokens": 5}),
        ("max_output_tokens=5", {"max_output_tokens": 5, "max_tokens": 5}),
        ("inferenceConfig={'maxTokens': 5, 'topP': 0.1}", {"max_tokens": 5, "top_p": 0.1}),
        (
            "config=GenerateContentConfig(max_output_tokens=5, temperature=0)",
            {"max_output_tokens": 5, "max_tokens": 5, "temperature": 0},
        ),
        ("options={'num_predict': 5, 'mirostat': 1}", {"max_tokens": 5}),
        ("stop_sequences=['x']", {"stop_sequences": UNKNOWN, "stop": UNKNOWN, "stop.words": '["x"]'}),
        ("response_model=Answer", {"response_model": UNKNOWN, "response_format": UNKNOWN}),
        ("response_model=None", {"response_model": None}),
        ("response_format={'type': 'json_object'}", {"response_format": "json_object"}),
        (
            "text={'format': {'type': 'json_schema', 'name': 'a'}}",
            {
                "response_format": "json_schema",
                "response_format.name": "a",
                "text": UNKNOWN,
                "text.format": UNKNOWN,
            },
        ),
        ("tools=[search]", {"tools": UNKNOWN}),
        ("max_retries=2", {"max_retries": 2, "retries": 3}),
        ("retries=2", {"retries": 3}),
        ("temperature=-0.5", {"temperature": -0.5}),
        ("user='x', metadata={'model': 'm'}", {}),
    ],
)
def test_the_parameters_of_a_call(given: str, wanted: dict[str, Value]) -> None:
    assert known(f"create({given}, {chat()})") == wanted


def test_what_a_runnable_was_bound_to() -> None:
    code = (
        "llm = ChatOpenAI(model='m', timeout=3).bind_tools([a]).with_structured_output(Answer)\n"
        f"llm.with_retry(stop_after_attempt=4).invoke([SystemMessage(content={TEXT!r})])"
    )
    assert known(code) == {"model": "m", "tools": UNKNOWN, "response_format": UNKNOWN, "retries": 4}


def test_a_field_stands_where_it_is_said() -> None:
    code = f"client = OpenAI(max_retries=4)\nMODEL = 'm'\n{SEND}(model=MODEL, {chat()})"
    (prompt,) = prompts(code).values()
    places = {field.name: code[field.span.start : field.span.end] for field in prompt.call.fields}
    assert places == {"model": "MODEL", "max_retries": "4", "retries": "4"}


# --- what tries again -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("around", "count"),
    [
        ("@retry(stop=stop_after_attempt(5), wait=w)\ndef f():\n    {}", 5),
        ("N = 5\n@tenacity.retry(stop=stop_after_attempt(N) | stop_after_delay(9))\ndef f():\n    {}", 5),
        ("@backoff.on_exception(backoff.expo, E, max_tries=5)\ndef f():\n    {}", 5),
        ("@retry(tries=5)\ndef f():\n    {}", 5),
        ("@retry_with_backoff(max_retries=4)\nasync def f():\n    {}", 5),
        ("@retry\ndef f():\n    {}", UNKNOWN),
        ("for attempt in range(5):\n    try:\n        {}\n    except E:\n        pass", 5),
        ("for attempt in range(1, 6):\n    try:\n        {}\n    except E:\n        pass", 5),
        ("for _ in range(5):\n    try:\n        {}\n        break\n    except E:\n        pass", 5),
        ("retries = 0\nwhile retries < 5:\n    try:\n        {}\n    except E:\n        retries += 1", 5),
        ("for a in Retrying(stop=stop_after_attempt(5)):\n    with a:\n        {}", 5),
    ],
)
def test_retry_wrappers(around: str, count: Value) -> None:
    assert known(around.replace("{}", f"{SEND}({chat()})"))["retries"] == count


@pytest.mark.parametrize(
    "around",
    [
        "for i in range(5):\n    try:\n        {}\n    except E:\n        pass",
        "for attempt in range(5):\n    {}",
        "while True:\n    try:\n        {}\n    except E:\n        break",
        "@cached(max_retries_of_others=3)\ndef f():\n    {}",
        "@retry(tries=5)\ndef g():\n    pass\n{}",
    ],
)
def test_a_batch_is_no_retry(around: str) -> None:
    assert "retries" not in known(around.replace("{}", f"{SEND}({chat()})"))


def test_a_function_that_tries_again_is_called() -> None:
    code = f"@retry(tries=5)\ndef chat(**kwargs):\n    return {SEND}(**kwargs)\nchat(model='m', {chat()})"
    assert known(code) == {"model": "m", "retries": 5}


def test_the_innermost_wrapper_counts() -> None:
    code = "@retry(tries=9)\ndef f():\n    for attempt in range(2):\n        try:\n            {}\n        except E: pass"
    assert known(code.replace("{}", f"{SEND}({chat()})"))["retries"] == 2


# --- constants on their way to the call -----------------------------------------------------


@pytest.mark.parametrize(
    ("code", "anchor"),
    [
        ("GREETING = {}\n{send}(system=GREETING)", "GREETING"),
        ("GREETING = {}\na = GREETING\nb = a\n{send}(system=b)", "GREETING"),
        ("GREETING = {}\ndef ask(text=GREETING):\n    {send}(system=text)", "GREETING"),
        ("GREETING = {}\ndef ask(text):\n    {send}(system=text)\nask(GREETING)", "GREETING"),
        ("def ask(text):\n    {send}(system=text)\nask({})", "<module>:ask.0"),
        ("def ask(text):\n    {send}(system=text)\ndef run():\n    ask(text={})", "run:ask.text"),
        ("class A:\n    hello = {}\n    def f(self):\n        {send}(system=self.hello)", "A.hello"),
        ("class A:\n    hello = {}\n{send}(system=A.hello)", "A.hello"),
        (
            "class A:\n    def __init__(self, hello):\n        self.hello = hello\n"
            "    def f(self):\n        {send}(system=self.hello)\nA({})",
            "<module>:A.0",
        ),
        ("class T(Enum):\n    HELLO = {}\n{send}(system=T.HELLO.value)", "T.HELLO"),
        ("TEXTS = {'a': {}, 'b': 'Not this one at all.'}\n{send}(system=TEXTS['a'])", "TEXTS.a"),
        ("TEXTS = {'a': {}}\n{send}(system=TEXTS.get(x))", "TEXTS.a"),
        ("TEXTS = [{}]\n{send}(system=TEXTS[0])", "TEXTS.0"),
        ("def hello():\n    return {}\n{send}(system=hello())", "hello:return"),
        ("GREETING = {}\n{send}(system=GREETING.format(x=1).strip())", "GREETING"),
        ("GREETING = {}\n{send}(system=f'{GREETING} {x}')", "GREETING"),
        ("GREETING = {}\n{send}(system=GREETING + x)", "GREETING"),
        ("GREETING = {}\n{send}(system=GREETING if x else y)", "GREETING"),
        ("GREETING = {}\n{send}(system='\\n'.join([GREETING, x]))", "GREETING"),
        ("GREETING = {}\nparts = []\nparts.append(GREETING)\n{send}(system='\\n'.join(parts))", "GREETING"),
        ("GREETING = {}\n{send}(messages=[{'role': 'system', 'content': GREETING}])", "GREETING"),
        (
            "GREETING = {}\n{send}(messages=[{'role': 'system', 'content': [{'type': 'text', 'text': GREETING}]}])",
            "GREETING",
        ),
        (
            "GREETING = {}\nclass A:\n    def m(self):\n        return [{'role': 'system', 'content': GREETING}]\n"
            "    def f(self):\n        {send}(messages=self.m())",
            "GREETING",
        ),
        (
            "GREETING = {}\nmessages = []\nmessages.append({'role': 'system', 'content': GREETING})\n"
            "{send}(messages=messages + history)",
            "GREETING",
        ),
        (
            "GREETING = {}\nbody = {'messages': [{'role': 'system', 'content': GREETING}], 'model': 'm'}",
            "GREETING",
        ),
    ],
)
def test_a_text_of_any_name_is_followed_to_its_call(code: str, anchor: str) -> None:
    code = code.replace("{send}(", f"{SEND}(model='m', ").replace("{}", repr(TEXT))
    found = prompts(code)
    assert list(found) == [anchor]
    assert found[anchor].text == TEXT
    assert found[anchor].messages[0].role is Role.SYSTEM
    assert found[anchor].call.get("model") is not None
    assert fields(found[anchor])["model"] == "m"


@pytest.mark.parametrize(
    "code",
    [
        "GREETING = {}\nprint(GREETING)",
        "GREETING = {}\ndef f(GREETING):\n    {send}(system=GREETING)",
        "TEXTS = {'a': {}}\n{send}(system=TEXTS['b'])",
        "class A:\n    hello = {}\nclass B:\n    def f(self):\n        {send}(system=self.hello)",
        "GREETING = {}\n{send}(metadata=GREETING)",
        "SCRIPT = {}\nsubprocess.run(SCRIPT, text=True, timeout=3)",
        "REPLY = {}\nresponse = Response(model='m', output=[{'role': 'assistant', 'content': REPLY}])",
        "LANGUAGE = 'plain English'\n{send}(system=f'{x} in {LANGUAGE}')",
        "language = 'the same language that they are using'\n{send}(system=f'{x} in {language}')",
        "def info(text):\n    log({'role': 'info', 'content': text})\ninfo({})",
        "a = b\nb = a\n{send}(system=a)",
        "def f(x):\n    return f(x)\n{send}(system=f(f))",
    ],
)
def test_a_text_that_reaches_no_call_is_not_taken(code: str) -> None:
    assert prompts(code.replace("{send}(", f"{SEND}(model='m', ").replace("{}", repr(TEXT))) == {}


def test_a_prompt_of_several_calls_knows_what_they_agree_on() -> None:
    code = (
        f"GREETING = {TEXT!r}\n{SEND}(model='a', max_tokens=5, system=GREETING)\n"
        f"{SEND}(model='b', max_tokens=5, system=GREETING)"
    )
    assert known(code) == {"model": UNKNOWN, "max_tokens": 5}


def test_ways_without_an_end_are_left() -> None:
    deep = "".join(f"def f{n}(x):\n    return f{n + 1}(x)\n" for n in range(200))
    assert prompts(f"{deep}{SEND}(system=f0(1))") == {}
    assert prompts(f"{SEND}(system=a{'.replace(a, b)' * 80})") == {}


@pytest.mark.parametrize(
    "hostile",
    [
        " " * 1_000_000,
        "a" * 1_000_000,
        "x = x.replace('a', b)" + " " * 1_000_000 + ".y",
        "a." * 500_000 + "b",
        "'" + "% " * 500_000 + "'",
    ],
)
def test_a_large_hostile_file_is_read_in_one_pass(hostile: str) -> None:
    """What is quadratic would not come back."""
    extract(Source("app/bot.py", f"prompt = {TEXT!r}\n#{hostile}\n", SourceKind.PYTHON))


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        f"prompt = {ROLE!r}\nllm.invoke(prompt)\n",
        f"class A:\n    def f(self):\n        self.prompt = {ROLE!r}\n        llm.invoke(self.prompt)\n",
        f"prompt = {TEXT!r}\n",
        f"{SEND}({chat()})\n",
    ],
)
def test_a_module_may_say_the_same_thing_thousands_of_times(line: str) -> None:
    """What is quadratic would not come back."""
    assert len(prompts(line * 4_000)) == 4_000


def test_what_stands_at_a_place_itself_is_found_however_much_was_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = f"{SEND}(model='m', {chat()})\ntext = {TEXT!r}\n{SEND}(model='m', system=text)\n"
    assert len(prompts(code)) == 2
    monkeypatch.setattr(reach, "_STEPS_IN_ALL", 0)
    assert len(prompts(code)) == 1


def test_objects_made_of_each_other_are_not_followed_for_ever() -> None:
    names = ("llm", "model", "client", "lm", "service", "generator", "chat_model", "model_client")
    made = ", ".join(f"{name}=make()" for name in names)
    code = f"def make():\n    return Thing({made})\n{SEND}({chat()}, {made})"
    assert known(code) == {"model": UNKNOWN}
