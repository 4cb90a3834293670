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

RESET_COMMAND = "demo reset"
IN_DEMO_MODE = "PISHKHAN_DEMO=1"
COPIED_COLUMNS = 2
"""Number of columns of a table, from the first, that are there to be copied."""


def render_summary(summary: Summary, catalogue: Catalogue, program: str) -> RenderableType:
    """Return what to print; `program` is how the reader calls us, and begins every command that is shown."""
    return Group(
        Text(catalogue.text("demo.loaded" if summary.loaded else "demo.unchanged"), style="bold green"),
        *_render_beginning(summary, catalogue),
        *_render_requests(summary, catalogue),
        *_render_staff(summary, catalogue),
        *_render_office(summary, catalogue),
        *_render_commands(summary, catalogue, program),
    )


def _render_beginning(summary: Summary, catalogue: Catalogue) -> list[RenderableType]:
    facts = {"sender": summary.sender, "name": summary.sender_name, "phone": summary.phone or ""}
    return [
        _render_heading(catalogue, "demo.start"),
        Text(catalogue.render("demo.phone" if summary.phone else "demo.no_phone", facts)),
        Text(catalogue.render("demo.say", facts)),
        Text(f"  {summary.text}", style="cyan"),
        Text(catalogue.text("demo.then")),
    ]


def _render_requests(summary: Summary, catalogue: Catalogue) -> list[RenderableType]:
    request_rows = [
        (
            tracking_codes.display_code(demo_request.code),
            demo_request.mobile,
            _describe_state(catalogue, demo_request),
            demo_request.name,
        )
        for demo_request in summary.requests
    ]
    count_texts = "، ".join(
        f"{catalogue.text(f'services.{service}.title')} {persian_digits(request_count)}"
        for service, request_count in summary.counts.items()
    )
    return [
        _render_heading(catalogue, "demo.requests"),
        Text(catalogue.render("demo.counts", {"counts": count_texts})),
        Text(catalogue.text("demo.requests_note")),
        _render_table(catalogue, ("code", "mobile", "state", "name"), request_rows),
    ]


def _describe_state(catalogue: Catalogue, demo_request: DemoRequest) -> str:
    text_prefix = f"services.{demo_request.service}"
    return f"{catalogue.text(f'{text_prefix}.title')}: {catalogue.text(f'{text_prefix}.states.{demo_request.state}')}"


def _render_staff(summary: Summary, catalogue: Catalogue) -> list[RenderableType]:
    member_rows = [
        (member.username, member.mobile, catalogue.text(f"roles.{member.role}"), member.name)
        for member in summary.staff
    ]
    text_key = "demo.password" if summary.password else "demo.password_kept"
    return [
        _render_heading(catalogue, "demo.staff"),
        Text(catalogue.render(text_key, {"password": summary.password or ""})),
        _render_table(catalogue, ("username", "mobile", "role", "member"), member_rows),
    ]


def _render_office(summary: Summary, catalogue: Catalogue) -> list[RenderableType]:
    if summary.office is None:
        return []
    office_facts = {name: getattr(summary.office, name) for name in ("name", "code", "username", "key")}
    return [_render_heading(catalogue, "demo.office"), Text(catalogue.render("demo.office_key", office_facts))]


def _render_heading(catalogue: Catalogue, key: str) -> Text:
    return Text(f"\n{catalogue.text(key)}", style="bold")


def _render_table(catalogue: Catalogue, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Columns without lines: terminals that turn Persian round would tear the lines."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for position, column in enumerate(columns):
        # Codes and numbers are there to be copied: a narrow terminal breaks the words behind them instead.
        table.add_column(catalogue.text(f"demo.columns.{column}"), no_wrap=position < COPIED_COLUMNS, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _render_commands(summary: Summary, catalogue: Catalogue, program: str) -> list[RenderableType]:
    return [
        _render_heading(catalogue, "demo.journey"),
        Text(catalogue.text("demo.journey_note")),
        *(_render_command(program, command) for command in summary.journey_commands),
        Text(catalogue.text("demo.journey_ids")),
        *([_render_heading(catalogue, "demo.payments")] if summary.payment_commands else []),
        *(_render_command(program, command) for command in summary.payment_commands),
        *(
            [_render_heading(catalogue, "demo.again"), _render_command(f"{IN_DEMO_MODE} {program}", RESET_COMMAND)]
            if summary.phone
            else []
        ),
    ]


def _render_command(program: str, command: str) -> Text:
    """Return a command to be copied: the long ones go on in a second line, as a shell reads it, lest they be cut."""
    full_command = f"  {program} {command}".replace(" --reference", " \\\n    --reference")
    return Text(full_command, style="cyan", no_wrap=True, overflow="ignore")
