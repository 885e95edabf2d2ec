"""What several extractors share: names, clues and keys that tell prompts from other files."""
