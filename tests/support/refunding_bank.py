"""A scripted bank that sends money back to cards as well."""

from collections import deque
from dataclasses import dataclass, field, replace

from domain.gateways.capabilities import GatewayCapabilities, RefundScope
from domain.gateways.gateway import TIMED_OUT, CardRefund, CardRefundAnswer, CardRefundState
from tests.support.scripted_bank import SETTLES_BY_CALL, ScriptedBank

SENDS_BACK = replace(SETTLES_BY_CALL, refund=RefundScope.PARTIAL)
"""As Behpardakht."""

SILENT = CardRefundAnswer(refund_state=None, code=TIMED_OUT)
DENIED_BY_BANK = CardRefundAnswer(refund_state=None, code="49", reference="127")
"""It named a number of the transfer, and has none of it: that says nothing of the money."""
REFUSED = CardRefundAnswer(refund_state=CardRefundState.REFUSED, code="12")


@dataclass
class RefundingBank(ScriptedBank):
    """Sends back whatever it is asked for, or answers in order from `refund_answers`."""

    capabilities: GatewayCapabilities = SENDS_BACK
    refund_answers: deque[CardRefundAnswer] = field(default_factory=deque)

    async def refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Answer."""
        return await self._answer_refund("refund", refund)

    async def inquire_refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Answer."""
        return await self._answer_refund("inquire_refund", refund)

    async def _answer_refund(self, call: str, refund: CardRefund) -> CardRefundAnswer:
        self.calls.append(call)
        await self._let_happen()
        if self.refund_answers:
            return self.refund_answers.popleft()
        return CardRefundAnswer(refund_state=CardRefundState.DONE, code="0", reference=f"{refund.refund_number}7")
