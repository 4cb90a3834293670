"""Jalali dates, Tehran's clock, working time and quiet hours."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.values import calendar
from domain.values.calendar import WorkingCalendar, from_jalali, jalali_period, tehran_moment, to_jalali
from domain.values.errors import InvalidField
from scripts import official_holidays
from tests.support.tables import each_row

SATURDAY = date(2026, 10, 24)  # an ordinary week: no holiday but its Friday
THURSDAY, FRIDAY = date(2026, 10, 29), date(2026, 10, 30)
NEXT_SATURDAY = date(2026, 10, 31)
PLAIN = WorkingCalendar()

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("jalali", "gregorian"),
    [
        ((1403, 12, 30), date(2025, 3, 20)),
        ((1404, 1, 1), date(2025, 3, 21)),
        ((1408, 12, 30), date(2030, 3, 20)),
        ((1399, 12, 30), date(2021, 3, 20)),
        ((1405, 9, 3), date(2026, 11, 24)),
        ((1405, 9, 10), date(2026, 12, 1)),
    ],
)
def test_jalali_dates(jalali: tuple[int, int, int], gregorian: date) -> None:
    assert from_jalali(*jalali) == gregorian
    assert to_jalali(gregorian) == jalali


def test_leap_years() -> None:
    leap = [year for year in range(1396, 1413) if to_jalali(from_jalali(year + 1, 1, 1) - timedelta(1))[2] == 30]
    assert leap == [1399, 1403, 1408, 1412]


@pytest.mark.parametrize(
    "wrong", [(1404, 12, 30), (1405, 13, 1), (1405, 0, 1), (1405, 7, 31), (0, 1, 1), (99999, 1, 1)]
)
def test_dates_that_do_not_exist(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(InvalidField) as caught:
        from_jalali(*wrong)
    assert caught.value.field == "date"


def test_a_day_before_the_calendar() -> None:
    with pytest.raises(InvalidField):
        to_jalali(date(1, 1, 1))


def test_a_moment_is_not_taken_for_a_day() -> None:
    with pytest.raises(TypeError, match="Tehran"):
        to_jalali(datetime(2026, 11, 24, tzinfo=UTC))


@settings(max_examples=60)
@given(st.dates(date(1921, 3, 21), date(2121, 3, 20)))
def test_jalali_round_trip(day: date) -> None:
    assert from_jalali(*to_jalali(day)) == day


def test_dates_for_people() -> None:
    assert calendar.jalali_text(date(2026, 12, 1)) == "۱۴۰۵/۰۹/۱۰"
    assert calendar.jalali_long_text(date(2026, 12, 1)) == "سه‌شنبه ۱۰ آذر ۱۴۰۵"


@pytest.mark.parametrize(
    ("day", "spoken"),
    [
        (date(2026, 12, 1), "سه‌شنبه ۱۰ آذر"),
        (date(2027, 3, 24), "چهارشنبه ۴ فروردین"),
        (date(2027, 3, 25), "پنج‌شنبه ۵ فروردین ۱۴۰۶"),
        (date(2026, 10, 24), "شنبه ۲ آبان"),
        (date(2026, 10, 23), "جمعه ۱ آبان ۱۴۰۵"),
    ],
)
def test_a_day_near_today_is_said_without_its_year(day: date, spoken: str) -> None:
    assert calendar.spoken_day_text(day, date(2026, 11, 24)) == spoken


def test_the_week_starts_on_saturday() -> None:
    assert [calendar.weekday(SATURDAY + timedelta(n)) for n in range(7)] == [0, 1, 2, 3, 4, 5, 6]
    assert calendar.WEEKDAY_NAMES[calendar.weekday(FRIDAY)] == "جمعه"


def test_tehran_had_summer_time_until_2022() -> None:
    assert tehran_moment(date(2026, 7, 1), time(8)) == datetime(2026, 7, 1, 4, 30, tzinfo=UTC)
    assert tehran_moment(date(2022, 7, 1), time(8)) == datetime(2022, 7, 1, 3, 30, tzinfo=UTC)
    assert tehran_moment(date(2026, 7, 1), time(8)).tzinfo is UTC


def test_a_moment_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        PLAIN.is_quiet(datetime(2026, 7, 1))  # noqa: DTZ001


def test_the_file_of_official_holidays_is_what_the_package_reckons() -> None:
    """`python -m scripts.official_holidays` writes it again."""
    assert official_holidays.FILE.read_text("utf-8") == official_holidays.list_official_holidays()


def test_official_holidays_and_fridays() -> None:
    assert PLAIN.is_holiday(date(2026, 3, 21)), "Nowruz"
    assert PLAIN.is_holiday(date(2026, 6, 25)), "Ashura"
    assert PLAIN.is_holiday(FRIDAY)
    assert not PLAIN.is_holiday(SATURDAY)
    assert not PLAIN.is_holiday(THURSDAY), "a day off is not a holiday"


def test_working_days_of_a_week() -> None:
    week = [SATURDAY + timedelta(n) for n in range(7)]
    assert [PLAIN.is_working_day(day) for day in week] == [True] * 5 + [False, False]
    with_thursday = WorkingCalendar(thursday=calendar.THURSDAY_HOURS)
    assert [with_thursday.is_working_day(day) for day in week] == [True] * 6 + [False]
    assert with_thursday.office_span(THURSDAY) == (
        tehran_moment(THURSDAY, time(7, 30)),
        tehran_moment(THURSDAY, time(12, 30)),
    )
    assert PLAIN.office_span(SATURDAY) == (tehran_moment(SATURDAY, time(7, 30)), tehran_moment(SATURDAY, time(14, 30)))
    assert PLAIN.office_span(THURSDAY) is None


def test_overrides_lie_on_top() -> None:
    ashura = date(2026, 6, 25)  # a Thursday
    corrected = WorkingCalendar(
        thursday=calendar.THURSDAY_HOURS, overrides={ashura: True, FRIDAY: True, SATURDAY: False, THURSDAY: False}
    )
    assert not corrected.is_holiday(ashura)
    assert corrected.office_span(ashura) == (tehran_moment(ashura, time(7, 30)), tehran_moment(ashura, time(12, 30)))
    assert corrected.office_span(FRIDAY) == (tehran_moment(FRIDAY, time(7, 30)), tehran_moment(FRIDAY, time(14, 30)))
    assert corrected.is_holiday(SATURDAY)
    assert corrected.office_span(SATURDAY) is None
    assert corrected.office_span(THURSDAY) is None


def test_an_override_works_a_thursday_that_is_off() -> None:
    worked = WorkingCalendar(overrides={THURSDAY: True})
    assert worked.office_span(THURSDAY) == (tehran_moment(THURSDAY, time(7, 30)), tehran_moment(THURSDAY, time(14, 30)))


# The midnight before Wednesday: that day is whole. A minute later it is not, and Thursday and Friday are none.
# The evening before Nowruz: four holidays, Wednesday, and Saturday.
@pytest.mark.parametrize(
    ("moment", "days", "passed_at"),
    [
        (datetime(2026, 11, 24, 20, 30, tzinfo=UTC), 1, date(2026, 11, 26)),
        (datetime(2026, 11, 24, 20, 31, tzinfo=UTC), 1, date(2026, 11, 29)),
        (datetime(2026, 11, 26, 20, 30, tzinfo=UTC), 2, date(2026, 11, 30)),
        (datetime(2026, 3, 20, 20, 30, tzinfo=UTC), 2, date(2026, 3, 29)),
    ],
)
def test_banking_days(moment: datetime, days: int, passed_at: date) -> None:
    assert PLAIN.add_banking_days(moment, days) == tehran_moment(passed_at, time.min)


def test_no_banking_day_is_the_moment_itself() -> None:
    moment = datetime(2026, 11, 24, 9, 17, tzinfo=UTC)
    assert PLAIN.add_banking_days(moment, 0) == moment


def test_a_declared_holiday_is_no_banking_day_and_a_declared_working_friday_neither() -> None:
    declared = WorkingCalendar(overrides={SATURDAY: False, FRIDAY: True, THURSDAY: True})
    assert [declared.is_banking_day(day) for day in (SATURDAY, SATURDAY + timedelta(days=1), THURSDAY, FRIDAY)] == [
        False,
        True,
        False,
        False,
    ]


def test_an_office_cannot_close_before_it_opens() -> None:
    with pytest.raises(ValueError, match="close"):
        WorkingCalendar(office=(time(14), time(7)))
    with pytest.raises(ValueError, match="before it opens"):
        WorkingCalendar(visits=(time(18), time(7)))


@each_row(
    ("start", "minutes", "end"),
    [
        ((SATURDAY, time(9)), 60, (SATURDAY, time(10))),
        ((SATURDAY, time(6)), 60, (SATURDAY, time(8, 30))),
        ((SATURDAY, time(14)), 30, (SATURDAY, time(14, 30))),
        ((SATURDAY, time(14)), 31, (SATURDAY + timedelta(1), time(7, 31))),
        ((SATURDAY, time(20)), 420, (SATURDAY + timedelta(1), time(14, 30))),
        ((THURSDAY, time(9)), 1, (NEXT_SATURDAY, time(7, 31))),
        ((SATURDAY, time(7, 30)), 5 * 420 + 1, (NEXT_SATURDAY, time(7, 31))),
        ((FRIDAY, time(9)), 0, (FRIDAY, time(9))),
    ],
)
def test_adding_working_minutes(start: tuple[date, time], minutes: int, end: tuple[date, time]) -> None:
    assert PLAIN.add_working_minutes(tehran_moment(*start), minutes) == tehran_moment(*end)


def test_working_time_steps_over_nowruz() -> None:
    start = tehran_moment(date(2026, 3, 18), time(14, 29))  # the last minute before four holidays and a weekend
    assert PLAIN.add_working_minutes(start, 2) == tehran_moment(date(2026, 3, 25), time(7, 31))


def test_working_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        PLAIN.add_working_minutes(tehran_moment(SATURDAY, time(9)), -1)
    assert PLAIN.working_minutes_between(tehran_moment(SATURDAY, time(10)), tehran_moment(SATURDAY, time(9))) == 0


def test_working_minutes_between() -> None:
    start = tehran_moment(SATURDAY, time(14, 0, 30))
    assert PLAIN.working_minutes_between(start, tehran_moment(SATURDAY, time(23))) == 29
    assert PLAIN.working_minutes_between(start, tehran_moment(SATURDAY + timedelta(1), time(7, 45))) == 44
    assert PLAIN.working_minutes_between(tehran_moment(THURSDAY, time(0)), tehran_moment(FRIDAY, time(23))) == 0


@settings(max_examples=50, deadline=None)
@given(MOMENTS, st.integers(0, 5000))
def test_adding_and_measuring_agree(start: datetime, minutes: int) -> None:
    end = PLAIN.add_working_minutes(start, minutes)
    assert end >= start
    assert PLAIN.working_minutes_between(start, end) == minutes
    if minutes:
        assert PLAIN.working_minutes_between(start, end - timedelta(microseconds=1)) == minutes - 1


@pytest.mark.parametrize(
    ("hour", "quiet"),
    [(time(7, 59, 59), True), (time(8), False), (time(20, 59, 59), False), (time(21), True), (time(0), True)],
)
def test_quiet_hours(hour: time, quiet: bool) -> None:
    assert PLAIN.is_quiet(tehran_moment(SATURDAY, hour)) is quiet
    assert PLAIN.is_quiet(tehran_moment(FRIDAY, hour)) is quiet, "a holiday changes no quiet hours"


def test_next_open() -> None:
    evening, noon = tehran_moment(THURSDAY, time(22)), tehran_moment(FRIDAY, time(12))
    assert PLAIN.next_sending_time(noon, skip_holidays=False) == noon
    assert PLAIN.next_sending_time(evening, skip_holidays=False) == tehran_moment(FRIDAY, time(8))
    assert PLAIN.next_sending_time(tehran_moment(FRIDAY, time(1)), skip_holidays=False) == tehran_moment(
        FRIDAY, time(8)
    )
    assert PLAIN.next_sending_time(evening, skip_holidays=True) == tehran_moment(NEXT_SATURDAY, time(8))
    assert PLAIN.next_sending_time(noon, skip_holidays=True) == tehran_moment(NEXT_SATURDAY, time(8))


def test_answers_are_in_utc() -> None:
    noon = datetime(2026, 10, 28, 12, tzinfo=timezone(timedelta(hours=3, minutes=30)))
    for answer in (
        PLAIN.next_sending_time(noon, skip_holidays=False),
        PLAIN.last_sending_time_before(noon, lead_time=timedelta()),
        PLAIN.add_working_minutes(noon, 0),
        PLAIN.add_working_minutes(noon, 1),
    ):
        assert answer.tzinfo is UTC


@pytest.mark.parametrize(
    ("event", "lead", "skip_holidays", "planned"),
    [
        ((SATURDAY, time(12)), timedelta(hours=2), False, (SATURDAY, time(10))),
        ((SATURDAY, time(10)), timedelta(hours=2), False, (SATURDAY, time(8))),
        ((SATURDAY, time(8)), timedelta(hours=1), False, (SATURDAY - timedelta(1), time(20, 59))),
        ((SATURDAY, time(23)), timedelta(hours=1), False, (SATURDAY, time(20, 59))),
        ((NEXT_SATURDAY, time(8)), timedelta(hours=1), True, (THURSDAY, time(20, 59))),
        ((NEXT_SATURDAY, time(8)), timedelta(days=1), True, (THURSDAY, time(20, 59))),
        ((SATURDAY, time(20, 59, 30)), timedelta(), False, (SATURDAY, time(20, 59, 30))),
    ],
)
def test_a_reminder_goes_into_the_last_open_window(
    event: tuple[date, time], lead: timedelta, skip_holidays: bool, planned: tuple[date, time]
) -> None:
    assert PLAIN.last_sending_time_before(
        tehran_moment(*event), lead_time=lead, skip_holidays=skip_holidays
    ) == tehran_moment(*planned)


def test_quiet_hours_within_one_day() -> None:
    siesta = WorkingCalendar(quiet=(time(13), time(16)))
    assert siesta.is_quiet(tehran_moment(SATURDAY, time(13)))
    assert not siesta.is_quiet(tehran_moment(SATURDAY, time(2)))
    assert siesta.next_sending_time(tehran_moment(SATURDAY, time(14)), skip_holidays=False) == tehran_moment(
        SATURDAY, time(16)
    )
    assert siesta.last_sending_time_before(tehran_moment(SATURDAY, time(15)), lead_time=timedelta()) == tehran_moment(
        SATURDAY, time(12, 59)
    )
    never = WorkingCalendar(quiet=(time(0), time(0)))
    assert not never.is_quiet(tehran_moment(SATURDAY, time(0)))


@settings(max_examples=50, deadline=None)
@given(MOMENTS, st.booleans())
def test_planned_moments_are_never_quiet(moment: datetime, skip_holidays: bool) -> None:
    after = PLAIN.next_sending_time(moment, skip_holidays=skip_holidays)
    before = PLAIN.last_sending_time_before(moment, skip_holidays=skip_holidays, lead_time=timedelta())
    assert before <= moment <= after
    assert not PLAIN.is_quiet(after)
    assert not PLAIN.is_quiet(before)


@pytest.mark.parametrize(
    ("year", "month", "first", "last"),
    [
        (1405, 9, date(2026, 11, 22), date(2026, 12, 22)),
        (1405, 12, date(2027, 2, 20), date(2027, 3, 21)),
        (1405, None, date(2026, 3, 21), date(2027, 3, 21)),
        (1403, 12, date(2025, 2, 19), date(2025, 3, 21)),
        (1499, 12, date(2121, 2, 20), date(2121, 3, 21)),
    ],
)
def test_a_period_of_the_jalali_calendar(year: int, month: int | None, first: date, last: date) -> None:
    assert jalali_period(year, month) == (first, last)


@pytest.mark.parametrize(
    ("year", "month", "field"), [(1299, None, "year"), (1500, 1, "year"), (1405, 0, "month"), (1405, 13, "month")]
)
def test_a_period_that_is_none(year: int, month: int | None, field: str) -> None:
    with pytest.raises(InvalidField, match=field):
        jalali_period(year, month)
