"""Run by the interpreter that has vllm-sr: `vllm-sr config validate` of each config; see products.

Standard input: {"configs": [text...]}. Standard output: {"said": [null or what it says ...]}.
One process: the command reads a catalog of 1.4 MB of YAML first, and keeps it.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.update({"NO_COLOR": "1", "COLUMNS": "1000", "TERM": "dumb"})

from cli.main import main
from click.testing import CliRunner

said = []
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, "config.yaml")
    for text in json.load(sys.stdin)["configs"]:
        file.write_text(text)
        done = CliRunner().invoke(main, ["config", "validate", "--config", str(file)])
        output = done.output.replace(str(file), "config.yaml").strip()
        said.append(None if done.exit_code == 0 else output or repr(done.exception))
json.dump({"said": said}, sys.stdout)
