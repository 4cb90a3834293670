"""A changed mobile of an owner or driver: whoever has it gets receipts, is asked for consent, and for the account that
money goes back to. So the old number is told, and the change is remembered.
"""

from domain.actions.context import ActorContext
from domain.actions.messages.notify import notify_line
from domain.audit.read_events import mask_filter_value
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.people.mobile_changes import MobileChange
from domain.registries.declarations import DRIVER, OWNER, Registry
from domain.registries.rows import RegistryChange

_CONTACT_REGISTRIES = (OWNER.key, DRIVER.key)


async def note_contact_change(context: ActorContext, registry: Registry, change: RegistryChange) -> None:
    """Store and audit that a row has another mobile now, and tell the old one; nothing where it has the same."""
    if registry.key not in _CONTACT_REGISTRIES or change.values_before is None:
        return
    old_mobile, new_mobile = (values.get(registry.contact_path) for values in (change.values_before, change.row.values))
    if not old_mobile or old_mobile == new_mobile:
        return
    mobile_change = MobileChange(
        id=context.dependencies.ids.new_id(),
        subject_kind=registry.key,
        subject_id=change.row.id,
        old_mobile=old_mobile,
        new_mobile=new_mobile or "",
        proof="",
        proposed_by=context.actor.label,
        proposed_at=change.changed_at,
        done_by=context.actor.label,
        done_at=change.changed_at,
    )
    await context.uow.mobile_changes.save(mobile_change)
    facts = {"registry": registry.key, "row": change.row.id, "mobile_before": mask_filter_value(old_mobile)}
    facts |= {"mobile": mask_filter_value(new_mobile)} if new_mobile else {}
    await context.uow.audit.add_entry(change.changed_at, context.actor.label, "contact_changed", facts)

    async def render_message() -> RenderedMessage:
        return context.dependencies.catalogue.render_message("sms.contact_changed", {}, MessageClass.RECEIPT)

    await notify_line(context, old_mobile, render_message)
