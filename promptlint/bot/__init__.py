"""Puts a comparison under a pull or merge request; the only code that talks to GitHub or GitLab."""
