"""`pishkhan request attach` and `request documents`: the files of a request, and the papers that it still lacks."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import ActingUser, AsJson, ConfigPath
from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.requests.requests import CodeArgument
from app.cli.session import CommandSession, resolve_actor, run_in_session
from domain.actions.context import ActorContext
from domain.actions.documents.attach import attach_document as add_file
from domain.actions.documents.preparing import prepare_file
from domain.blocks.papers_pending import list_missing_papers
from domain.requests.documents import Document
from domain.values.files import MAX_DOCUMENT_BYTES
from domain.values.tracking_codes import parse_code


def attach(
    code: CodeArgument,
    file: Annotated[Path, typer.Argument(help="Photo or PDF, 7 MB at most.", exists=True, dir_okay=False)],
    field: Annotated[str, typer.Option(help="Which paper it is: deed, national_card, plan, photo …")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Add a file to a request; the same file again changes nothing."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit(write=False) as uow:
            actor = await resolve_actor(session, uow.people, username)
        prepared_file = await prepare_file(
            session.dependencies, session.store, file.name, _read_file(file), actor, code
        )
        async with session.store.open_unit() as uow:
            document = await add_file(
                ActorContext(session.dependencies, uow, actor), parse_code(code), field, prepared_file
            )
            return _build_document_view(document)

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        print_line(f"{result['field']}: {result['name']} ({result['media_type']}, {result['size']} bytes)")


def list_documents(code: CodeArgument, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Show which papers a request requires, which are missing, and its files."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit(write=False) as uow:
            request = await uow.requests.get_by_code(parse_code(code))
            papers = session.dependencies.engine.get_service(request.service).papers
            files = await uow.documents.list_of_request(request.id)
            required = papers.list_required(request.fields) if papers else ()
            missing = list_missing_papers(papers, request.fields, files) if papers else ()
            return {
                "required": required,
                "missing": missing,
                "documents": [_build_document_view(document) for document in files],
            }

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
        return
    print_line(f"required: {', '.join(result['required'])}")
    print_line(f"missing: {', '.join(result['missing'])}")
    print_table(result["documents"], ("field", "name", "media_type", "size", "added_by", "at"))


def _read_file(file: Path) -> bytes:
    """Return the content, one byte more than is allowed at most: that it is too large is then seen."""
    with file.open("rb") as open_file:
        return open_file.read(MAX_DOCUMENT_BYTES + 1)


def _build_document_view(document: Document) -> dict[str, Any]:
    return {
        "field": document.field,
        "name": document.name,
        "media_type": document.media_type,
        "size": document.size,
        "sha256": document.sha256,
        "added_by": document.added_by,
        "at": document.at.isoformat(),
    }
