"""What `promptlint eval` found, as text, JSON, JUnit XML and one page of HTML: one renderer a module."""
