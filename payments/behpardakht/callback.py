"""Callback of the payer's browser, by POST: table 10 of the bank's manual."""

import re
from collections.abc import Mapping

from domain.gateways.card_numbers import mask_card
from domain.gateways.gateway import GatewayCallback
from domain.values.errors import InvalidField
from payments.answer_values import find_callback_value, read_amount, require_callback_name, require_callback_number
from payments.behpardakht.codes import SUCCESS, read_reason

_CODE = re.compile("[0-9]{1,6}")


def read_behpardakht_callback(values: Mapping[str, str]) -> GatewayCallback:
    """Read a callback; both names, RefId and SaleOrderId, have to be there and are compared with what was stored.

    `FinalAmount` is what the payer paid after a discount of the bank's: no wrong amount, and only a browser's claim,
    which no operation confirms. It limits what goes back to the card, for the bank sends no more (19); one that cannot
    be read is none. `CardHolderInfo` and `CreditCardSaleResponseDetail` are not read.
    """
    code = require_callback_name(values, "ResCode")
    if not _CODE.fullmatch(code):
        raise InvalidField("ResCode")
    is_paid = code == SUCCESS
    return GatewayCallback(
        order_number=require_callback_number(values, "SaleOrderId"),
        reference=require_callback_name(values, "RefId"),
        sale_number=str(require_callback_number(values, "SaleReferenceId")) if is_paid else None,
        is_paid=is_paid,
        code=code,
        reason=None if is_paid else read_reason(code),
        paid_amount=read_amount(find_callback_value(values, "FinalAmount")) if is_paid else None,
        card=mask_card(find_callback_value(values, "CardHolderPan")),
    )
