"""Present state of a request, in a few words: for who wrote something about it that others have overtaken."""

from channels.admin.kept_forms import PresentState
from channels.admin.requests.request_view import RequestView
from domain.messages.catalogue import Catalogue


def build_present_state(catalogue: Catalogue, request_view: RequestView, *, may_send: bool) -> PresentState:
    """Return its state, what was done last and by whom, and what steps stored; `may_send`: what was written may still
    be sent in view of that.
    """
    last_event = request_view.history[0]
    facts = [
        (catalogue.text("admin.sheets.present_state"), request_view.head.state),
        (last_event.title, f"{last_event.happened_at}، {last_event.actor_name}"),
        *((fact.label, fact.value) for fact in request_view.recorded_facts),
    ]
    return PresentState(facts, request_view.head.version_token.text, may_send)
