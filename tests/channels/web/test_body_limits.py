"""Bodies that do not tell their length, and forms of very many fields: a form has an end, wherever it is long."""

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from channels.admin.frame import MAX_FORM_BYTES
from channels.web.posted import MAX_FORM_FIELDS
from tests.support.staff_site import PAGES, staff_site, visitor

MULTIPART, PLAIN = "multipart/form-data; boundary=b", "application/x-www-form-urlencoded"
HEAD = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'


def empty_parts() -> Iterator[bytes]:
    """Parts whose bytes all stand in their heads."""
    return (HEAD % (b"%d" % n + b"n" * 4000) + b"\r\n" for n in count())


ENDLESS = {
    "heads of parts": (MULTIPART, empty_parts),
    "before the first part": (MULTIPART, lambda: (b"nothing of a form\r\n" * 100 for _ in count())),
    "a part": (MULTIPART, lambda: (HEAD % b"a" + b"x" * 4000 if n == 0 else b"x" * 4000 for n in count())),
    "a value": (PLAIN, lambda: (b"a=" + b"x" * 4000 if n == 0 else b"x" * 4000 for n in count())),
    "names": (PLAIN, lambda: (b"a" * 4000 for _ in count())),
}
CAREFUL = 4
"""So many times what may be sent is sent: a server that reads to the end answers too, but does not say 413."""


@pytest.mark.parametrize("what", ENDLESS)
async def test_a_body_without_an_end_is_too_large(database: Path, what: str) -> None:
    kind, pieces = ENDLESS[what]

    async def body() -> AsyncIterator[bytes]:
        sent = 0
        for piece in pieces():
            yield piece
            sent += len(piece)
            if sent > CAREFUL * MAX_FORM_BYTES:
                return

    async with staff_site(database) as site, visitor(site) as who:
        response = await who.client.post("/staff/sign-in", data=body(), headers={**PAGES, "Content-Type": kind})
        assert response.status == 413


@pytest.mark.parametrize("kind", [MULTIPART, PLAIN])
async def test_a_form_of_very_many_fields_is_too_large(database: Path, kind: str) -> None:
    def form(fields: int) -> bytes:
        if kind == PLAIN:
            return b"&".join(b"%d=" % n for n in range(fields))
        return b"".join(HEAD % (b"%d" % n) + b"\r\n" for n in range(fields)) + b"--b--\r\n"

    async with staff_site(database) as site, visitor(site) as who:
        for fields, status in ((MAX_FORM_FIELDS, 401), (MAX_FORM_FIELDS + 1, 413)):
            body = form(fields)
            assert len(body) <= MAX_FORM_BYTES
            response = await who.client.post("/staff/sign-in", data=body, headers={**PAGES, "Content-Type": kind})
            assert response.status == status
