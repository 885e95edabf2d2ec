"""docs/gateways.md says what the products say today: its tables are made again and compared."""

from __future__ import annotations

import subprocess
import sys

from tests.gateways.upstream import ROOT


def test_the_tables_are_what_the_products_say() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "products.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200)
    assert done.returncode == 0, done.stderr
    for line in done.stderr.splitlines():  # what is not installed, for whoever reads the run
        sys.stdout.write(line + "\n")
