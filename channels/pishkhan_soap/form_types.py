"""Schema types of the domain's kinds of value: one entry for each name of a `FieldType`."""

from collections.abc import Callable, Mapping

from channels.pishkhan_soap import folding
from channels.pishkhan_soap import simple_types as st
from channels.pishkhan_soap.reasons import SoapInvalidReason
from channels.pishkhan_soap.schema import Doc, SchemaElement, SchemaRecord, SchemaType, SimpleType, list_type
from domain.fields.decimals import DecimalNumber, Length
from domain.fields.form import Field
from domain.fields.types import Integer, Text
from domain.fleet.resources import MACHINE_TYPES

MACHINE_CHOICE = st.choice_type("MachineType", MACHINE_TYPES, Doc("نوع ماشین", "A type of machine."))
MACHINE_HOURS = SimpleType(
    "Hours",
    "xs:decimal",
    Doc("ساعت کار؛ نیم‌ساعت پذیرفته است", "Hours of work, halves allowed."),
    (("minInclusive", "0.5"), ("maxInclusive", "24"), ("pattern", r"\+?([0-9]+(\.(0*|50*))?|0*\.50*)")),
    parse_text=float,
    fold_text=folding.fold_decimal,
    error_reason=SoapInvalidReason.HOURS,
)
MACHINE_COUNT = st.integer_type("MachineCount", 1, 10, Doc("تعداد ماشین", "How many machines of the type."))
MACHINERY_ITEM = SchemaRecord(
    "MachineryItem",
    Doc("یک نوع ماشین", "Machines of one type, with the hours of each."),
    (
        SchemaElement("machine", MACHINE_CHOICE),
        SchemaElement("hours", MACHINE_HOURS, Doc("ساعت کار هر ماشین", "Hours of each machine.")),
        SchemaElement("count", MACHINE_COUNT, required=False),
    ),
)
MACHINERY_ITEMS = list_type(
    "MachineryItems", "item", MACHINERY_ITEM, Doc("ماشین‌ها", "The machines that are needed."), max_items=10
)


def _build_text_type(field: Field, type_name: str) -> SchemaType:
    max_length = field.type.max_length if isinstance(field.type, Text) else 500
    return st.text_type(
        f"Text{max_length}",
        max_length,
        Doc(f"متن، تا {max_length} نویسه", f"Free text, at most {max_length} characters."),
    )


def _build_integer_type(field: Field, type_name: str) -> SchemaType:
    minimum, maximum = (field.type.minimum, field.type.maximum) if isinstance(field.type, Integer) else (0, 10**9)
    return st.integer_type(
        f"{type_name}Number", minimum, maximum, Doc("عدد", f"A whole number from {minimum} to {maximum}.")
    )


_DECIMAL_DOC = Doc("عدد، حداکثر با دو رقم اعشار", "A decimal number, to two places.")
_LENGTH_DOC = Doc("اندازه به متر، تا سانتی‌متر", "A length in metres, to the centimetre.")


def _build_decimal_type(field: Field, type_name: str) -> SchemaType:
    if not isinstance(field.type, DecimalNumber):
        return _build_text_type(field, type_name)
    is_length = isinstance(field.type, Length)
    return st.decimal_type(
        f"{type_name}{'Metres' if is_length else 'Decimal'}",
        field.type.minimum,
        field.type.maximum,
        _LENGTH_DOC if is_length else _DECIMAL_DOC,
    )


def _build_choice_type(field: Field, type_name: str) -> SchemaType:
    if not field.choices:
        return st.IDENTIFIER
    if field.choices == MACHINE_TYPES:
        return MACHINE_CHOICE
    return st.choice_type(f"{type_name}Choice", field.choices, Doc("یکی از گزینه‌ها", "One of these ids."))


_FIXED_TYPES: Mapping[str, SchemaType] = {
    "mobile": st.MOBILE_NUMBER,
    "national_code": st.NATIONAL_CODE,
    "postal_code": st.POSTAL_CODE,
    "renovation_code": st.RENOVATION_CODE,
    "plate": st.VEHICLE_PLATE,
    "taxi_code": st.TAXI_CODE,
    "iban": st.IBAN,
    "date": st.ISO_DAY,
    "time": st.TIME_OF_DAY,
    "rials": st.RIAL_AMOUNT,
    "number": MACHINE_HOURS,
    "items": MACHINERY_ITEMS,
}
_TYPE_BUILDERS: Mapping[str, Callable[[Field, str], SchemaType]] = {
    "text": _build_text_type,
    "integer": _build_integer_type,
    "choice": _build_choice_type,
    "decimal": _build_decimal_type,
    "length": _build_decimal_type,
}


def type_for_field(field: Field, type_name: str) -> SchemaType:
    """Return the type of a form's field; `type_name` (PascalCase, of the service and field) names one of its own.

    A kind of value that this page does not know is free text: the domain reads it anyway.
    """
    kind_name = field.type.name
    return _FIXED_TYPES.get(kind_name) or _TYPE_BUILDERS.get(kind_name, _build_text_type)(field, type_name)
