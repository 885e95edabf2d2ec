"""Where prompts are: calls, definitions, constants, and the tables of frameworks."""
