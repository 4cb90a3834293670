"""Papers in a second language: what is issued in the municipality's name stays Persian, a receipt is its reader's."""

from lxml import html

from domain.actions.context import ActorContext
from domain.actions.papers.printouts import build_request_printout
from domain.papers.document import Printout
from domain.values.actors import Actor, Role
from domain.values.languages import PERSIAN, in_language
from domain.values.tracking_codes import parse_code
from printing.pages import PageRenderer
from tests.domain.actions.papers.test_printouts import deliver
from tests.support.municipality import CITIZEN, Municipality, actor
from tests.support.printed_papers import letterhead
from tests.support.scenarios.pseudo_language import PSEUDO, find_unwrapped, offer_both_languages


async def print_paper(town: Municipality, code: str, kind: str, reader: Actor) -> Printout:
    async with town.store.open_unit(write=False) as uow:
        with in_language(PSEUDO):
            return await build_request_printout(ActorContext(town.desk, uow, reader), parse_code(code), kind)


def list_lines(printout: Printout) -> list[str]:
    """Return what a printed paper says, but for its letterhead."""
    page = PageRenderer(letterhead(), "https://pishkhan.example").render_for_pdf(printout)
    assert f'<html lang="{printout.language.tag}" dir="{printout.language.direction}">' in page
    bearing = letterhead()
    for own in (bearing.name, bearing.address):
        page = page.replace(own, "")
    return [line.strip() for line in html.fromstring(page).itertext() if line.strip()]


async def test_official_papers_are_persian_and_receipts_in_the_language_of_their_reader(town: Municipality) -> None:
    offer_both_languages(town.desk)
    request = await town.submit(full_name="Anna", place="Park")
    await deliver(town, request.code)
    form = await print_paper(town, request.code, "delivery_form", actor(Role.CITIZEN, CITIZEN))
    assert (form.language, [line for line in list_lines(form) if "⟦" in line]) == (PERSIAN, [])
    receipt = await print_paper(town, request.code, "receipt", actor(Role.CITIZEN, CITIZEN))
    assert receipt.language is PSEUDO
    assert [unwrapped for line in list_lines(receipt) for unwrapped in find_unwrapped(line)] == []
