"""`pishkhan ledger`: the ledger beside the books, commission, corrections."""

from typing import Annotated, Any

import typer

from app.cli.options import ActingUser, ActingUserOrSystem, AsJson, ConfigPath
from app.cli.output import EXIT_REFUSED, print_json, print_line, print_table, reporting_errors, showing_status
from app.cli.printed_results import print_result, print_rows
from app.cli.session import CommandSession, resolve_actor, resolve_actor_or_system, run_in_session
from domain.actions.context import ActionContext, ActorContext
from domain.actions.ledger.commission import post_commission
from domain.actions.ledger.corrections import parse_account_key, post_correction
from domain.actions.ledger.labels import AccountLabels, load_account_labels
from domain.actions.ledger.suspense_check import SuspenseDifference, compare_suspense
from domain.ledger.balances import LedgerDifference
from domain.ledger.entries import LedgerEntry
from domain.ledger.suspense import SUSPENSE

MOST_DIFFERENCES = 1000
"""Differences that one check names."""

_ENTRY_COLUMNS = ("at", "kind", "debit", "credit", "amount", "note", "by")
_DIFFERENCE_COLUMNS = ("bill_id", "account", "ledger", "books", "fault", "line")


def check(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Compare the ledger with bills, payments, refunds and receipts, and what is in suspense with the settlement files;
    each difference is named (exit code 1).
    """

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.open_unit(write=False) as uow:
            labels = await load_account_labels(ActionContext(session.dependencies, uow))
            differences = await uow.ledger.list_differences(MOST_DIFFERENCES)
            suspended = await compare_suspense(uow, MOST_DIFFERENCES)
        return [
            *(_build_difference_view(labels, difference) for difference in differences),
            *(_build_suspense_view(labels, difference) for difference in suspended),
        ]

    with reporting_errors(as_json), showing_status("comparing"):
        rows = run_in_session(config, run_command)
    if as_json:
        print_json(rows)
    elif rows:
        print_table(rows, _DIFFERENCE_COLUMNS)
    else:
        print_line("the ledger says what bills, payments, refunds and receipts say, and suspense what the files say")
    if rows:
        raise typer.Exit(EXIT_REFUSED)


def commission(
    code: Annotated[str, typer.Argument(help="Code of the office.")],
    year: Annotated[int, typer.Option(help="Jalali year.")],
    month: Annotated[int, typer.Option(help="Jalali month, 1–12, that is over.")],
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Post what an office earned in a month by its statement; again, only what changed since."""

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        actor = await resolve_actor_or_system(session, username)
        async with session.store.open_unit() as uow:
            labels = await load_account_labels(ActionContext(session.dependencies, uow))
            entries = await post_commission(ActorContext(session.dependencies, uow, actor), code, year, month)
        return [_build_entry_view(labels, entry) for entry in entries]

    print_rows(config, run_command, _ENTRY_COLUMNS, as_json=as_json)


def correct(
    debit: Annotated[
        str, typer.Argument(help="Account to debit: ACCOUNT or ACCOUNT:SUBACCOUNT, as the audit has them.")
    ],
    credit: Annotated[str, typer.Argument(help="Account to credit.")],
    amount: Annotated[int, typer.Argument(help="Amount in rials.")],
    note: Annotated[str, typer.Option(help="Why, in a few words; it is kept.")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Post a correction between accounts that no bill, payment, refund or receipt answers for."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        debit_key, credit_key = parse_account_key(debit), parse_account_key(credit)
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow.people, username)
            labels = await load_account_labels(ActionContext(session.dependencies, uow))
            entry = await post_correction(
                ActorContext(session.dependencies, uow, actor), debit_key, credit_key, amount, note
            )
        return _build_entry_view(labels, entry)

    print_result(
        config,
        run_command,
        lambda result: f"{result['amount']} rials: {result['debit']} ← {result['credit']}",
        as_json=as_json,
    )


def _build_entry_view(labels: AccountLabels, entry: LedgerEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "kind": entry.kind.value,
        "item": str(entry.item_id),
        "debit": labels.label_key(entry.debit),
        "credit": labels.label_key(entry.credit),
        "amount": entry.amount,
        "note": entry.note,
        "by": entry.recorded_by,
    }


def _build_difference_view(labels: AccountLabels, difference: LedgerDifference) -> dict[str, Any]:
    return {
        "bill_id": difference.bill_id,
        "account": labels.label_key(difference.account_key),
        "ledger": difference.ledger_amount,
        "books": difference.recorded_amount,
        "fault": None,
        "line": None,
    }


def _build_suspense_view(labels: AccountLabels, difference: SuspenseDifference) -> dict[str, Any]:
    return {
        "bill_id": None,
        "account": labels.label_key(SUSPENSE),
        "ledger": -difference.held_amount,
        "books": -difference.filed_amount,
        "fault": difference.fault.value,
        "line": f"{difference.reference}: file {difference.file_id}, line {difference.line_number}",
        "receipt": difference.receipt_id,
    }
