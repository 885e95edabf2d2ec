"""How hard a prompt is, and what its task is: features, a small model, and what it says of a prompt."""
