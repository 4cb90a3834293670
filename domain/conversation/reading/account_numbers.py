"""The bank account that money goes back to, as citizens give it: «شبا IR…», or the number alone."""

from domain.language.intents import Intent, combine_words
from domain.parsing.ibans import take_iban
from domain.parsing.word_lists import words_of

IBAN_INTENT = "iban"
"""The command that gives an account. It is always asked once, with the bank's name and the sum."""

_ACCOUNT = ("شبا", "شماره شبا", "شماره شبام", "شماره شبامو", "شبام", "شبامو", "شبای خودم")
_GIVING = words_of("intents.giving")

ACCOUNT_INTENTS: tuple[Intent, ...] = (
    Intent(
        IBAN_INTENT,
        (*words_of("intents.account_intents"), *combine_words(_ACCOUNT, _GIVING)),
        slot_readers=(take_iban,),
        required_slots=("iban",),
        weak_words=("شبا", "شماره شبا", "شبای من", "شبای بنده", "شبام", "شبامو", "شبامه"),
        is_binding=True,
    ),
)
"""The intents about it. «شبا» are nights too («شبا چراغ خاموشه»): beside other words it calls nothing without a
number.
"""
