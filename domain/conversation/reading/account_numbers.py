"""The bank account that money goes back to, as citizens give it: «شبا IR…», or the number alone."""

from domain.language.intents import Intent, combine_words
from domain.parsing.ibans import take_iban

IBAN_INTENT = "iban"
"""The command that gives an account. It is always asked once, with the bank's name and the sum."""

_ACCOUNT = ("شبا", "شماره شبا", "شماره شبام", "شماره شبامو", "شبام", "شبامو", "شبای خودم")
_GIVING = (
    "میدم", "بدم", "میفرستم", "بفرستم", "رو بفرستم", "رو بدم", "فرستادم", "ثبت کنید", "را ثبت کنید", "رو ثبت کنید",
    "عوض شد", "عوض شده", "رو عوض کنید", "را عوض کنید", "اشتباه بود", "رو اشتباه دادم", "کجا بفرستم", "را کجا بفرستم",
    "رو کجا بفرستم", "چطور بفرستم", "رو چطور بدم", "اینه", "این است",
)  # fmt: skip

ACCOUNT_INTENTS: tuple[Intent, ...] = (
    Intent(
        IBAN_INTENT,
        (
            "شماره شبای من", "شماره شبای بنده", "شماره شبام", "شماره شبامو", "شماره شبامه", "تغییر شبا",
            "تغییر شماره شبا", "شبای جدید", "شبای تازه",
            *combine_words(_ACCOUNT, _GIVING), "iban", "sheba", "shaba", "shomare sheba", "shomare shaba", "shabam",
            "shebam", "shabaye man",
        ),
        slot_readers=(take_iban,),
        required_slots=("iban",),
        weak_words=("شبا", "شماره شبا", "شبای من", "شبای بنده", "شبام", "شبامو", "شبامه"),
        is_binding=True,
    ),
)  # fmt: skip
"""The intents about it. «شبا» are nights too («شبا چراغ خاموشه»): beside other words it calls nothing without a
number.
"""
