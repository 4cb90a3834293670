"""What actors are called on the pages: the labels of history and registries, in words."""

from collections.abc import Mapping

from domain.messages import Catalogue
from domain.ports import UnitOfWork
from domain.text import persian_digits


async def staff_names(uow: UnitOfWork) -> dict[str, str]:
    """Return user name → full name of everybody of the staff, those who left included."""
    return {one.username: one.full_name for one in await uow.people.all_staff()}


def who(catalogue: Catalogue, label: str | None, names: Mapping[str, str]) -> str:
    """Return an actor's label (`Actor.label`) in words; None is one whose name was erased."""
    kind, _, rest = (label or "system:").partition(":")
    ident, _, absent = rest.partition(" for ")
    if kind == "staff":
        name = names.get(ident, ident)
        if not absent:
            return name
        return f"{name} ({catalogue.render('admin.actors.for', {'absent': names.get(absent, absent)})})"
    return catalogue.render(f"admin.actors.{kind}", {"ident": persian_digits(ident)})
