"""Files in which malware is found: refused, and audited without the file and without anybody's number."""

import pytest

from domain.actions.documents.preparing import refuse_malware
from domain.audit.entries import AuditFilter
from domain.values.actors import Actor, Role
from domain.values.errors import DocumentRejected
from tests.support.municipality import Municipality

CITIZEN = Actor(frozenset({Role.CITIZEN}), "citizen", "+989121234567", "portal")
CLERK = Actor(frozenset({Role.CLERK}), "clerk", "1001/0499370899", "pishkhan_soap", office_code="1001")
PHOTO = b"\xff\xd8\xff a photo"


class SuspiciousScanner:
    """Finds malware in everything but photos."""

    async def find_malware(self, content: bytes) -> str | None:
        """Return its name."""
        return None if content == PHOTO else "Worm.Test"

    async def find_fault(self) -> str | None:
        """Return that it works."""
        return None


async def test_malware_is_refused_and_audited(town: Municipality) -> None:
    dependencies, store = town.desk, town.store
    await refuse_malware(dependencies, store, b"anything", CITIZEN)
    dependencies.malware_scanner = SuspiciousScanner()
    await refuse_malware(dependencies, store, PHOTO, CITIZEN)
    for actor, about in ((CITIZEN, "123456789"), (CITIZEN, "123456789"), (CLERK, "")):
        with pytest.raises(DocumentRejected) as refused:
            await refuse_malware(dependencies, store, b"anything", actor, about)
        assert str(refused.value) == "document_rejected:document:malware"
    async with store.open_unit(write=False) as uow:
        entries = await uow.audit.list_entries(AuditFilter(what="malware_found"))
    of_clerk, of_citizen = entries
    assert (of_citizen.actor, of_citizen.times) == ("citizen:portal", 2)
    assert of_citizen.detail["about"] == "123456789"
    assert of_clerk.actor == "clerk:1001/0499370899"
    assert of_clerk.detail["malware"] == "Worm.Test"
    assert "anything" not in str(entries)
    assert "1234567" not in of_citizen.actor
