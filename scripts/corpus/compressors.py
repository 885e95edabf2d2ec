"""The compressors of package registries that `peers.py` runs, and the Python that calls each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """A tool: its package, how a run of it is called, and the Python that sets it up and calls it."""

    package: str
    name: str
    setup: str
    call: str


PEERS = (
    *(
        Peer(
            "prompt-compressor",
            f"prompt-compressor {level}",
            "from prompt_compressor import compress_text",
            f"compress_text(text, level={level!r})",
        )
        for level in ("none", "very-low", "low")
    ),
    Peer(
        "compactprompt",
        "compactprompt",
        "from compactprompt import CompactPrompt",
        "CompactPrompt.compact(text).text",
    ),
    Peer(
        "compactprompt",
        "compactprompt ratio 0.4",
        "from compactprompt import CompactPrompt",
        "CompactPrompt.compact(text, ratio=0.4).text",
    ),
    Peer(
        "compression-prompt",
        "compression-prompt",
        "from compression_prompt import Compressor\ntool = Compressor()",
        "tool.compress(text).compressed",
    ),
    *(
        Peer(
            "promptminify",
            f"promptminify {mode}",
            "from promptmin import minify",
            f"minify(text, mode={mode!r})['minified']",
        )
        for mode in ("lite", "aggressive")
    ),
    Peer(
        "fasttok",
        "fasttok",
        "from fasttok import Tokenizer\ntool = Tokenizer.from_pretrained('gpt-4o')",
        "tool.compress(text)",
    ),
    *(
        Peer(
            "llmtrim",
            f"llmtrim {preset}",
            "import llmtrim",
            "json.loads(llmtrim.compress(json.dumps({'model': 'gpt-4o', 'messages': [{'role': 'system', "
            f"'content': text}}]}}), llmtrim.Provider.OPEN_AI, {preset!r}).request_json)"
            "['messages'][0]['content']",
        )
        for preset in ("safe", "aggressive")
    ),
    Peer(
        "caveman-prompt",
        "caveman-prompt",
        "import core, pathlib\nfrom core.pipeline import run_pipeline\nfrom core.rules import load_rules\n"
        "rules = load_rules(str(pathlib.Path(core.__file__).parent.parent / 'rules' / 'default.toml'))",
        "run_pipeline(text, rules)['output']",
    ),
    *(
        Peer(
            "cendor-squeeze",
            f"cendor-squeeze {fidelity}",
            "from cendor.squeeze import compress",
            f"compress(text, fidelity={fidelity!r})[0]",
        )
        for fidelity in ("lossless", "balanced", "aggressive")
    ),
    Peer(
        "caio-atharva",
        "caio-atharva",
        "from caio.optimizer import CAIO\ntool = CAIO()",
        "next(iter([tool.optimize(text)]))['optimized_prompt']",
    ),
    *(
        Peer(
            "distilla",
            f"distilla {'aggressive' if flag else 'mild'}",
            "from distilla import compress",
            f"compress(text, aggressive={flag})",
        )
        for flag in (False, True)
    ),
    Peer(
        "prompt-compressor",
        "prompt-compressor medium",
        "from prompt_compressor import compress_text",
        "compress_text(text, level='medium')",
    ),
)
