"""An office's statement: what it brought, took in and earned in a period, reckoned from the ledger alone.

Each request and payment earns by the rule in force on its own day in Tehran, so a rule that changes in mid-period
changes nothing of the days before. A refund to the citizen later takes nothing back: the counter did its work.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache

from domain.actions.context import ActionContext
from domain.bills.bill import PaymentOutcome
from domain.offices.office import (
    CommissionRule,
    CounterPayment,
    Statement,
    StatementLine,
    cut_by_rule_changes,
    find_commission_rule,
)
from domain.repositories import OfficeRepositories
from domain.values.calendar import tehran_moment, to_tehran
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason


async def build_statement(
    context: ActionContext[OfficeRepositories], office_code: str, first_day: date, last_day: date
) -> Statement:
    """Return the statement of the days from `first_day` on and before `last_day`.

    Lines are in the order of the services, then duties and violations. Errors: `NotFound("office")`,
    `InvalidField("last")` for a period without a day.
    """
    if last_day <= first_day:
        raise InvalidField("last", InvalidReason.BEFORE_START)
    code = (await context.uow.offices.get_by_code(office_code)).code
    commission_rules = await context.uow.offices.list_rules()

    @cache  # a year has many payments, and few services and days
    def find_rule(service: str, day: date) -> CommissionRule | None:
        return find_commission_rule(commission_rules, code, service, day)

    lines: dict[str, StatementLine] = {}
    for start, end in cut_by_rule_changes(commission_rules, first_day, last_day):
        for service, request_count in (
            await context.uow.offices.count_requests(code, _midnight(start), _midnight(end))
        ).items():
            _count_requests(_service_line(lines, service), request_count, find_rule(service, start))
    counter_payments = await context.uow.offices.list_payments(code, _midnight(first_day), _midnight(last_day))
    earning_payments = [_add_commission(counter_payment, find_rule) for counter_payment in counter_payments]
    for payment in earning_payments:
        _count_payment(_service_line(lines, payment.service), payment)
    order = {service_key: position for position, service_key in enumerate(context.dependencies.services)}
    ordered_lines = sorted(lines.values(), key=lambda line: (order.get(line.service, len(order)), line.service))
    return Statement(code, first_day, last_day, tuple(ordered_lines), tuple(earning_payments))


def _midnight(day: date) -> datetime:
    return tehran_moment(day, time.min)


def _service_line(lines_by_service: dict[str, StatementLine], service: str) -> StatementLine:
    return lines_by_service.setdefault(service, StatementLine(service))


def _count_requests(statement_line: StatementLine, request_count: int, rule: CommissionRule | None) -> None:
    statement_line.requests += request_count
    statement_line.request_commission += request_count * rule.per_request if rule else 0


def _add_commission(payment: CounterPayment, find_rule: Callable[[str, date], CommissionRule | None]) -> CounterPayment:
    if payment.outcome is not PaymentOutcome.SETTLED:
        return payment
    commission_rule = find_rule(payment.service, to_tehran(payment.at).date())
    return replace(payment, commission=commission_rule.share_of_amount(payment.amount)) if commission_rule else payment


def _count_payment(statement_line: StatementLine, payment: CounterPayment) -> None:
    if payment.outcome is PaymentOutcome.SETTLED:
        statement_line.payments += 1
        statement_line.amount += payment.amount
        statement_line.payment_commission += payment.commission
    else:
        statement_line.surplus_payments += 1
        statement_line.surplus_amount += payment.amount
