"""Who did something, in words: history and audit name people by labels (`staff:sara for ali`, `office:1001`)."""

from collections.abc import Mapping

from domain.messages.catalogue import Catalogue
from domain.unit_of_work import UnitOfWork
from domain.values.text import persian_digits


async def staff_names(uow: UnitOfWork) -> dict[str, str]:
    """Return user name → full name of every member of the staff."""
    return {one.username: one.full_name for one in await uow.people.all_staff()}


def actor_shown(catalogue: Catalogue, label: str | None, names: Mapping[str, str]) -> str:
    """Return who a label means; `names` is what members of the staff are called by user name."""
    kind, _, rest = (label or "system:").partition(":")
    ident, _, absent = rest.partition(" for ")
    if kind != "staff":
        key = f"admin.actors.{kind}"
        return catalogue.render(key, {"ident": persian_digits(ident)}) if key in catalogue else label or ""
    name = names.get(ident, ident)
    if not absent:
        return name
    return f"{name} ({catalogue.render('admin.actors.for', {'absent': names.get(absent, absent)})})"
