"""Following requests on the portal: by a code alone, all of one's own, and what can be done with one."""

from channels.portal.frame import PortalPageGroup
from channels.portal.papers.upload_calls import UploadCalls
from channels.portal.tracking.change_pages import FormChangePages
from channels.portal.tracking.code_page import CodePage
from channels.portal.tracking.command_forms import CommandForms
from channels.portal.tracking.consent_pages import ConsentPages
from channels.portal.tracking.notice_pages import NoticePages
from channels.portal.tracking.own_requests_page import OwnRequestsPage
from channels.portal.tracking.request_forms import RequestForms
from channels.portal.tracking.request_page import RequestPage
from channels.portal.tracking.request_papers import RequestPaperPage, RequestUploadOwners
from channels.portal.tracking.visit_pages import VisitPages
from domain.actions.dependencies import Dependencies
from domain.papers.ports import Printer
from domain.unit_of_work import Store


def build_tracking_pages(dependencies: Dependencies, store: Store, printer: Printer) -> tuple[PortalPageGroup, ...]:
    """Return the pages by which requests are followed."""
    request_page = RequestPage(dependencies, store, printer)
    return (
        CodePage(dependencies, store),
        ConsentPages(dependencies, store),
        OwnRequestsPage(dependencies, store),
        NoticePages(dependencies, store),
        request_page,
        CommandForms(dependencies, store, request_page),
        VisitPages(dependencies, store),
        FormChangePages(dependencies, store, request_page),
        RequestForms(dependencies, store, request_page),
        RequestPaperPage(dependencies, store, request_page),
        UploadCalls(dependencies, store, RequestUploadOwners(dependencies)),
    )
