"""What YAML, JSON and JSON Lines share: nodes as messages, keys that name prompts, known formats."""
