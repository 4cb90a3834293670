"""The commission of a month, posted once the month is over: what the statement says, and the ledger has not got yet.

A statement is reckoned from requests and payments by the rules in force on their days; what a payment earned is lost
when it is reversed, even after its month. Posting a month again posts the difference alone. Nothing is owed to an
office before somebody closes the month, which is why nothing is posted with each payment.
"""

from collections.abc import Iterator, Mapping

from domain.actions.context import ActorContext
from domain.actions.offices.statement import build_statement
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.ledger.accounts import Account, AccountKey
from domain.ledger.entries import EntryKind, LedgerEntry
from domain.offices.office import Statement
from domain.values.calendar import jalali_period, to_tehran
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason


async def post_commission(context: ActorContext, office_code: str, year: int, month: int) -> list[LedgerEntry]:
    """Post what an office earned in a Jalali month and was not posted yet; return the new entries, a service each.

    Errors: `Forbidden`, `NotFound("office")`, `InvalidField` (`year`, `month`), also for a month that is not over.
    """
    poster = require_right(Right.LEDGER_POST_COMMISSION, context.actor, "commission")
    first_day, end_day = jalali_period(year, month)
    if end_day > to_tehran(context.dependencies.clock.now()).date():
        raise InvalidField("month", InvalidReason.FUTURE)
    await context.uow.serialise(f"commission:{office_code}")
    statement = await build_statement(context, office_code, first_day, end_day)
    month_key, label = f"{year}-{month:02}", poster.label
    posted_by_service = await context.uow.ledger.sum_commission(statement.office, month_key)
    new_entries = [
        LedgerEntry(
            kind=EntryKind.COMMISSION,
            item_id=context.dependencies.ids.new_id(),
            at=context.dependencies.clock.now(),
            debit=debit,
            credit=credit,
            amount=amount,
            note=month_key,
            recorded_by=label,
        )
        for debit, credit, amount in _list_differences(statement, posted_by_service)
    ]
    for entry in new_entries:
        await context.uow.ledger.add(entry)
    return new_entries


def _list_differences(
    statement: Statement, posted_by_service: Mapping[str, int]
) -> Iterator[tuple[AccountKey, AccountKey, int]]:
    """Yield debit, credit and amount of what is missing of each service, or was posted too much."""
    payable = AccountKey(Account.COMMISSION_PAYABLE, statement.office)
    earned_by_service = {line.service: line.commission for line in statement.lines}
    for service in sorted(earned_by_service.keys() | posted_by_service.keys()):
        difference = earned_by_service.get(service, 0) - posted_by_service.get(service, 0)
        expense = AccountKey(Account.COMMISSION_EXPENSE, service)
        if difference:
            yield (expense, payable, difference) if difference > 0 else (payable, expense, -difference)
