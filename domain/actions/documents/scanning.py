"""Files looked through for malware, before anything of them is stored. Without a scanner every file passes."""

import hashlib

from domain.actions.dependencies import Dependencies
from domain.actions.staff.refusals import record_refusal
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.errors import DocumentRejected
from domain.values.reasons import DocumentReason


async def refuse_malware(
    dependencies: Dependencies, store: Store, content: bytes, actor: Actor, about: str = ""
) -> None:
    """Refuse a file in which malware is found, and audit it without the file; `about` is the request, if there is one.

    Errors: `DocumentRejected("document")` (`malware`); `Unavailable("document")` (`scanner`) where the
    scanner does not answer. Never called inside a unit of work.
    """
    scanner = dependencies.malware_scanner
    malware_name = await scanner.find_malware(content) if scanner else None
    if malware_name is None:
        return
    error = DocumentRejected("document", DocumentReason.MALWARE)
    facts = {
        "channel": actor.channel,
        "error": str(error),
        "malware": malware_name,
        "sha256": hashlib.sha256(content).hexdigest(),
        **({"about": about} if about else {}),
    }
    async with store.open_unit() as uow:
        name, now = _find_lasting_name(actor), dependencies.clock.now()
        await record_refusal(uow, now, actor.kind, name, "malware_found", facts, is_known=_is_known)
    raise error


def _find_lasting_name(actor: Actor) -> str:
    """Return the name in the audit: a citizen's mobile is not kept there, since it could not be erased."""
    return actor.channel if actor.kind == "citizen" else actor.identifier


async def _is_known() -> bool:
    """Return that whoever sends files has a name here."""
    return True
