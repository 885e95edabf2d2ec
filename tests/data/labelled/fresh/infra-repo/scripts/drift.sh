#!/usr/bin/env bash
set -euo pipefail
for d in live/*/*/*; do
  (cd "$d" && terraform plan -detailed-exitcode -lock=false -input=false >/dev/null || echo "drift: $d ($?)")
done
