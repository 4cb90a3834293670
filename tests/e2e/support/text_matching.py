"""Reads the texts that people get: which text of the catalogue it is, and with which facts it was filled.

So a test says what a citizen hears by the text's key, as the declarations and use cases do, and takes tracking codes
and bill ids out of the texts as a citizen would.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from string import Formatter

from domain.messages.catalogue import CHAT_PREFIX, Catalogue
from domain.messages.senders import SENDER_KEY
from domain.messages.templates import IN_TOMAN, PHONE, list_fact_names, settle_brackets
from domain.values.message_parts import count_parts

MACHINERY = "services.machinery."
CATALOGUE = Catalogue.load()
DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")

SITE = "https://pishkhan.example.ir"
"""Address of the offices of these tests."""

LINK = re.compile(
    rf"\n(?P<receipt>{re.escape(CATALOGUE.text('sms.receipt_at'))} )?{re.escape(SITE)}/(?P<page>pay|c)/[a-z2-9]{{12}}$"
)
"""The link that a text about a bill ends with, and whether it is called a receipt's; or that of a question."""

ADDED_LINES = ("sms.after_hours", "sms.after_hours_too_late", "sms.holder.line_due", "sms.holder.line_late")
"""Lines that a reply may add at its end: when the office opens, and who has the request until when."""

SUMMARY_HEADS = ("sms.summary_estimate", "sms.summary_head")
"""The line before a summary: what is asked for, and what it will cost by the tariff."""

ASKING = "notices.owner_asked"
"""The end of the key of a text that asks somebody for consent: it leads to the page for the answer."""

RECEIPT = "+receipt"
"""Ending of a key where the text also tells of a bill that was paid."""

Facts = Mapping[str, str]
"""Placeholder → what stood in its place."""


def read_facts(text: str, *keys: str) -> Facts:
    """The facts in a text that consists of these texts of the catalogue, one a line; AssertionError if not.

    A key of the machinery service may be written without `services.machinery.`; with a `*` at its end it names the
    beginning of a text only (a list or menu follows). What has the ids of a bill, and fits with it, has to end with the
    link to it; so has a payment's receipt, what is marked so (`RECEIPT`), and what asks for consent (`ASKING`). Nothing
    else may. The sender's name, the head of a summary and `ADDED_LINES` after a reply are left out.
    """
    link = LINK.search(visible_text(text))
    body, names = LINK.sub("", visible_text(text)), [key.removesuffix(RECEIPT) for key in keys]
    own_text = _leave_out_added_lines(body, has_head=names[0].endswith("summary"))
    found = re.fullmatch("\n".join(_pattern(name) for name in names), own_text, re.DOTALL)
    assert found, f"expected {' + '.join(keys)}, heard:\n{text}"
    if not any(name.endswith("*") for name in names):
        assert (link.expand(r"\g<receipt>") if link else None) == _find_link_name(body, keys), f"its link:\n{text}"
        assert link is None or (link["page"] == "c") is any(name.endswith(ASKING) for name in names), f"where:\n{text}"
    return {name.rpartition("__")[0]: value for name, value in found.groupdict().items()}


def visible_text(text: str) -> str:
    """Text as a reader sees it: marks of direction show nothing, and a no-break space is a space."""
    return DIRECTION_MARKS.sub("", text).replace("\u00a0", " ")


def render_text(key: str, **facts: str) -> str:
    """A text of the catalogue as people read it."""
    return visible_text(CATALOGUE.render(_full(key), facts))


def _leave_out_added_lines(body: str, *, has_head: bool) -> str:
    lines = body.split("\n")
    if lines[0] == CATALOGUE.text(SENDER_KEY):
        lines.pop(0)
    if has_head and any(re.fullmatch(_pattern(key), lines[0]) for key in SUMMARY_HEADS):
        lines.pop(0)
    while any(re.fullmatch(_pattern(key), lines[-1]) for key in ADDED_LINES):
        lines.pop()
    return "\n".join(lines)


def _find_link_name(body: str, keys: Sequence[str]) -> str | None:
    """Before the link that a text must end with: nothing, or that it is a receipt's; None where it must have none."""
    names = [_full(key.removesuffix(RECEIPT)) for key in keys]
    if any(name.endswith(ASKING) for name in names):
        return ""
    is_receipt = any(key.endswith((RECEIPT, "notices.pay", "notices.paid")) for key in keys)
    tells_own_bill = any("{payment_id}" in CATALOGUE.text(name) and ".answers." not in name for name in names)
    if not is_receipt and not tells_own_bill:  # what anybody may ask (a plate's duties) is answered without a link
        return None
    link_name = f"{CATALOGUE.text('sms.receipt_at')} " if is_receipt else ""
    marks = "".join(CATALOGUE.text(name).count("{code}") * "\u200e\u200f" for name in names)
    whole_text = f"{body}{marks}\n{link_name}{SITE}/pay/abcdefghijkm"
    is_chat = any(name.startswith(CHAT_PREFIX) for name in names)
    has_room = is_chat or count_parts(whole_text) <= max(CATALOGUE.part_budget(name) for name in names)
    return link_name if has_room else None


def _full(key: str) -> str:
    return key if key in CATALOGUE else MACHINERY + key


def _told_text(name: str) -> str:
    """The text as the offices of these tests send it, which have set no phone, with facts that all differ."""
    template = CATALOGUE.text(_full(name))
    return settle_brackets(template, {fact: fact for fact in list_fact_names(template)} | {PHONE: ""})


_SHAPES = {"code": r"\d{3} ?\d{3} ?\d{3}"}
"""Placeholder → what stands in its place, where words may follow that its end cannot be told from."""


@lru_cache
def _pattern(key: str) -> str:
    name, open_end = key.removesuffix("*"), key.endswith("*")
    groups: dict[str, str] = {}
    parts = []
    for literal, fact, form, _ in Formatter().parse(visible_text(_told_text(name))):
        parts.append(re.escape(literal))
        if form == IN_TOMAN:
            parts.append(".+?")
        elif fact in groups:
            parts.append(f"(?P={groups[fact]})")
        elif fact:
            groups[fact] = f"{fact}__{_label(name)}"
            parts.append(f"(?P<{groups[fact]}>{_SHAPES.get(fact, '.+?')})")
    return "".join(parts) + (".*" if open_end else "")


def _label(name: str) -> str:
    return name.replace(".", "_")
