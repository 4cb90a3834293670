"""Moments that are over, as people tell of them."""

from datetime import UTC, date, datetime, time

import pytest

from domain.parsing.times.past_moments import PastMoment, find_past_moment

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
"""A Tuesday, ten in the morning in Tehran."""


def november(day: int, hour: int | None = None, minute: int = 0) -> PastMoment:
    """A day of that month, and its hour."""
    return PastMoment(date(2026, 11, day), None if hour is None else time(hour, minute))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("دیروز ساعت ۵ واریز کردم", november(23, 17)),
        ("دیروز ساعت ۵ صبح واریز کردم", november(23, 5)),
        ("همین الان زدم", november(24, 10)),
        ("چند دقیقه پیش پرداخت کردم", november(24, 10)),
        ("یه ربع پیش زدم", november(24, 9, 45)),
        ("نیم ساعت پیش کارت به کارت کردم", november(24, 9, 30)),
        ("۲ روز قبل ریختم", november(22)),
        ("شنبه صبح واریز کردم", november(21)),
        ("پنجشنبه ساعت 10 و نیم صبح پرداخت کردم", november(19, 10, 30)),
        ("۱ آذر ساعت ۱۴:۳۰ واریز کردم", november(22, 14, 30)),
        ("1405/9/2 پرداخت شد", november(23)),
        ("امروز ساعت ۵ زدم", november(24, 5)),
        ("دیشب ساعت ۱۱ واریز کردم", november(23, 23)),
        ("دیشب ساعت ۱ واریز شد", november(24, 1)),
        ("پریروز عصر ساعت ۶ واریز کردم", november(22, 18)),
        ("دیروز واریز کردم برای فردا ساعت ۸", november(23)),
        ("diruz variz kardam", november(23)),
        ("düýn töledim", november(23)),
    ],
)
def test_a_moment_that_is_over_is_read(text: str, moment: PastMoment) -> None:
    assert find_past_moment(text, NOW) == moment


@pytest.mark.parametrize(
    "text",
    ["پرداخت کردم", "پرداخت کردم کی میاین فردا", "برای ۶ آذر ساعت ۸ پرداخت کردم", "پول لودر ۴ ساعت رو دادم",
     "پرداخت کردم ساعت ۲۰", "کارت به کارت کردم 120 هزار تومان پیگیری 88123456"],
)  # fmt: skip
def test_what_names_none_or_is_to_come_is_none(text: str) -> None:
    assert find_past_moment(text, NOW) is None
