"""How expressions and statements become one text, every character with its source."""
