"""Preparation of every file, whatever channel it came by, before the unit of work that stores it is opened.

First it is known by its own bytes, then a scanner looks at it as it was sent, then it is cleaned: a photo loses what it
knows of place and device, a PDF is looked through.
"""

import hashlib

from domain.actions.dependencies import Dependencies
from domain.actions.staff.refusals import record_refusal
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.errors import DocumentRejected
from domain.values.files import PreparedFile, detect_media_type
from domain.values.reasons import DocumentReason


async def prepare_file(
    dependencies: Dependencies, store: Store, file_name: str, content: bytes, actor: Actor, about: str = ""
) -> PreparedFile:
    """Return a file that `actor` sent as it may be stored; `about` is the request, if there is one.

    Never called inside a unit of work. Errors: `TooLarge` over 7 MB, `DocumentRejected` for what is neither photo nor
    PDF, broken, locked, not harmless or of too many pixels, `Unavailable` where it cannot be examined now.
    """
    media_type = detect_media_type(content)
    await refuse_malware(dependencies, store, content, actor, about)
    cleaned_content = await dependencies.file_cleaner.clean_file(content, media_type)
    return PreparedFile.build(file_name, cleaned_content, content)


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
