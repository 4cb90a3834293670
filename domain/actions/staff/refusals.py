"""Refusals at a door to strangers: every one is in the audit, and however many there are they cannot fill the disk.

Refusals that are alike in one window are one row, which counts them and keeps the first and the last moment. A name
that is known here has so many rows in a window for each sort of refusal, all unknown names together have as many; what
comes on top is counted in one row for each reason: of that name, or of all unknown ones. So nobody hides one sort of
refusal behind many of another.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.unit_of_work import UnitOfWork

WINDOW = timedelta(hours=1)
"""Aligned to the epoch, as all windows are."""

MOST_ROWS = 30
"""Rows in a window of one known name, and of all unknown names of a door, for each sort (`why`)."""

REASONS = ("error", "why")
"""The facts that tell why something was refused."""

STRANGERS = "*"
"""The name under which further unknown names are counted; no real name has it."""


async def note(
    uow: UnitOfWork,
    now: datetime,
    door: str,
    name: str,
    what: str,
    detail: Mapping[str, Any],
    *,
    known: Callable[[], Awaitable[bool]],
) -> None:
    """Record a refusal of `name`; `detail` is all that tells it from others, `REASONS` in it why it was refused.

    `known` tells whether there is such a name. It is asked for a refusal that none before was like, and what is done
    then does not depend on it.
    """
    actor = f"{door}:{name}"
    if await uow.audit.again(_alike(now, actor, what, detail), now):
        return
    whose = actor if await known() else f"{door}:{STRANGERS}"
    reason = {name: detail[name] for name in REASONS if name in detail}
    counted = "|".join(("refusals", what, str(detail.get("why", "")), whose))
    if await uow.lines.hit(counted, now, WINDOW) > MOST_ROWS:
        actor, detail = whose, {"further": True, **reason}
    await uow.audit.record_alike(_alike(now, actor, what, detail), now, actor, what, detail)


def _alike(now: datetime, actor: str, what: str, detail: Mapping[str, Any]) -> str:
    """Return what refusals have in common that one row counts."""
    window = int(now.timestamp() // WINDOW.total_seconds())
    said = json.dumps([window, actor, what, detail], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
