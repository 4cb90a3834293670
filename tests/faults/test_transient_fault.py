"""A fault of the database that passes, amid the last step of a form: the text is refused, comes again, and is done."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.support.office_setup import furnish
from tests.e2e.support.people import Phone
from tests.faults.support.mortal_office import MortalOffice, mortal_office

pytestmark = [pytest.mark.e2e, pytest.mark.postgresql, pytest.mark.asyncio(loop_scope="module")]

FORM = (
    ("ماشین", "fields.items.prompt"),
    ("لودر", "fields.items_hours.prompt"),
    ("چهار", "fields.date.prompt"),
    ("فردا", "fields.start.prompt"),
    ("۸", "fields.place.prompt"),
    ("خیابان امام جنب پارک", "summary"),
)
LAST = "تایید"
MESSAGE_ID = 1_405_000

FAULTS = {"full": "53100", "deadlock": "40P01", "lock_timeout": "55P03", "shutting_down": "57P01"}
"""SQLSTATEs that pass: a full disk, a deadlock, a lock waited for too long, a server that ends its sessions."""

ONCE = """
CREATE SEQUENCE IF NOT EXISTS faults_told;
ALTER SEQUENCE faults_told RESTART;
CREATE OR REPLACE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF nextval('faults_told') = 1 THEN RAISE EXCEPTION 'it fails once' USING ERRCODE = '{state}'; END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER fail_once BEFORE INSERT ON requests FOR EACH ROW EXECUTE FUNCTION fail_once();
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office() -> AsyncIterator[MortalOffice]:
    """An office on PostgreSQL, open."""
    async with mortal_office("postgresql", furnish) as opened:
        await opened.open()
        yield opened
        assert await opened.close() == 0
        opened.assert_clean_log()


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_last_text_of_a_form_is_refused_and_done_when_it_comes_again(
    office: MortalOffice, fault: str
) -> None:
    number = list(FAULTS).index(fault)
    phone = Phone(office, f"0912555{number:04}")
    for text, key in FORM:
        await phone.says(text, key)
    await office.database.execute(ONCE.format(state=FAULTS[fault]))
    [(status, _)] = await office.webhooks.inbound(phone.mobile, LAST, messageid=MESSAGE_ID + number)
    assert status == 503
    [(status, _)] = await office.webhooks.inbound(phone.mobile, LAST, messageid=MESSAGE_ID + number)
    assert status == 200
    await phone.hears("notices.submit")
    await phone.has_read_everything()
