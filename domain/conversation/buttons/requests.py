"""The buttons under what is said of a request: what its citizen, or who is asked for consent, can do with it now."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from domain.authorization.request_policy import is_step_of_citizens
from domain.blocks.asking import QUESTION
from domain.conversation.buttons.answers import ButtonVerb, text_button, verb_button
from domain.conversation.buttons.pages import REQUESTS_A_PAGE, find_page
from domain.language.service import Command, Service
from domain.messages.keyboards import NO_PAGES, BillPages, Button, ButtonRows, arrange_in_rows, reading_row
from domain.requests.request import Phase, ServiceRequest
from domain.values.bill_ids import BillIds
from domain.values.tracking_codes import TrackingCode

TextLookup = Callable[[str], str]

SCORE_CHOICES = range(5, 0, -1)


def bill_page_button_rows(
    catalogue_text: TextLookup, bill_pages: BillPages, *, takes_invoices: bool = False, can_merge: bool = False
) -> ButtonRows:
    """Return the rows of the buttons of bills: one that has an invoice sent into the chat, where something is to be
    paid and it takes any; one that opens their page, to pay them or to see their receipt, unless that has no TLS, as
    messengers ask for; those that copy each id and draw the barcode, where one pair of ids pays; and one that makes one
    pair of ids of several bills.
    """
    buttons = []
    if bill_pages.payment_address and takes_invoices:
        link_token = bill_pages.payment_address.rpartition("/")[2]
        buttons.append(verb_button(catalogue_text("chat.buttons.pay_by_invoice"), ButtonVerb.INVOICE, link_token))
    if bill_pages.address.startswith("https://"):
        label_key = "chat.buttons.pay_online" if bill_pages.payment_address else "chat.buttons.receipt"
        buttons.append(Button(catalogue_text(label_key), address=bill_pages.address))
    if can_merge:
        buttons.append(text_button(catalogue_text("chat.buttons.pay_merged"), "قبض یکجا"))
    id_rows = _id_button_rows(catalogue_text, bill_pages.payable_ids) if bill_pages.payable_ids else ()
    return (*((button,) for button in buttons), *id_rows)


def _id_button_rows(catalogue_text: TextLookup, ids: BillIds) -> ButtonRows:
    """Return the buttons for whoever pays with the bank's own application, or at its counter."""
    copying_buttons = [
        Button(catalogue_text("chat.buttons.copy_bill_id"), copied_text=ids.bill_id),
        Button(catalogue_text("chat.buttons.copy_payment_id"), copied_text=ids.payment_id),
    ]
    barcode_button = verb_button(catalogue_text("chat.buttons.barcode"), ButtonVerb.BARCODE, ids.bill_id)
    return (reading_row(copying_buttons), (barcode_button,))


def list_request_rows(
    catalogue_text: TextLookup, labels_by_code: Mapping[TrackingCode, str], wished_page: str | None
) -> ButtonRows:
    """Return a page of a list of requests: a button each, which says its state."""
    page = find_page(len(labels_by_code), REQUESTS_A_PAGE, wished_page)
    page_labels = list(labels_by_code.items())[page.start : page.end]
    page_rows = page.build_rows(catalogue_text, lambda label, number: verb_button(label, ButtonVerb.LIST, number))
    return (*((text_button(label, f"پیگیری {code}"),) for code, label in page_labels), *page_rows)


def bill_button(label: str, bill_id: str) -> Button:
    """Return a button that says how a bill is paid."""
    return text_button(label, f"قبض {bill_id}")


@dataclass(frozen=True, slots=True)
class RequestChoices:
    """A request as one person may act on it."""

    request: ServiceRequest
    """The request."""
    service: Service
    """Its service."""
    mobile: str
    """Owner of these choices (+989…)."""
    paper_titles: Mapping[str, str]
    """The papers that can be printed: kind → title."""
    is_rateable: bool
    """Whether it waits for this person's rating."""
    bill_pages: BillPages = NO_PAGES
    """Page on which its bills are paid, or their receipt is."""
    takes_invoices: bool = False
    """Whether they can be paid by an invoice in the chat."""
    is_read_aloud: bool = False
    """Whether its state is read aloud in the chat."""

    def build_rows(self, catalogue_text: TextLookup) -> ButtonRows:
        """Return the buttons; what is most urgent comes first."""
        if self.request.awaits == self.mobile:
            return (reading_row(tuple(self._consent_buttons(catalogue_text))),)
        if self.request.mobile != self.mobile:
            return ()
        page_rows = bill_page_button_rows(catalogue_text, self.bill_pages, takes_invoices=self.takes_invoices)
        if self.is_rateable:
            stars = [text_button("⭐" * score, f"امتیاز {self.request.code} {score}") for score in SCORE_CHOICES]
            return (*page_rows, *arrange_in_rows([*self._print_buttons()], 2), *arrange_in_rows(stars, 1))
        return (
            *page_rows,
            *arrange_in_rows([*self._citizen_buttons(catalogue_text)], 2),
        )

    def _consent_buttons(self, catalogue_text: TextLookup) -> Iterator[Button]:
        yield text_button(catalogue_text("chat.buttons.agree"), f"تایید {self.request.code}")
        yield text_button(catalogue_text("chat.buttons.refuse"), f"رد {self.request.code}")

    def _citizen_buttons(self, catalogue_text: TextLookup) -> Iterator[Button]:
        request, code = self.request, self.request.code
        if request.phase is Phase.NEEDS_PAYMENT:
            yield text_button(catalogue_text("chat.buttons.pay"), f"قبض {code}")
        if QUESTION.is_kept_by(request) and self._may_take(Command.REPLY):
            yield text_button(catalogue_text("chat.buttons.reply"), f"پاسخ {code}")
        if self.service.papers and not request.phase.is_final:
            yield verb_button(catalogue_text("chat.buttons.papers"), ButtonVerb.PAPERS, code)
        yield from self._print_buttons()
        yield text_button(catalogue_text("chat.buttons.track"), f"پیگیری {code}")
        if self.is_read_aloud:
            yield text_button(catalogue_text("chat.buttons.read_aloud"), f"بخوان {code}")
        if self.service.fields_changeable_in(request.state):
            yield text_button(catalogue_text("chat.buttons.change"), f"تغییر {code}")
        yield Button(catalogue_text("chat.buttons.copy_code"), copied_text=code)
        if self._may_take(Command.CANCEL):
            yield verb_button(catalogue_text("chat.buttons.cancel"), ButtonVerb.GIVE_UP, code)

    def _print_buttons(self) -> Iterator[Button]:
        for kind, title in self.paper_titles.items():
            yield verb_button(title, ButtonVerb.PRINT, self.request.code, kind)

    def _may_take(self, command: Command) -> bool:
        """Return whether the citizen can take the step of a command in the present state."""
        steps = self.service.command_steps(command)
        return any(self.request.state in step.source_states and is_step_of_citizens(step) for step in steps)
