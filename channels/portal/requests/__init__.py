"""The pages on which a citizen fills in the form of a service: one question a page, the summary, and what was sent."""

from channels.portal.frame import PortalPageGroup
from channels.portal.papers.upload_calls import UploadCalls
from channels.portal.requests.begin_pages import BeginPages
from channels.portal.requests.draft_uploads import DraftUploadOwners
from channels.portal.requests.offline_papers import OfflinePaperPosts
from channels.portal.requests.offline_posts import OfflinePosts
from channels.portal.requests.paper_pages import PaperPages
from channels.portal.requests.section_pages import SectionPages
from channels.portal.requests.summary_pages import SummaryPages
from domain.actions.dependencies import Dependencies
from domain.unit_of_work import Store


def build_form_pages(dependencies: Dependencies, store: Store) -> tuple[PortalPageGroup, ...]:
    """Return all pages of a form, from where it is begun to what it became."""
    return (
        BeginPages(dependencies, store),
        SectionPages(dependencies, store),
        PaperPages(dependencies, store),
        UploadCalls(dependencies, store, DraftUploadOwners(dependencies)),
        SummaryPages(dependencies, store),
        OfflinePosts(dependencies, store),
        OfflinePaperPosts(dependencies, store),
    )
