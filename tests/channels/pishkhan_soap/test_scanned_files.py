"""Files that counters send are scanned for malware first: what is found, or cannot be told, is a fault of its own."""

from base64 import b64encode

from tests.channels.pishkhan_soap.soap_office import Office
from tests.fakes.suspicious_scanner import MALWARE, SuspiciousScanner
from tests.support.scenarios.expert_unit import ASKING

PDF = b"%PDF-1.7 "


async def test_malware_is_refused_audited_and_not_kept(office: Office) -> None:
    scanner = office.town.desk.malware_scanner = SuspiciousScanner(office.town.store)
    request = await office.town.order(ASKING)
    await office.town.brought_by(request)

    async def attach(content: bytes) -> str:
        values = {"trackingCode": request, "name": "deed", "content": b64encode(content).decode()}
        answer = await office.call("AttachDocument", values)
        return answer.code if answer.status == 200 else answer.fault.code

    assert await attach(PDF + MALWARE) == "document_rejected"
    scanner.is_away = True
    assert await attach(PDF) == "unavailable"
    assert office.town.rows("SELECT count(*) FROM documents") == [(0,)]
    scanner.is_away = False
    assert await attach(PDF) == "ok"
    [(actor, _)] = office.audited("malware_found")
    assert actor.startswith("clerk:")
