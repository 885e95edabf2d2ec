"""Has quality dropped? Suites of cases, what their assertions say of answers, and the gate's statistics."""
