"""Says where answers come from: the server or the recording, the parameters, and the price."""

from __future__ import annotations

import hashlib
import json

from promptlint import evaluation, git
from promptlint.evals.folder import Folder
from promptlint.evals.model import Provider
from promptlint.evals.providers.keys import HOSTS
from promptlint.evals.session import Session


def source(provider: Provider, session: Session) -> evaluation.Source:
    """Where the answers of a provider come from, as the document says it."""
    header, price = session.header(provider), session.price(provider)
    recording = _recorded(provider, session.setting.folder) if header else None
    return evaluation.Source(
        kind=provider.kind,
        model=provider.model or "",
        base_url=provider.base_url or (None if header else HOSTS[provider.kind]),
        parameters=json.dumps(provider.parameters, ensure_ascii=False),
        recorded=header is not None,
        recording=" · ".join(filter(None, (header.kind, header.made_at, header.note))) if header else None,
        price=f"{price.source}, {price.basis.value}" if price else "",
        recording_path=recording and recording[0],
        recording_sha256=recording and recording[1],
    )


def _recorded(provider: Provider, folder: Folder) -> tuple[str, str]:
    """A recording's path from the top of its repository, and the sha256 of its bytes."""
    path = (folder.base / (provider.recording or "").removeprefix("file://")).resolve()
    top = (git.root(folder.root) or folder.root).resolve()
    return path.relative_to(top).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()
