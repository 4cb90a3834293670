"""Facts in the pages of a form for the scripts that keep it while the line is gone."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.portal.frame import PortalVisitor
from domain.drafts.draft import Draft
from domain.language.service import Service

_OWNER_DIGITS = 16

STORE_SCRIPTS = (
    "web/kept-line.js",
    "portal/offline-database.js",
    "portal/resumable-upload.js",
    "portal/offline-papers.js",
    "portal/offline-store.js",
)
"""Scripts by which a browser keeps and sends a form, in this order; the worker is made of them and its own script."""

PAGE_SCRIPTS = (*STORE_SCRIPTS, "portal/offline-fields.js", "portal/offline-page.js")
"""Those of the pages of a form while there is a line."""

FORM_SCRIPTS = (
    *STORE_SCRIPTS,
    "portal/offline-fields.js",
    "web/shrink.js",
    "portal/offline-screen.js",
    "portal/offline-paper-page.js",
    "portal/offline-form.js",
)
"""Those of the form without a line."""


@dataclass(frozen=True, slots=True)
class OfflineView:
    """A page of a form, to the scripts on it."""

    service_key: str
    """The service."""
    owner: str
    """Stands for the session (`describe_owner`); empty without one."""
    draft_id: str = ""
    """The draft; empty where none was begun."""
    section_name: str = ""
    """The section that the page asks; empty where it asks none."""
    bases: Mapping[str, str] | None = None
    """Section → what it is now (`Draft.digest_section`)."""
    saved_sections: Sequence[str] = ()
    """The sections that were saved."""
    is_sent: bool = False
    """It became a request: the browser need not keep it any more."""

    @property
    def scripts(self) -> Sequence[str]:
        """The scripts, as they are loaded."""
        return PAGE_SCRIPTS

    @property
    def bases_text(self) -> str:
        """`bases` as JSON."""
        return json.dumps(self.bases or {})


def build_offline_view(visitor: PortalVisitor, service: Service, draft: Draft, section_name: str = "") -> OfflineView:
    """Return what a page of a draft says."""
    return OfflineView(
        service_key=service.key,
        owner=describe_owner(visitor.csrf_token),
        draft_id=str(draft.id),
        section_name=section_name,
        bases=describe_bases(service, draft),
        saved_sections=draft.saved_sections,
        is_sent=draft.is_submitted,
    )


def describe_bases(service: Service, draft: Draft) -> dict[str, str]:
    """Return section → what stands for its present values."""
    return {section.name: draft.digest_section(section.field_names) for section in service.sections}


def describe_owner(csrf_token: str) -> str:
    """Return what tells a session from another one, and opens nothing; empty without a session."""
    if not csrf_token:
        return ""
    return hashlib.sha256(f"offline:{csrf_token}".encode()).hexdigest()[:_OWNER_DIGITS]
