import json, pathlib
from anthropic import Anthropic

client = Anthropic()
SYSTEM = pathlib.Path(__file__).with_name("voice_system.txt").read_text()


def turn(history, board, heard, tts):
    messages = history[-8:] + [{"role": "user", "content": f"BOARD {json.dumps(board)}\nCALLER {heard}"}]
    reply = client.messages.create(
        model="claude-haiku-4-5",
        max_tokens=160,
        system=SYSTEM,
        messages=messages,
    ).content[0].text
    tts.speak(reply)
    return messages + [{"role": "assistant", "content": reply}]
