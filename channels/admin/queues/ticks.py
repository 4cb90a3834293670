"""The ticked rows of a list: each box sends what its row showed, and one box all of its page."""

import re

from channels.web.posted import PostedForm, read_text
from domain.actions.queues.bulk import TickedRequest
from domain.values.errors import InvalidField, MissingField
from domain.values.reasons import InvalidReason, MissingReason
from domain.values.tracking_codes import parse_code
from domain.values.version_token import VersionToken

TICK_FIELD, ALL_FIELD = "code", "all"

_TICK_PATTERN = re.compile("([0-9]{9}):([0-9]{1,10})(?:-([0-9]{1,18}))?")
"""The tracking code, the version that the list showed, and the tariff's amount in rials where it showed that."""


def format_tick(ticked: TickedRequest) -> str:
    """Return what the box of a row sends."""
    quoted_part = "" if ticked.shown_price is None else f"-{ticked.shown_price}"
    return f"{ticked.code}:{ticked.version}{quoted_part}"


def read_ticks(form: PostedForm) -> list[TickedRequest]:
    """Return the ticked requests, by their codes; with the box of the whole page, every one that it had.

    Errors: `MissingField`, `InvalidField`, `CodeMistyped`.
    """
    ticked_values, page_values = form.getall(TICK_FIELD, []), read_text(form, ALL_FIELD).split()
    if not ticked_values and not page_values:
        raise MissingField(TICK_FIELD, MissingReason.NOTHING_TICKED)
    requests_of_rows, requests_of_page = [*map(_read_tick, ticked_values)], [*map(_read_tick, page_values)]
    for ticked_requests in (requests_of_rows, requests_of_page):
        if len({ticked.code for ticked in ticked_requests}) < len(ticked_requests):  # the same request twice
            raise InvalidField(TICK_FIELD, InvalidReason.BAD_TICK)
    ticked_by_code = {ticked.code: ticked for ticked in (*requests_of_page, *requests_of_rows)}
    return [ticked_by_code[code] for code in sorted(ticked_by_code)]


def _read_tick(value: object) -> TickedRequest:
    tick_match = _TICK_PATTERN.fullmatch(value) if isinstance(value, str) else None
    if tick_match is None:
        raise InvalidField(TICK_FIELD, InvalidReason.BAD_TICK)
    amount_text = tick_match[3]
    return TickedRequest(
        parse_code(tick_match[1]), VersionToken(tick_match[2]), int(amount_text) if amount_text else None
    )
