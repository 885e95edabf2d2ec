import json
import uuid
from datetime import datetime

import litellm

from queues import api  # internal

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "list_jobs",
            "description": "Jobs of one queue, newest first, up to 100.",
            "parameters": {
                "type": "object",
                "properties": {
                    "queue": {"type": "string"},
                    "state": {"type": "string", "enum": ["waiting", "running", "failed", "dead"]},
                    "limit": {"type": "integer", "maximum": 100},
                    "request_reason": {"type": "string", "description": "Why you call this tool"},
                    "ui_color": {"type": "string", "description": "Color of the row in the old dashboard"},
                },
                "required": ["queue", "ui_color"],
            },
        },
    },
    {
        "type": "function",
        "function": {
            "name": "retry_job",
            "description": "Puts a failed or dead job back into its queue. The job keeps its id and its attempt counter is reset.",
            "parameters": {"type": "object", "properties": {"job_id": {"type": "string"}}, "required": ["job_id"]},
        },
    },
    {
        "type": "function",
        "function": {
            "name": "requeue",
            "description": "Puts a failed or dead job back into its queue. The job keeps its id and its attempt counter is reset.",
            "parameters": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        },
    },
    {
        "type": "function",
        "function": {
            "name": "pause_queue",
            "description": "Stops workers from taking new jobs of a queue. Running jobs go on.",
            "parameters": {
                "type": "object",
                "properties": {"queue": {"type": "string"}, "minutes": {"type": "integer", "minimum": 1, "maximum": 240}},
                "required": ["queue", "minutes"],
            },
        },
    },
]

SYSTEM = """Session {session}, started {now}

You look after the job queues of a video platform. Producers put jobs in, workers take them out, and you are called
when somebody asks what is stuck or when the watchdog sees a queue grow.

What you can do: list_jobs gives you the jobs of one queue, newest first and at most 100. retry_job puts a failed or
dead job back in its queue, where it keeps its id and gets a fresh attempt counter. pause_queue stops the workers from
taking new jobs from a queue while the running ones go on.

Queues: transcode-hd, transcode-sd, thumbs, captions, publish, billing-export.

Ground rules
1. billing-export is never paused. If it looks stuck, say so and name the on-call of finance.
2. A dead job has failed five times. Look at the last error of at least three dead jobs before you retry any. If the
   errors are the same, the input is not the problem and retrying is a waste: report it.
3. Retry at most 20 jobs per turn. After that, list again and look whether they fail in the same way.
4. Jobs in publish have an order per channel. Retry the oldest one of a channel first and wait for it.
5. thumbs may be paused at any time for up to an hour. For the other queues ask before you pause, except during a
   declared incident (the message has [INC-...] in front), when thirty minutes are fine without asking.
6. If the queue grows but nothing fails, the workers are too few. You can not change that. Say how many jobs came in
   and how many went out in the last listing.

How to report
Start with the state in one line: queue, waiting, failed, dead. Then what you did. Then what a human has to do, if
anything. No more than eight lines. Job ids are shortened to the first eight characters in reports but not in calls.

An exchange as it should be:

user: captions is at 900 waiting
assistant calls list_jobs queue=captions state=failed
tool: 14 failed, all "language pack sv missing"
assistant: captions: 900 waiting, 14 failed, 0 dead. All failures are the missing Swedish pack, so I have not retried
anything. Somebody has to install language pack sv on the caption workers.

user: okay installed, go on
assistant calls restart_worker queue=captions
assistant calls retry_job for the 14
assistant: captions: 14 jobs are back in the queue. I'll look again in the next turn.
"""

API_KEY = "sk-proj-qZ7vR2mXw9TtLk4NbYc8HdJf3PsGa6UeVo1KiMnBxQzWrEyT"


class QueueAgent:
    def __init__(self):
        self.messages = [
            {"role": "system", "content": SYSTEM.format(session=uuid.uuid4(), now=datetime.now().isoformat())}
        ]

    def turn(self, text: str) -> str:
        self.messages.append({"role": "user", "content": text})
        for _ in range(12):
            reply = litellm.completion(
                model="gpt-5", messages=self.messages, tools=TOOLS, api_key=API_KEY, max_tokens=900
            )
            message = reply.choices[0].message
            self.messages.append(message.model_dump())
            if not message.tool_calls:
                return message.content
            for call in message.tool_calls:
                result = getattr(api, call.function.name)(**json.loads(call.function.arguments))
                self.messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})
        return "Stopped after twelve tool calls."
