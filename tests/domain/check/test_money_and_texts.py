"""`pishkhan check`: bills that expire too early, and placeholders that nobody fills."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.bills.bill import BillState
from domain.blocks.booking_fields import BOOKED_END
from domain.blocks.charging import CloseOpenBills, compute_payment_expiry, payment_due_at
from domain.check import check_services
from domain.language.service import Service, StepContext
from domain.messages.catalogue import Catalogue
from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.machinery.declaration import MACHINERY_WORK

TEXTS = Catalogue.load()


def flaws(service: Service, catalogue: Catalogue = TEXTS) -> set[str]:
    """Check one service; return `kind: subject`."""
    return {f"{one.kind}: {one.subject}" for one in check_services([service], catalogue)}


def expiring(service: Service = MACHINERY_WORK, **changes: Any) -> Service:
    """A service whose bills expire otherwise."""
    steps = (replace(one, **changes) if one.name == "expire" else one for one in service.transitions)
    return replace(service, transitions=tuple(steps))


def an_hour_early(ctx: StepContext) -> datetime:
    """The lag is cut by an hour."""
    return compute_payment_expiry(ctx) - timedelta(hours=1)


def a_fixed_lag(ctx: StepContext) -> datetime:
    """Two days, whatever the municipality has set: enough for its default alone, and not over a holiday."""
    return payment_due_at(ctx) + timedelta(days=2)


@pytest.mark.parametrize("deadline", [payment_due_at, an_hour_early, a_fixed_lag])
@pytest.mark.parametrize("service", [MACHINERY_WORK, EXPERT_OPINION], ids=lambda one: one.key)
def test_a_bill_that_expires_before_the_banks_have_told(service: Service, deadline: Any) -> None:
    assert flaws(expiring(service, reckon_deadline=deadline)) == {"expires_early: expire"}


def test_a_bill_may_live_longer() -> None:
    assert flaws(expiring(reckon_deadline=lambda ctx: compute_payment_expiry(ctx) + timedelta(days=9))) == set()
    assert flaws(expiring(reckon_deadline=lambda ctx: None)) == set()


def test_a_payment_under_way_is_waited_for() -> None:
    assert flaws(expiring(guards=())) == {"expires_while_paying: expire"}
    voiding = replace(CloseOpenBills(BillState.VOID))
    assert flaws(expiring(effects=(voiding,), guards=())) == {"expires_while_paying: expire"}, "void as well"


def test_an_expiry_that_cannot_be_told_is_not_trusted() -> None:
    def by_the_booking(ctx: StepContext) -> datetime:
        return datetime.fromisoformat(ctx.request.data["booked_start"])

    assert flaws(expiring(reckon_deadline=by_the_booking)) == {
        "expiry_untold: expire",
        "moment_untold: awaiting_payment.expire: booked_start",
    }


def test_what_is_due_is_told_from_what_is_kept_by_then() -> None:
    def by_the_booking(ctx: StepContext) -> datetime:
        return BOOKED_END.read(ctx.request)

    states = [
        replace(state, reckon_due=by_the_booking) if state.name == "accepted" else state
        for state in MACHINERY_WORK.states
    ]
    assert flaws(replace(MACHINERY_WORK, states=tuple(states))) == {"moment_untold: accepted.due: booked_end"}


@pytest.mark.parametrize(
    ("notice", "text", "unfilled"),
    [
        ("cancel", "درخواست {code} لغو شد تا {deadline}.", "deadline"),
        ("accept", "درخواست {code} پذیرفته شد: {amount}", "amount"),
        ("pay", "{plate} {code}", "plate"),
        ("work_soon", "{refund} {code}", "refund"),
        ("submit", "{code} {hours}", "hours"),
        ("pay", "{payment_limit} {code}", "payment_limit"),  # which only bills of some services have
    ],
)
def test_a_placeholder_that_nobody_fills(notice: str, text: str, unfilled: str) -> None:
    """Its name is known elsewhere and has its longest value, but nobody tells it here."""
    worded = Catalogue.load({"services": {"machinery": {"notices": {notice: text}}}})
    assert f"unfilled: services.machinery.notices.{notice}: {unfilled}" in flaws(MACHINERY_WORK, worded)


def test_what_steps_give_may_be_told() -> None:
    notices = {
        "bill": "قبض {code} {amount} {bill_id} {payment_id} {deadline}",
        "pay": "رسید {code} {amount}",
        "cancel_refund": "لغو {code} {refund}",
        "ask": {"text": "پرسش {code} {question} تا {answer_until}", "parts": 5},
        "reject": "{reason:20}",
        "pay_soon": {"text": "قبض {code} {amount} {deadline}\nلغو۱۱", "class": "reminder"},
        "schedule": "کار {code} {machine}",
    }
    assert flaws(MACHINERY_WORK, Catalogue.load({"services": {"machinery": {"notices": notices}}})) == set()


@pytest.mark.parametrize("text", ["{code} پذیرفته شد.", "پذیرفته شد:\n{code}", "۱) {code} پذیرفته شد."])
def test_a_line_that_a_code_begins(text: str) -> None:
    """Phones would set it from left to right, words and all."""
    worded = Catalogue.load({"services": {"machinery": {"notices": {"accept": text}}}})
    assert flaws(MACHINERY_WORK, worded) == {"code_begins_line: services.machinery.notices.accept"}
