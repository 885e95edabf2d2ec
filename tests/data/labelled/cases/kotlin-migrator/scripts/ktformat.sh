#!/bin/sh
case "$1" in
  --write) exec ktlint --format "**/*.kt" ;;
  *) exec ktlint "**/*.kt" ;;
esac
