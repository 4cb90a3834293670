"""`pishkhan request print`: a paper of a request, as HTML or PDF."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import ActingUserOrSystem, AsJson, ConfigPath
from app.cli.output import reporting_errors
from app.cli.printed_results import print_result
from app.cli.requests.requests import CodeArgument
from app.cli.session import CommandSession, resolve_actor_or_system
from app.wiring import build_printer
from domain.actions.context import ActorContext
from domain.actions.papers.printouts import build_request_printout
from domain.papers.document import Printout
from domain.values.errors import Conflict, InvalidField
from domain.values.reasons import ConflictReason, InvalidReason
from domain.values.tracking_codes import parse_code


def print_paper(
    code: CodeArgument,
    kind: Annotated[str, typer.Argument(help="Which paper: letter, permit, delivery_form, receipt …")],
    output: Annotated[Path, typer.Option(help="File to be written; its end says how: .pdf or .html.", dir_okay=False)],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Print a paper of a request into a file; it may hold personal data."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        actor = await resolve_actor_or_system(session, username)
        async with session.store.open_unit(write=False) as uow:
            context = ActorContext(session.dependencies, uow, actor)
            printout = await build_request_printout(context, parse_code(code), kind)
        content = await _render_paper(session, printout, output.suffix.lower())
        output.write_bytes(content)
        return {"code": printout.code, "kind": printout.kind, "file": str(output), "size": len(content)}

    with reporting_errors(as_json):
        if output.exists() and not force:
            raise Conflict("output", ConflictReason.FILE_EXISTS)
    print_result(
        config,
        run_command,
        lambda result: f"{result['kind']} of {result['code']} in {result['file']}",
        as_json=as_json,
    )


async def _render_paper(session: CommandSession, printout: Printout, suffix: str) -> bytes:
    printer = build_printer(session.settings, session.dependencies.catalogue)
    try:
        if suffix == ".pdf":
            return await printer.render_pdf(printout)
        if suffix in {".html", ".htm"}:
            return printer.render_html(printout).encode()
    finally:
        await printer.close()
    raise InvalidField("output", InvalidReason.PAPER_FILE)
