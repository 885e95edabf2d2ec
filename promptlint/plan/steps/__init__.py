"""The optimizations of a plan, one table: when each applies, what it changes, what to run for it."""

from __future__ import annotations

from promptlint.plan.steps import answers, models, texts
from promptlint.plan.steps.step import EFFORTS, MIN_USD, No, Step

__all__ = ["EFFORTS", "MIN_USD", "STEPS", "No", "Step"]

STEPS: tuple[Step, ...] = (*texts.STEPS, *answers.STEPS, *models.STEPS)
"""All of them, in the order in which refusals are shown. Self-hosting is of a whole project: see `stack`."""
