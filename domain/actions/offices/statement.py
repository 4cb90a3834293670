"""An office's statement: what it brought, took in and earned in a period, reckoned from the ledger alone.

Each request and payment earns by the rule in force on its own day in Tehran, so a rule that changes in mid-period
changes nothing of the days before. A refund to the citizen later takes nothing back: the counter did its work.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache

from domain.actions.desk import Desk
from domain.bills.bill import PaymentOutcome
from domain.offices.office import CommissionRule, CounterPayment, Statement, StatementLine, rule_for, spans
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import in_tehran, tehran
from domain.values.errors import InvalidField


async def statement(desk: Desk, uow: UnitOfWork, office_code: str, first: date, last: date) -> Statement:
    """Return the statement of the days from `first` on and before `last`.

    Lines are in the order of the services, then duties and violations. Errors: `NotFound("office")`,
    `InvalidField("last")` for a period without a day.
    """
    if last <= first:
        raise InvalidField("last", detail="before_start")
    code = (await uow.offices.by_code(office_code)).code
    rules = await uow.offices.rules()

    @cache  # a year has many payments, and few services and days
    def rule_on(service: str, day: date) -> CommissionRule | None:
        return rule_for(rules, code, service, day)

    lines: dict[str, StatementLine] = {}
    for start, end in spans(rules, first, last):
        for service, number in (await uow.offices.requests_between(code, _midnight(start), _midnight(end))).items():
            _count_requests(_line(lines, service), number, rule_on(service, start))
    found = await uow.offices.payments_between(code, _midnight(first), _midnight(last))
    payments = [_earning(one, rule_on) for one in found]
    for payment in payments:
        _count_payment(_line(lines, payment.service), payment)
    order = {key: place for place, key in enumerate(desk.services)}
    ordered = sorted(lines.values(), key=lambda line: (order.get(line.service, len(order)), line.service))
    return Statement(code, first, last, tuple(ordered), tuple(payments))


def _midnight(day: date) -> datetime:
    return tehran(day, time.min)


def _line(lines: dict[str, StatementLine], service: str) -> StatementLine:
    return lines.setdefault(service, StatementLine(service))


def _count_requests(line: StatementLine, number: int, rule: CommissionRule | None) -> None:
    line.requests += number
    line.request_commission += number * rule.per_request if rule else 0


def _earning(payment: CounterPayment, rule_on: Callable[[str, date], CommissionRule | None]) -> CounterPayment:
    if payment.outcome is not PaymentOutcome.SETTLED:
        return payment
    rule = rule_on(payment.service, in_tehran(payment.at).date())
    return replace(payment, commission=rule.share(payment.amount)) if rule else payment


def _count_payment(line: StatementLine, payment: CounterPayment) -> None:
    if payment.outcome is PaymentOutcome.SETTLED:
        line.payments += 1
        line.amount += payment.amount
        line.payment_commission += payment.commission
    else:
        line.surplus_payments += 1
        line.surplus_amount += payment.amount
