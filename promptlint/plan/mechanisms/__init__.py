"""What a model call costs and what each optimization changes of that: one pure module a mechanism."""
