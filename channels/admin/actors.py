"""Names of actors, in words: history and audit name people by labels (`staff:sara for ali`, `office:1001`)."""

from collections.abc import Mapping

from domain.messages.catalogue import Catalogue
from domain.people.ports import StaffMemberRepository
from domain.values.text import persian_digits


async def load_staff_names(people: StaffMemberRepository) -> dict[str, str]:
    """Return user name → full name of every member of the staff."""
    return {member.username: member.full_name for member in await people.list_staff()}


def describe_actor(catalogue: Catalogue, actor_label: str | None, member_names: Mapping[str, str]) -> str:
    """Return who a label means; `member_names` is what members of the staff are called by user name."""
    actor_kind, _, ident_text = (actor_label or "system:").partition(":")
    username, _, absent_username = ident_text.partition(" for ")
    if actor_kind != "staff":
        key = f"admin.actors.{actor_kind}"
        return catalogue.render(key, {"ident": persian_digits(username)}) if key in catalogue else actor_label or ""
    staff_name = member_names.get(username, username)
    if not absent_username:
        return staff_name
    absent_name = member_names.get(absent_username, absent_username)
    return f"{staff_name} ({catalogue.render('admin.actors.for', {'absent': absent_name})})"
