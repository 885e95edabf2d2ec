"""How the text of a prompt file says who speaks, and what is filled in or shown in it."""
