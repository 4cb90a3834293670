"""How the domain's kinds of value look in the contract: one entry for each name of a `FieldType`."""

from collections.abc import Callable, Mapping

from channels.pishkhan_soap import folding
from channels.pishkhan_soap import simple_types as st
from channels.pishkhan_soap.schema import Doc, SchemaElement, SchemaRecord, Simple, Type, listed
from domain.fields.form import Field
from domain.fields.types import Integer, Text
from domain.fleet.resources import MACHINE_TYPES

MACHINE = st.enumerated("MachineType", MACHINE_TYPES, Doc("نوع ماشین", "A type of machine."))
HOURS = Simple(
    "Hours",
    "xs:decimal",
    Doc("ساعت کار؛ نیم‌ساعت پذیرفته است", "Hours of work, halves allowed."),
    (("minInclusive", "0.5"), ("maxInclusive", "24"), ("pattern", r"\+?([0-9]+(\.(0*|50*))?|0*\.50*)")),
    read=float,
    fold=folding.decimal,
    reason="soap_hours",
)
MACHINE_COUNT = st.whole("MachineCount", 1, 10, Doc("تعداد ماشین", "How many machines of the type."))
ITEM = SchemaRecord(
    "MachineryItem",
    Doc("یک نوع ماشین", "Machines of one type, with the hours of each."),
    (
        SchemaElement("machine", MACHINE),
        SchemaElement("hours", HOURS, Doc("ساعت کار هر ماشین", "Hours of each machine.")),
        SchemaElement("count", MACHINE_COUNT, required=False),
    ),
)
ITEMS = listed("MachineryItems", "item", ITEM, Doc("ماشین‌ها", "The machines that are needed."), most=10)


def _text(field: Field, name: str) -> Type:
    most = field.type.limit if isinstance(field.type, Text) else 500
    return st.words(f"Text{most}", most, Doc(f"متن، تا {most} نویسه", f"Free text, at most {most} characters."))


def _integer(field: Field, name: str) -> Type:
    least, most = (field.type.least, field.type.most) if isinstance(field.type, Integer) else (0, 10**9)
    return st.whole(f"{name}Number", least, most, Doc("عدد", f"A whole number from {least} to {most}."))


def _choice(field: Field, name: str) -> Type:
    if not field.choices:
        return st.ID
    if field.choices == MACHINE_TYPES:
        return MACHINE
    return st.enumerated(f"{name}Choice", field.choices, Doc("یکی از گزینه‌ها", "One of these ids."))


_FIXED: Mapping[str, Type] = {
    "mobile": st.MOBILE,
    "national_code": st.NATIONAL_CODE,
    "postal_code": st.POSTAL_CODE,
    "renovation_code": st.RENOVATION_CODE,
    "plate": st.PLATE,
    "taxi_code": st.TAXI_CODE,
    "iban": st.IBAN,
    "date": st.DAY,
    "time": st.CLOCK,
    "rials": st.RIALS,
    "number": HOURS,
    "items": ITEMS,
}
_MADE: Mapping[str, Callable[[Field, str], Type]] = {"text": _text, "integer": _integer, "choice": _choice}


def type_of(field: Field, name: str) -> Type:
    """Return the type of a form's field; `name` (PascalCase, of the service and field) names one of its own.

    A kind of value that this page does not know is free text: the domain reads it anyway.
    """
    kind = field.type.name
    return _FIXED.get(kind) or _MADE.get(kind, _text)(field, name)
