"""Refusals at an endpoint that strangers can call: every one is in the audit, and however many there are they cannot
fill the disk.

Equal refusals of one window are one row, which counts them and keeps the first and the last moment. A name
that is known here has so many rows in a window for each sort of refusal, all unknown names together have as many; what
comes on top is counted in one row for each reason: of that name, or of all unknown ones. So nobody hides one sort of
refusal behind many of another.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.repositories import StaffRepositories

REFUSAL_WINDOW = timedelta(hours=1)
"""Aligned to the epoch, as all windows are."""

MOST_ROWS = 30
"""Rows in a window of one known name, and of all unknown names of an endpoint, for each sort (`why`)."""

REASON_FACTS = ("error", "why")
"""The facts that say why something was refused."""

UNKNOWN_NAMES = "*"
"""The name under which further unknown names are counted; no real name has it."""


async def record_refusal(
    uow: StaffRepositories,
    now: datetime,
    sign_in_kind: str,
    name: str,
    event: str,
    refusal_facts: Mapping[str, Any],
    *,
    is_known: Callable[[], Awaitable[bool]],
) -> None:
    """Record a refusal of `name`; `refusal_facts` is all that distinguishes it from others, `REASON_FACTS` in it why it
    was refused.

    `is_known` tells whether there is such a name. It is asked for a refusal that none before was like, and what is done
    then does not depend on it.
    """
    actor = f"{sign_in_kind}:{name}"
    if await uow.audit.count_again(_refusal_likeness_key(now, actor, event, refusal_facts), now):
        return
    row_owner = actor if await is_known() else f"{sign_in_kind}:{UNKNOWN_NAMES}"
    reason_facts = {name: refusal_facts[name] for name in REASON_FACTS if name in refusal_facts}
    counter_key = "|".join(("refusals", event, str(refusal_facts.get("why", "")), row_owner))
    if await uow.lines.add_hit(counter_key, now, REFUSAL_WINDOW) > MOST_ROWS:
        actor, refusal_facts = row_owner, {"further": True, **reason_facts}
    await uow.audit.add_or_count_entry(
        _refusal_likeness_key(now, actor, event, refusal_facts), now, actor, event, refusal_facts
    )


def _refusal_likeness_key(now: datetime, actor: str, event: str, refusal_facts: Mapping[str, Any]) -> str:
    """Return what refusals have in common that one row counts."""
    window_number = int(now.timestamp() // REFUSAL_WINDOW.total_seconds())
    refusal_text = json.dumps([window_number, actor, event, refusal_facts], sort_keys=True)
    return hashlib.sha256(refusal_text.encode()).hexdigest()
