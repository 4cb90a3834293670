"""Parts shared by the lists of money that somebody has to decide on: refunds that are due, receipts without a bill."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from channels.web.paging import build_page_query
from channels.web.refused_forms import RefusedForm, build_refusal_context
from domain.actions.dependencies import Dependencies
from domain.values.errors import DomainError
from domain.values.paging import PAGE_FIELD, Cursor, Page
from domain.values.text import group_digits, persian_digits


def build_list_context(
    dependencies: Dependencies,
    request: web.Request,
    money_page: Page[Any],
    money_total: tuple[int, int],
    refused_form: RefusedForm | None,
    page_error: DomainError | None,
    *,
    is_form_listed: bool,
) -> Mapping[str, Any]:
    """Return what the template of such a list shows beside its rows.

    `money_total` is how many rows there are and their rials. Why a form was refused is shown beside it, and above
    everything where what it was about is not listed any more.
    """
    count, amount = money_total
    error_text = dependencies.wording.render_error(page_error) if page_error else None
    return {
        "money_total": {"count": persian_digits(count), "amount": group_digits(amount)} if count else None,
        "previous_address": _build_address(request, money_page.previous_cursor),
        "next_address": _build_address(request, money_page.next_cursor),
        "query_suffix": f"?{page_query}" if (page_query := build_page_query(request)) else "",
        "problem": None if is_form_listed else error_text,
        **build_refusal_context(refused_form, error_text),
    }


def _build_address(request: web.Request, cursor: Cursor | None) -> str | None:
    """Return the address of another page of the list: the forms' addresses begin with the list's own."""
    list_path = "/".join(request.path.split("/")[:3])
    return f"{list_path}?{urlencode({PAGE_FIELD: str(cursor)})}" if cursor else None
