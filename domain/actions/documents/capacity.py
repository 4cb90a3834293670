"""Limits of number and size of files: for a request, a draft, a form, an address, and of all that wait.

What strangers leave here without a proof is bounded, and so is the work that they make: to open a file is what costs
most, so it is counted before (`count_file`).
"""

from collections.abc import Sequence
from datetime import timedelta

from domain.actions.context import ActionContext
from domain.drafts.ports import DraftFileRepository
from domain.fields.types import format_number
from domain.repositories import LineRepositories
from domain.uploads.ports import UploadRepository
from domain.values.addresses import network_for_address
from domain.values.errors import TooLarge, TooManyRequests
from domain.values.reasons import TooLargeReason, TooManyRequestsReason

MOST_DOCUMENTS = 30
"""Files that one request may have."""

MOST_DRAFT_FILES, MAX_DRAFT_BYTES = 20, 30 * 1024 * 1024
"""Files that one draft may have, and their bytes; as many may be on their way to a draft or a request as uploads."""

MOST_FORM_FILES = MOST_DRAFT_FILES
"""Files that one form may bring."""

FILES_PER_ADDRESS, COUNTING_WINDOW = 300, timedelta(hours=1)
"""Files that an address may have opened in this time, and uploads that it may begin: hundreds of people share some."""

MAX_WAITING_BYTES = 2 * 1024**3
"""Bytes of all files of drafts that were not sent, and of all uploads; beyond it papers come after the request."""


def require_capacity(sizes: Sequence[int], size: int) -> None:
    """Refuse a file of `size` bytes beside those of these sizes (`TooLarge("documents")`)."""
    if len(sizes) >= MOST_DRAFT_FILES:
        raise TooLarge("documents", TooLargeReason.TOO_MANY_DOCUMENTS, most=format_number(MOST_DRAFT_FILES))
    if sum(sizes) + size > MAX_DRAFT_BYTES:
        raise TooLarge("documents", TooLargeReason.DRAFT_FILES, most=format_number(MAX_DRAFT_BYTES // 1024**2))


def build_surplus_error() -> TooLarge:
    """Return why a file is not taken that a form brings beyond its most."""
    return TooLarge("documents", TooLargeReason.FORM_FILE_COUNT, most=format_number(MOST_FORM_FILES))


async def require_waiting_capacity(uploads: UploadRepository, draft_files: DraftFileRepository, size: int) -> None:
    """Refuse `size` bytes more of what waits for a form to be sent (`TooManyRequests("documents")`)."""
    await require_upload_capacity(uploads, await draft_files.sum_waiting_bytes() + size)


async def require_upload_capacity(uploads: UploadRepository, size: int) -> None:
    """Refuse `size` bytes more beside those of all uploads (`TooManyRequests("documents")`).

    That is all that a chunk of one is asked, since it is asked often: the sum over the files of drafts takes long.
    """
    if await uploads.sum_waiting_bytes() + size > MAX_WAITING_BYTES:
        raise TooManyRequests("documents", TooManyRequestsReason.DRAFT_FILES)


async def count_file(context: ActionContext[LineRepositories], source_address: str) -> None:
    """Count a file that an address will have opened; `TooManyRequests("documents")` once they are too many."""
    await _count(context, f"files:{network_for_address(source_address)}")


async def count_upload(context: ActionContext[LineRepositories], source_address: str) -> None:
    """Count an upload that an address begins; errors: as `count_file`."""
    await _count(context, f"uploads:{network_for_address(source_address)}")


async def _count(context: ActionContext[LineRepositories], count_key: str) -> None:
    if (
        await context.uow.lines.add_hit(count_key, context.dependencies.clock.now(), COUNTING_WINDOW)
        > FILES_PER_ADDRESS
    ):
        raise TooManyRequests("documents", TooManyRequestsReason.FILES)
