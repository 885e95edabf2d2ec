"""Calls a provider through LiteLLM, and writes what it logs: its payload for callbacks, and its rows of spend.

Reads {"base": ..., "payloads": ..., "spend": ...} from standard input. Runs in LiteLLM's own environment.
"""

import asyncio
import json
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import litellm
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy.spend_tracking.spend_tracking_utils import get_logging_payload

GIVEN = json.load(sys.stdin)
DONE = asyncio.Event()


def spelt(value):
    return value.isoformat() if isinstance(value, datetime) else str(value)


class Log(CustomLogger):
    def __init__(self, payloads, spend):
        super().__init__()
        self.payloads, self.spend, self.seen = payloads, spend, 0

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        row = get_logging_payload(kwargs, response_obj, start_time, end_time)
        self.spend.write(json.dumps(row, default=spelt) + "\n")
        self.count(kwargs)

    async def async_log_failure_event(self, kwargs, response_obj, start_time, end_time):
        self.count(kwargs)

    def count(self, kwargs):
        self.payloads.write(json.dumps(kwargs["standard_logging_object"], default=spelt) + "\n")
        self.seen += 1
        if self.seen == len(GIVEN["models"]):
            DONE.set()


async def main():
    with Path(GIVEN["payloads"]).open("w") as payloads, Path(GIVEN["spend"]).open("w") as spend:
        litellm.callbacks = [Log(payloads, spend)]
        for model in GIVEN["models"]:
            with suppress(litellm.exceptions.RateLimitError):
                await litellm.acompletion(
                    model=f"openai/{model}",
                    messages=GIVEN["messages"],
                    max_tokens=100,
                    api_key="no key",
                    api_base=GIVEN["base"],
                    max_retries=0,
                    num_retries=0,
                )
        await asyncio.wait_for(DONE.wait(), 60)


asyncio.run(main())
sys.stdout.write("{}\n")
