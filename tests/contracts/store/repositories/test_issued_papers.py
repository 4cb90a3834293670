"""The repository of issued papers, and the page that reads it, on every engine."""

from datetime import date

import pytest

from domain.actions.papers.verifying import verify_paper
from domain.actions.token_guessing import MOST_MISSES
from domain.language.printouts import PaperStatus
from domain.papers.issued import IssuedPaper
from domain.requests.request import Phase, ServiceRequest
from domain.services import SERVICES
from domain.values.errors import Conflict, NotFound, TooManyRequests
from store.unit_of_work import SqlStore
from tests.support.factories import a_request
from tests.support.municipality import StandingClock, build_desk

LETTER = "a" * 32
DATA = {"letter_token": LETTER, "letter_number": "1405/ک/1", "letter_date": "2026-11-24", "letter_text": "…"}


async def test_a_paper_is_found_by_its_token(store: SqlStore) -> None:
    request = a_request()
    papers = [
        IssuedPaper("0" * 32, request.id, "letter", "1405/ک/۱۲ «ویژه»", date(2026, 11, 24)),
        IssuedPaper("1" * 32, request.id, "delivery_form", None, date(2026, 11, 25)),
    ]
    await added(store, request, *papers)
    async with store.open_unit(write=False) as uow:
        assert [await uow.issued_papers.find_by_token(one.token) for one in papers] == papers
        assert await uow.issued_papers.find_by_token("2" * 32) is None


async def test_papers_are_found_by_their_number_however_it_is_typed(store: SqlStore) -> None:
    request = a_request()
    older, newer, other = (
        IssuedPaper(letter * 32, request.id, "letter", number, date(2025 + year, 11, 24))
        for letter, number, year in (("1", "ك ۱۲/الف", 0), ("2", "ک12/الف", 1), ("3", "ک13/الف", 1))
    )
    await added(store, request, older, newer, other, IssuedPaper("4" * 32, request.id, "form", None, date(2026, 1, 1)))
    async with store.open_unit(write=False) as uow:
        assert await uow.issued_papers.list_by_number("ک ۱۲ / الف") == [newer, older]
        assert await uow.issued_papers.list_by_number("ک12") == []


async def test_a_token_is_never_given_twice(store: SqlStore) -> None:
    request = a_request()
    paper = IssuedPaper("0" * 32, request.id, "letter", None, date(2026, 11, 24))
    with pytest.raises(Conflict):
        await added(store, request, paper, paper)


async def added(store: SqlStore, request: ServiceRequest, *papers: IssuedPaper) -> None:
    """Store a request with its papers."""
    async with store.open_unit() as uow:
        await uow.requests.add(request)
        for paper in papers:
            await uow.issued_papers.add(paper)


async def test_it_is_verified_by_anybody_and_guessing_is_counted(store: SqlStore) -> None:
    desk = build_desk(StandingClock(), services=SERVICES)
    answered = {"service": "expert", "state": "answered", "phase": Phase.DONE, "fields": {"kind": "other"}}
    request = a_request(data=DATA, **answered)
    await added(store, request, IssuedPaper(LETTER, request.id, "letter", "1405/ک/1", date(2026, 11, 24)))
    assert (await verify_paper(desk, store, LETTER, "192.0.2.1")).status is PaperStatus.VALID
    for number in range(MOST_MISSES):
        with pytest.raises(NotFound):
            await verify_paper(desk, store, f"{number:032x}", "192.0.2.1")
    with pytest.raises(TooManyRequests):
        await verify_paper(desk, store, "f" * 32, "192.0.2.1")
    assert (await verify_paper(desk, store, LETTER, "192.0.2.1")).status is PaperStatus.VALID
    assert (await verify_paper(desk, store, LETTER, "192.0.2.2")).number == "۱۴۰۵/ک/۱"
