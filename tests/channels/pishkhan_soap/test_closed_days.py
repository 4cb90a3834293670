"""A counter that orders work for a public holiday is told so in the answer, and refused nothing."""

from datetime import date

from domain.values.calendar import WorkingCalendar
from tests.channels.pishkhan_soap.envelopes import MACHINERY
from tests.channels.pishkhan_soap.soap_office import Office

SUBMIT = "SubmitMachineryRequest"


async def test_a_submission_for_a_public_holiday_names_the_day(office: Office) -> None:
    assert b"closedDay" not in (await office.call(SUBMIT, MACHINERY, call_id="r-1")).content
    desk = office.town.desk
    desk.apply_settings(1, desk.policy, WorkingCalendar(overrides={date(2026, 11, 25): False}), {})
    answer = await office.call(SUBMIT, {**MACHINERY, "place": "خیابان بهار"}, call_id="r-2")
    assert (answer.text("closedDay"), office.count("requests")) == ("2026-11-25", 2)
