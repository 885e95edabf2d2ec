"""Run by LiteLLM's own interpreter: what `litellm --validate_config` says of each config; see products.

Standard input: {"configs": [text...]}. Standard output: {"said": [null or the error ...]}.
One process: the import alone takes ten seconds; each config has a fresh `ProxyConfig`, as the command has.
"""

import asyncio
import json
import logging
import os
import sys
import tempfile
from pathlib import Path

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ.update({"OPENAI_API_KEY": "none", "ANTHROPIC_API_KEY": "none"})

import litellm
from litellm.proxy.proxy_server import ProxyConfig

litellm.suppress_debug_info = True
litellm.telemetry = False
logging.disable(logging.CRITICAL)
REDIS = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": "1", "REDIS_PASSWORD": "none"}  # named, and not there


async def loaded(file):
    await ProxyConfig().load_config(router=None, config_file_path=str(file))


said = []
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, "config.yaml")
    for text in json.load(sys.stdin)["configs"]:
        file.write_text(text)
        litellm.cache = None
        for name, value in REDIS.items():  # named without need, it is waited for: eight seconds a config
            if "cache: true" in text:
                os.environ[name] = value
            else:
                os.environ.pop(name, None)
        try:
            asyncio.run(loaded(file))
            said.append(None)
        except BaseException as error:
            said.append(f"{type(error).__name__}: {error}".replace(str(file), "config.yaml"))
sys.stdout.write("\n" + json.dumps({"said": said}) + "\n")
