"""Calls a provider through OpenAI's SDK under OpenTelemetry's own instrumentation, and writes its spans.

Reads {"base": ..., "file": ...} from standard input. Runs in an environment of its own.
"""

import json
import os
import sys
from pathlib import Path

GIVEN = json.load(sys.stdin)
os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_ONLY"

from openai import OpenAI, OpenAIError  # noqa: E402  # after what it is told by
from opentelemetry import trace  # noqa: E402
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor  # noqa: E402
from opentelemetry.sdk.trace import TracerProvider  # noqa: E402
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor  # noqa: E402

with Path(GIVEN["file"]).open("w", encoding="utf-8") as file:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(out=file)))
    trace.set_tracer_provider(provider)
    OpenAIInstrumentor().instrument()
    client = OpenAI(api_key="no key", base_url=GIVEN["base"], max_retries=0)
    for model in GIVEN["models"]:
        try:
            client.chat.completions.create(model=model, messages=GIVEN["messages"], max_tokens=100)
        except OpenAIError as error:
            sys.stdout.write(f"{type(error).__name__}\n")
    provider.shutdown()
sys.stdout.write("{}\n")
