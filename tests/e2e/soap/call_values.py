"""Calls of counters in these tests, as their programs would say them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from app.documents.photos import clean_photo
from tests.e2e.soap.clients import CLERK
from tests.e2e.support.office import Office
from tests.e2e.support.people import Phone
from tests.support.scenarios.sample_files import take_photo

PHOTO = clean_photo(take_photo(), "image/jpeg")
"""Photo of which nothing is left to be taken out."""
"""Bytes that are a JPEG by their beginning, with every byte there is behind it."""

NAME = "گل‌جمال توماج"


def citizen(phone: Phone) -> dict[str, str]:
    """The citizen at the counter."""
    return {"fullName": NAME, "nationalCode": CLERK, "mobile": phone.mobile}


def tomorrow(office: Office) -> str:
    """The day after the office's, ISO."""
    return (office.now + timedelta(days=1)).date().isoformat()


def machinery(office: Office, phone: Phone, **other: Any) -> dict[str, Any]:
    """A loader for four hours tomorrow."""
    return {
        "citizen": citizen(phone),
        "items": {"item": [{"machine": "loader", "hours": 4}]},
        "date": tomorrow(office),
        "start": "08:00",
        "place": "خیابان امام جنب پارک",
        **other,
    }


def expert(phone: Phone, *papers: str, content: bytes = PHOTO, **other: Any) -> dict[str, Any]:
    """An opinion on a subdivision, with these papers at once."""
    documents = [{"name": one, "fileName": f"{one}.jpg", "content": content} for one in papers]
    wish = {
        "citizen": citizen(phone),
        "kind": "subdivision",
        "postalCode": "4947113456",
        "address": "روستای قلعه، پشت مدرسه",
        "text": "زمین پشت مدرسه",
        **other,
    }
    return wish | ({"documents": {"document": documents}} if documents else {})


def items_of(listed: Mapping[str, Any] | Sequence[Any] | None, item: str) -> list[Any]:
    """The items of a list of an answer, however the client shows an empty one; zeep gives an only list as it is."""
    found = listed.get(item) if isinstance(listed, Mapping) else listed
    return list(found or [])
