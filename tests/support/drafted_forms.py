"""Forms that are filled in on the portal: drafts of one session or another, without pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.actions.context import ActionContext
from domain.actions.drafts.beginning import begin_draft, list_drafts
from domain.actions.drafts.reading import DraftReading, read_draft
from domain.actions.drafts.saving import save_section
from domain.actions.drafts.submitting import submit_draft
from domain.drafts.draft import Draft, TypedForm
from domain.requests.request import ServiceRequest
from tests.support.municipality import CITIZEN, Municipality

BROWSER, OTHER_BROWSER = 7_000_001, 7_000_002
"""Two sessions."""

ADDRESS = "203.0.113.7"

MACHINERY_ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "machines": {"items": [{"machine": "loader", "hours": 4}]},
    "time": {"date": "فردا", "start": "۸"},
    "place": {"place": "خیابان امام، جنب پارک"},
    "applicant": {"full_name": "آنه محمدی", "national_code": "0499370899"},
}
"""Section of the machinery form → what is typed there."""


class DraftedForms:
    """Drafts in a municipality."""

    def __init__(self, town: Municipality) -> None:
        self.town = town

    async def begin(self, service: str = "machinery", session: int = BROWSER, address: str = ADDRESS) -> Draft:
        """Begin a draft."""
        async with self.town.store.open_unit() as uow:
            return await begin_draft(ActionContext(self.town.desk, uow), session, service, address)

    async def save(
        self, draft: Draft, section: str, values: Mapping[str, Any] | None = None, session: int = BROWSER
    ) -> Draft:
        """Save a section, by default as it should be."""
        typed = MACHINERY_ANSWERS[section] if values is None else values
        async with self.town.store.open_unit() as uow:
            return await save_section(ActionContext(self.town.desk, uow), session, draft.id, TypedForm(section, typed))

    async def fill(self, sections: Sequence[str] = tuple(MACHINERY_ANSWERS), session: int = BROWSER) -> Draft:
        """Begin a draft of machinery and save these sections as they should be."""
        draft = await self.begin(session=session)
        for section in sections:
            draft = await self.save(draft, section, session=session)
        return draft

    async def read(self, draft: Draft, proved: str | None = None) -> DraftReading:
        """Read a draft."""
        async with self.town.store.open_unit() as uow:
            return await read_draft(ActionContext(self.town.desk, uow), draft, proved)

    async def submit(self, draft: Draft, session: int = BROWSER, mobile: str = CITIZEN) -> ServiceRequest:
        """Submit a draft for a proved mobile."""
        async with self.town.store.open_unit() as uow:
            return await submit_draft(ActionContext(self.town.desk, uow), session, draft.id, mobile)

    async def held(self, session: int = BROWSER) -> list[Draft]:
        """The drafts of a session."""
        async with self.town.store.open_unit(write=False) as uow:
            return await list_drafts(ActionContext(self.town.desk, uow), session)
