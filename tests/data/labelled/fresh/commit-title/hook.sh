#!/bin/sh
# prepare-commit-msg: only for plain `git commit`
[ -n "$2" ] && exit 0
diff=$(git diff --cached --unified=1 | head -c 24000)
[ -z "$diff" ] && exit 0
title=$(printf '%s' "$diff" | promptrun title.prompt.yaml --var-stdin diff) || exit 0
printf '%s\n%s\n' "$title" "$(cat "$1")" > "$1"
