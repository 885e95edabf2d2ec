"""What logged calls of models say: read, normalized to one table, matched to prompts, and measured."""
