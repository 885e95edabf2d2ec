"""Removes whole parts of a prompt: only after an eval suite has shown that nobody misses them."""

from __future__ import annotations

from promptlint.compress.proposal import Ground, Proposal, Tier
from promptlint.compress.segments import Part
from promptlint.locate import source_edits
from promptlint.model import Safety

NAME = "sections"


def proposal(ground: Ground, part: Part) -> Proposal:
    """The removal of a part that may be cut; what its contract loses is for the search to tell at its end."""
    edit = part.edit
    return Proposal(
        pass_name=NAME,
        prompt_id=ground.prompt.id,
        edits=(edit,),
        source_edits=source_edits(ground.prompt, edit) or (),
        tokens_saved=part.tokens,
        tier=Tier.EVAL,
        safety=Safety.UNSAFE,
        losses=(),
        why=f"the {part.kind.value} is not missed",
    )
