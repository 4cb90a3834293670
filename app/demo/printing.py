"""The summary of the demonstration on a terminal: a few lines on where to begin, then what there is."""

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from app.demo.summary import DemoRequest, Summary
from domain.messages.catalogue import Catalogue
from domain.values import tracking_codes
from domain.values.text import persian_digits

RESET = "demo reset"
IN_DEMO_MODE = "PISHKHAN_DEMO=1"
COPIED = 2
"""How many columns of a table, from the first, are there to be copied."""


def printed(summary: Summary, catalogue: Catalogue, program: str) -> RenderableType:
    """Return what to print; `program` is how the reader calls us, and begins every command that is shown."""
    return Group(
        Text(catalogue.text("demo.loaded" if summary.loaded else "demo.unchanged"), style="bold green"),
        *_beginning(summary, catalogue),
        *_requests(summary, catalogue),
        *_staff(summary, catalogue),
        *_office(summary, catalogue),
        *_commands(summary, catalogue, program),
    )


def _beginning(summary: Summary, catalogue: Catalogue) -> list[RenderableType]:
    facts = {"sender": summary.sender, "name": summary.sender_name, "phone": summary.phone or ""}
    return [
        _heading(catalogue, "demo.start"),
        Text(catalogue.render("demo.phone" if summary.phone else "demo.no_phone", facts)),
        Text(catalogue.render("demo.say", facts)),
        Text(f"  {summary.text}", style="cyan"),
        Text(catalogue.text("demo.then")),
    ]


def _requests(summary: Summary, catalogue: Catalogue) -> list[RenderableType]:
    shown = [
        (tracking_codes.shown(one.code), one.mobile, _standing(catalogue, one), one.name) for one in summary.requests
    ]
    counts = "، ".join(
        f"{catalogue.text(f'services.{service}.title')} {persian_digits(number)}"
        for service, number in summary.counts.items()
    )
    return [
        _heading(catalogue, "demo.requests"),
        Text(catalogue.render("demo.counts", {"counts": counts})),
        Text(catalogue.text("demo.requests_note")),
        _table(catalogue, ("code", "mobile", "state", "name"), shown),
    ]


def _standing(catalogue: Catalogue, one: DemoRequest) -> str:
    texts = f"services.{one.service}"
    return f"{catalogue.text(f'{texts}.title')}: {catalogue.text(f'{texts}.states.{one.state}')}"


def _staff(summary: Summary, catalogue: Catalogue) -> list[RenderableType]:
    shown = [(one.username, one.mobile, catalogue.text(f"roles.{one.role}"), one.name) for one in summary.staff]
    key = "demo.password" if summary.password else "demo.password_kept"
    return [
        _heading(catalogue, "demo.staff"),
        Text(catalogue.render(key, {"password": summary.password or ""})),
        _table(catalogue, ("username", "mobile", "role", "member"), shown),
    ]


def _office(summary: Summary, catalogue: Catalogue) -> list[RenderableType]:
    if summary.office is None:
        return []
    told = {name: getattr(summary.office, name) for name in ("name", "code", "username", "key")}
    return [_heading(catalogue, "demo.office"), Text(catalogue.render("demo.office_key", told))]


def _heading(catalogue: Catalogue, key: str) -> Text:
    return Text(f"\n{catalogue.text(key)}", style="bold")


def _table(catalogue: Catalogue, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Columns without lines: terminals that turn Persian round would tear the lines."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for place, column in enumerate(columns):
        # Codes and numbers are there to be copied: a narrow terminal breaks the words behind them instead.
        table.add_column(catalogue.text(f"demo.columns.{column}"), no_wrap=place < COPIED, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _commands(summary: Summary, catalogue: Catalogue, program: str) -> list[RenderableType]:
    return [
        _heading(catalogue, "demo.journey"),
        Text(catalogue.text("demo.journey_note")),
        *(_command(program, line) for line in summary.commands),
        Text(catalogue.text("demo.journey_ids")),
        *([_heading(catalogue, "demo.payments")] if summary.payments else []),
        *(_command(program, line) for line in summary.payments),
        *([_heading(catalogue, "demo.again"), _command(f"{IN_DEMO_MODE} {program}", RESET)] if summary.phone else []),
    ]


def _command(program: str, line: str) -> Text:
    """Return a command to be copied: the long ones go on in a second line, as a shell reads it, lest they be cut."""
    whole = f"  {program} {line}".replace(" --reference", " \\\n    --reference")
    return Text(whole, style="cyan", no_wrap=True, overflow="ignore")
