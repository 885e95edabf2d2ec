"""The plan: formulas, usage, steps, pages."""
