"""Questions about the office and one's requests, and the wish for a person, wherever their words stand."""

from domain.conversation.reading.grammar import Grammar
from domain.services import SERVICES, collect_intents, services_by_key
from tests.support.municipality import TUESDAY_MORNING
from tests.support.tables import each_row

GRAMMAR = Grammar(collect_intents(services_by_key(SERVICES)))

SAID = {
    "contact": (
        "تلفن", "آدرس", "ساعت کاری", "contact", "سلام شماره تلفن شهرداری رو میدید", "ببخشید شهرداری کجاست",
        "ساعت کاریتون چنده", "فردا تا کی هستید", "پنجشنبه ها باز هستین؟", "کجا باید بیام برای امضا", "تلفن لطفا",
        "سلام خسته نباشید شهرداری تا ساعت چند بازه", "الان باز هستید؟", "saat kari", "adrese shahrdari kojast",
        "سلام شهردار کی هست ببینمش", "چند شنبه ها تعطیلید", "امروز تعطیله؟",
        "من میخوام حضوری بیام کجا بیام", "نشانی شهرداری را بفرستید",
    ),
    "who_read": (
        "درخواستم دست کیه", "درخواست من الان دست کیه؟", "تا کی جواب میدن", "کی جواب میدید", "۱۲۳۴۵۶۷۸۶ دست کیه",
        "سلام کد ۱۲۳۴۵۶۷۸۶ تا کی رسیدگی میشه", "چند روز طول میکشه جواب بدید", "پرونده من پیش کیه",
        "daste kie darkhastam",
        "مسئولش کیه بگید", "بالاخره کی بررسی میشه",
        "چه کسی دید", "کسی دیده درخواستمو؟", "who 123456786", "123456786 چه کسی دید", "درخواست منو کسی باز کرده؟",
    ),
    "call_back": (
        "تماس بگیرید", "با من تماس بگیرید لطفا", "سلام میخوام با یه نفر حرف بزنم", "اپراتور", "اپراتور لطفا",
        "میخواستم با مسئولش صحبت کنم در مورد قبضم",
        "یکی به من زنگ بزنه", "zang bezanid lotfan", "بهم زنگ بزنین کارم گیره", "میشه تماس بگیرید؟",
        "خواهش میکنم یک نفر با من تماس بگیره", "وصلم کنید به کارشناس", "من سواد ندارم زنگ بزنید",
    ),
    "machinery": ("ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام روبروی شهرداری قبلش تماس بگیرید",),
    "comment": ("نظر ساعت کاری شما بد است", "نظر لطفا بیشتر تماس بگیرید"),
    "taxi_violation": ("تخلف 12ت345-59 گفتم زنگ بزنید پلیس",),
    "reply": ("پاسخ 123456786 آدرس شهرداری را پیدا کردم",),
    "track": ("پیگیری 123456786",),
    "change": ("آدرس را عوض کن",),
    "unknown": (
        "تماس نگیرید", "زنگ نزنید لطفا", "دیگه لازم نیست تماس بگیرید", "تلفن همراه من عوض شده",
        "لودر ۴ ساعت فردا ساعت ۸ خیابان امام قبلش تماس بگیرید", "چه ساعتی میاد لودر",
    ),
}  # fmt: skip


@each_row("intent", SAID)
def test_an_enquiry_is_understood_wherever_its_words_stand(intent: str) -> None:
    understood = {text: GRAMMAR.parse_message(text, TUESDAY_MORNING).intent for text in SAID[intent]}
    assert understood == dict.fromkeys(SAID[intent], intent)


def test_a_call_that_is_not_wanted_is_refused() -> None:
    for text in ("تماس نگیرید", "زنگ نزنید لطفا", "دیگه لازم نیست تماس بگیرید", "تماس نمیخوام"):
        assert GRAMMAR.parse_message(text, TUESDAY_MORNING).refused_intent == "call_back", text
