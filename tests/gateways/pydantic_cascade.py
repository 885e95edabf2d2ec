"""Run by the interpreter that has pydantic-ai: asks every cascade of the golden module; see test_pydantic_ai.

Argument: the module. Standard input: {prompt: {model name: answer, or null for an error}}.
Standard output: {prompt: [models that were asked, final text or the error's name]}.
"""

import asyncio
import importlib.util
import json
import sys

from pydantic_ai import Agent
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelResponse, TextPart
from pydantic_ai.models.function import FunctionModel

spec = importlib.util.spec_from_file_location("golden", sys.argv[1])
golden = importlib.util.module_from_spec(spec)
spec.loader.exec_module(golden)


async def ask(prompt, answers):
    asked = []

    def make(name):
        def reply(messages, info):
            asked.append(name)
            if answers.get(name) is None:
                raise ModelHTTPError(500, name)
            return ModelResponse(parts=[TextPart(answers[name])])

        return FunctionModel(reply, model_name=name)

    try:
        result = await Agent(golden.model(prompt, make)).run("hello")
        return [asked, result.output]
    except BaseException as error:
        return [asked, type(error).__name__]


async def main():
    given = json.load(sys.stdin)
    json.dump({prompt: await ask(prompt, answers) for prompt, answers in given.items()}, sys.stdout)


asyncio.run(main())
