"""Values kept by a browser without a line are taken over once, however often they come, and overwrite nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from domain.actions.context import ActionContext
from domain.actions.drafts.beginning import derive_draft_id
from domain.actions.drafts.forgetting import delete_draft
from domain.actions.drafts.synchronizing import KeptDraft, KeptSection, SynchronizedDraft, synchronize_draft
from domain.drafts.draft import Draft, Relation, TypedForm
from domain.values.calendar import jalali_text, to_tehran
from tests.support.drafted_forms import ADDRESS, BROWSER, MACHINERY_ANSWERS, OTHER_BROWSER, DraftedForms
from tests.support.municipality import Municipality

KEY = "0123456789abcdef" * 2
PLACE, OTHER_PLACE, THIRD_PLACE = {"place": "خیابان امام"}, {"place": "میدان شهرداری"}, {"place": "پارک"}


@dataclass
class KeepingBrowser:
    """A browser that sends what it kept."""

    forms: DraftedForms

    async def send(
        self, *sections: KeptSection, draft: Draft | None = None, session: int = BROWSER, **details: Any
    ) -> SynchronizedDraft:
        """Send sections of a draft, or of a form that was begun without a line."""
        whole = KeptDraft("machinery", draft.id if draft else None, KEY, sections, **details)
        async with self.forms.town.store.open_unit() as uow:
            return await synchronize_draft(ActionContext(self.forms.town.desk, uow), session, whole, ADDRESS)


def pending(
    values: Mapping[str, Any], seen: str | None = None, tried: Mapping[str, Any] | None = None, name: str = "place"
) -> KeptSection:
    """A section that waits."""
    attempted_forms = [TypedForm(name, tried)] if tried else []
    return KeptSection(TypedForm(name, values), True, seen, attempted_forms)


@pytest.fixture
def browser(town: Municipality) -> KeepingBrowser:
    """A browser in the town."""
    return KeepingBrowser(DraftedForms(town))


async def test_a_form_that_was_begun_without_a_line_is_begun_once(browser: KeepingBrowser) -> None:
    sections = [pending(values, name=name) for name, values in MACHINERY_ANSWERS.items()]
    first = await browser.send(*sections, relation=Relation.FAMILY, represented_name="پدرم")
    again = await browser.send(*sections)
    assert first.draft.id == again.draft.id == derive_draft_id(BROWSER, KEY)
    assert len(await browser.forms.held()) == 1
    assert (again.conflicting_sections, again.is_restarted) == ([], False)
    assert (again.draft.relation, again.draft.represented_name) == (Relation.FAMILY, "پدرم")
    assert (await browser.forms.read(again.draft)).is_complete
    assert (await browser.send(*sections, session=OTHER_BROWSER)).draft.id != first.draft.id


async def test_what_another_device_wrote_stays(browser: KeepingBrowser) -> None:
    draft = await browser.forms.save(await browser.forms.begin(), "place", PLACE)
    seen = draft.digest_section(("place", "description"))
    await browser.forms.save(draft, "place", OTHER_PLACE)
    outcome = await browser.send(pending(THIRD_PLACE, seen), draft=draft)
    assert outcome.conflicting_sections == ["place"]
    assert outcome.draft.typed_values["place"] == OTHER_PLACE["place"]
    decided = await browser.send(
        pending(THIRD_PLACE, outcome.draft.digest_section(("place", "description"))), draft=draft
    )
    assert (decided.conflicting_sections, decided.draft.typed_values["place"]) == ([], THIRD_PLACE["place"])


async def test_what_the_browser_sent_itself_is_no_conflict(browser: KeepingBrowser) -> None:
    draft = await browser.forms.begin()
    await browser.forms.save(draft, "place", PLACE)  # it came, and no answer to it did
    outcome = await browser.send(pending(OTHER_PLACE, "", PLACE), draft=draft)
    assert (outcome.conflicting_sections, outcome.draft.typed_values["place"]) == ([], OTHER_PLACE["place"])


async def test_a_draft_that_is_gone_is_begun_anew_with_all_that_is_kept(browser: KeepingBrowser) -> None:
    draft = await browser.forms.fill()
    async with browser.forms.town.store.open_unit() as uow:
        await delete_draft(ActionContext(browser.forms.town.desk, uow), BROWSER, draft.id)
    known = {name: KeptSection(TypedForm(name, values), False, None) for name, values in MACHINERY_ANSWERS.items()}
    outcome = await browser.send(*(known | {"place": pending(PLACE)}).values(), draft=draft)
    assert outcome.is_restarted
    assert (await browser.forms.read(outcome.draft)).is_complete
    assert outcome.draft.typed_values["place"] == PLACE["place"]
    assert len(await browser.forms.held()) == 1


async def test_a_request_that_was_sent_stays_as_it_is(browser: KeepingBrowser) -> None:
    draft = await browser.forms.fill()
    request = await browser.forms.submit(draft)
    same = await browser.send(pending(MACHINERY_ANSWERS["place"]), draft=draft)
    assert (same.draft.request_code, same.conflicting_sections) == (request.code, [])
    other = await browser.send(pending(OTHER_PLACE), draft=draft)
    assert (other.draft.request_code, other.conflicting_sections) == (request.code, ["place"])
    assert len(await browser.forms.held()) == 1


async def test_a_section_that_there_is_no_more_is_said(browser: KeepingBrowser) -> None:
    outcome = await browser.send(pending({}, name="weather"), pending(PLACE))
    assert outcome.unknown_sections == ["weather"]
    assert outcome.draft.saved_sections == ("place",)


async def test_tomorrow_is_the_day_after_it_was_typed(browser: KeepingBrowser) -> None:
    now = browser.forms.town.desk.clock.now()
    typed = TypedForm("time", {"date": "فردا", "start": "۸"}, now - timedelta(days=2))
    outcome = await browser.send(KeptSection(typed, True, None))
    assert outcome.draft.typed_values["date"] == jalali_text(to_tehran(now).date() - timedelta(days=1))
    draft = await browser.forms.save(outcome.draft, "time", {"date": "۱۴۰۵/۱۲/۰۱", "start": "۸"})
    assert draft.typed_values["date"] == "۱۴۰۵/۱۲/۰۱", "a day that means the same on every day stays as it was typed"
