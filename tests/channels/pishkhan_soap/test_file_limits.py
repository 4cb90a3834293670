"""Files around their limit: what may come comes however its Base64 is broken into lines, what may not is too large."""

from base64 import b64encode, encodebytes

import pytest

from domain.values.files import MAX_DOCUMENT_BYTES
from tests.channels.pishkhan_soap.soap_office import Office
from tests.support.scenarios.expert_unit import ASKING

PDF = b"%PDF-1.7 "


async def attached(office: Office, content: str) -> tuple[str, str | None]:
    """Send a file as text; code and element of the answer."""
    request = await office.town.order(ASKING)
    await office.town.brought_by(request)
    answer = await office.call("AttachDocument", {"trackingCode": request, "name": "deed", "content": content})
    return (answer.code, None) if answer.status == 200 else (answer.fault.code, answer.fault.field)


@pytest.mark.parametrize("size", [MAX_DOCUMENT_BYTES + 1, 7_490_000, 7_500_001, 7_600_000, 7_860_000])
async def test_a_file_over_the_limit_is_too_large_whatever_its_size(office: Office, size: int) -> None:
    content = b64encode(PDF + bytes(size - len(PDF))).decode()
    assert await attached(office, content) == ("too_large", "content")


async def test_a_file_of_the_limit_comes_in_lines(office: Office) -> None:
    """They make its text longer than ten million letters."""
    content = encodebytes(PDF + bytes(MAX_DOCUMENT_BYTES - len(PDF))).decode().replace("\n", "\r\n")
    assert len(content) > 10_000_000
    assert await attached(office, content) == ("ok", None)


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (PDF + bytes(MAX_DOCUMENT_BYTES), "too_large", "فایل از ۷ مگابایت بزرگ‌تر است"),
        (b"", "missing_field", "«فایل» خالی است"),
    ],
    ids=["large", "empty"],
)
async def test_a_file_that_is_too_large_or_empty_is_told_so(
    office: Office, content: bytes, code: str, said: str
) -> None:
    request = await office.town.order(ASKING)
    await office.town.brought_by(request)
    values = {"trackingCode": request, "name": "deed", "content": b64encode(content).decode()}
    answer = await office.call("AttachDocument", values)
    assert (answer.fault.code, answer.fault.field) == (code, "content")
    assert said in answer.fault.message
