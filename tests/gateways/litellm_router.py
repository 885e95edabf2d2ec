"""Run by LiteLLM's own interpreter: loads configs into a Router, and sends requests; see test_litellm.

Standard input: {"configs": [...], "requests": [[index of the config, body]...], "base": address}.
Standard output: {"loaded": [error or null ...], "answers": [[status, text]...]}.
"""

import asyncio
import json
import logging
import os
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ.update({"OPENAI_API_KEY": "none", "ANTHROPIC_API_KEY": "none"})

import litellm
import yaml

litellm.suppress_debug_info = True
litellm.telemetry = False
logging.disable(logging.CRITICAL)


def router(text, base):
    config = yaml.safe_load(text)
    for item in config.get("model_list") or []:
        params = item.get("litellm_params") or {}
        if base and params.get("model", "").startswith("openai/"):
            params["api_base"] = base
        elif base and params.get("model", "").startswith("anthropic/"):
            params["api_base"] = base.removesuffix("/v1")
    return litellm.Router(model_list=config.get("model_list"), **(config.get("router_settings") or {}))


async def main():
    given = json.load(sys.stdin)
    routers, loaded = [], []
    for text in given["configs"]:
        try:
            routers.append(router(text, given["base"]))
            loaded.append(None)
        except BaseException as error:
            routers.append(None)
            loaded.append(f"{type(error).__name__}: {str(error)[:200]}")
    answers = []
    for index, body in given["requests"]:
        try:
            reply = await routers[index].acompletion(**body)
            answers.append([200, reply.choices[0].message.content])
        except Exception as error:
            answers.append([getattr(error, "status_code", 0), type(error).__name__])
    json.dump({"loaded": loaded, "answers": answers}, sys.stdout)


asyncio.run(main())
