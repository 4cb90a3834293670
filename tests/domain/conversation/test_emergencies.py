"""What happens right now is told from what is only named, over, denied or an address; courtesies ask for nothing."""

import pytest

from domain.conversation.reading.courtesies import GREETING, INSULT, THANKS, read_courtesy
from domain.conversation.reading.emergencies import Emergency, find_emergency

HAPPENING = {
    Emergency.FIRE: (
        "خونه آتیش گرفته", "کمک آتش سوزی شده", "آتش!", "آتش‌سوزی در انبار کاه! کمک", "کوچه شهید رجایی آتیش سوزی شده",
        "حریق",
        "مغازه بغلی داره میسوزه", "atish gerefte khonamoon", "انباری همسایه مون آتیش گرفته بدوید",
        "نیزار پشت ده آتش گرفته", "خونه همسایه دود میکنه فکر کنم آتیشه", "ýangyn bar oba",
        "jaý ýanýar kömek", "oy yanyar", "اوی یانیار",
    ),
    Emergency.FLOOD: (
        "سیل اومده تو خونه", "سیل", "آب خیابون رو گرفته", "سیل شده",
        "آب خونه رو گرفته چیکار کنیم", "سیل خونه مارو برد", "seyl umade komak",
        "رودخونه طغیان کرده", "سیل دیشب تا دم خونه ما اومده", "سو گلیار اویه",
        "suw gelyar oye", "öýe suw girdi", "سیل گلدی",
    ),
    Emergency.RUBBLE: (
        "بچه ها زیر آوار موندن", "دیوار همسایه ریخت روی ماشین", "سقف مدرسه فرو ریخته", "آوار!",
        "چاه ریخته کارگر مونده توش", "زلزله اومد",
    ),
    Emergency.SHOCK: (
        "برق‌گرفتگی", "پسرم رو برق گرفت", "کارگرمون رو برق گرفته افتاده", "bargh gerefte pesaram ro", "tok urdy oglumy",
    ),
    Emergency.WIRES: ("سیم برق افتاده تو خیابون", "تیر برق جلو خونه شکسته", "سیم برق خیابون افتاده"),
    Emergency.CRASH: (
        "تصادف شده سر چهارراه", "تصادف کردیم جاده بندر", "میدان تصادف شده",
        "اتوبوس تصادف کرده زخمی داریم", "tasadof shode",
    ),
    Emergency.GAS: ("بوی گاز میاد تو کوچه", "گاز نشت کرده", "لوله گاز ترکیده", "نشت گاز", "booye gaz miad",
        "تو کوچه بوی گاز میاد", "لوله گاز کوچه ما ترکیده",
    ),
    Emergency.INJURY: (
        "پدرم سکته کرده", "یه نفر تو دریا غرق شده", "بچه بیهوش شده", "پدرم قلبش گرفته", "بچه افتاده تو چاه",
        "ambulans lazem darim",
        "فوری آمبولانس بفرستید",
    ),
    Emergency.BITE: (
        "یه سگ ولگرد بچه رو گاز گرفته", "مار اومده تو خونه", "عقرب نیشش زده", "سگها به گوسفندا حمله کردن",
        "تو کوچه سگ پسرم رو گاز گرفته",
    ),
    Emergency.CRIME: ("نزاع شده چاقو کشیدن", "دزد اومده خونه همسایه", "سرقت شده از مغازه‌ام", "دو نفر همدیگه رو میزنن"),
    Emergency.OUTAGE: (
        "لوله آب ترکیده خیابون پر آبه", "برق کوچه قطعه", "آب قطعه", "برق محله قطعه", "از صبح برق رفته",
        "آب قطع شده کوچه ما",
    ),
}  # fmt: skip
NOT_HAPPENING = (
    "خیابان آتش‌نشانی پلاک ۴", "لودر میخوام کوچه آب", "آب کوچه کم شده", "آب کم شده", "کوچه برق آسفالت گرفته",
    "روبروی آتش نشانی", "ایستگاه آتش نشانی", "پشت سیل‌بند", "میدان آتش نشان", "آتش نگرفته",
    "سیل نیومده", "آتش سوزی نبود اشتباه شد", "بوی گاز نمیاد دیگه", "تصادف نکردم", "آتش خاموش شد", "پارسال سیل اومد",
    "انشعاب برق گرفته‌ایم", "بیمه آتش سوزی", "کوچه برق", "اداره گاز", "قبض گاز گرفتم", "پست برق", "لوله‌کشی آب",
    "کوچه مارکده", "برق قطع نیست", "اتاق عقد دعوا نشد", "مرغداری سگ دارد", "آب رفته پارسال", "خیابان شهید دزدی",
    "ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام", "کارشناسی آتش سوزی مغازه", "تانکر آب گرفتیم دیروز", "جمع آوری نخاله",
    "گواهی تصادف", "خسارت سیل پارسال", "کمک", "دیوار خانه‌ام ترک دارد", "پمپ گاز", "چهارشنبه سوری آتش بازی",
    "گریدر برای سیل‌بند", "suw maşyny öýe gerek ertir", "suw tankeri haçan gelýär", "suw gelenok",
)  # fmt: skip
COURTESIES = {
    GREETING: (
        "سلام", "سلام خسته نباشید", "وقت بخیر مهندس", "الو", "slm", "صبح بخیر", "خسته نباشید آقای شهردار",
        "سالاو مالیکم",
    ),
    THANKS: (
        "ممنون", "دست شما درد نکنه", "خیلی ممنون از پیگیریتون", "🙏🙏", "خدا خیرتون بده ممنون", "mersi", "sag bol",
        "دمتون گرم",
        "چشم ممنون", "خداحافظ",
    ),
    INSULT: (
        "خاک تو سرتون", "احمقا چرا جواب نمیدین", "دزدا", "شما بی‌عرضه اید", "چه شهرداری مسخره‌ای دارید",
        "این چه وضعشه دو هفته است علافم", "خجالت نمی‌کشید؟", "حرامخورها", "به درد نمیخورید",
    ),
    None: (
        "سلام ماشین میخوام", "سلام کد من چی شد", "پیگیری", "درخواستم در چه وضعیتیه",
        "راننده تاکسی بی شعور بود و تند میرفت و فحش داد", "شب", "۲",
        "ممنون میشم لودر بفرستید", "راهنمایی", "بله ممنون ۲",
    ),
}  # fmt: skip


def test_what_happens_is_told_from_what_is_named() -> None:
    told = {text: find_emergency(text) for texts in HAPPENING.values() for text in texts}
    assert told == {text: emergency for emergency, texts in HAPPENING.items() for text in texts}
    assert {text: find_emergency(text) for text in NOT_HAPPENING} == dict.fromkeys(NOT_HAPPENING)


@pytest.mark.parametrize("courtesy", COURTESIES)
def test_courtesies_ask_for_nothing(courtesy: str | None) -> None:
    assert {text: read_courtesy(text) for text in COURTESIES[courtesy]} == dict.fromkeys(COURTESIES[courtesy], courtesy)


def test_praise_is_answered_like_thanks_where_it_rates_nothing() -> None:
    praises = ("کارتون عالی بود", "راضی بودم خیلی خوب بود", "سلام عالی بود")
    assert {text: read_courtesy(text, calls_nothing=True) for text in praises} == dict.fromkeys(praises, THANKS)
    others = ("راضی نبودم", "خوب بود لودر زودتر میامد")
    assert {text: read_courtesy(text, calls_nothing=True) for text in others} == dict.fromkeys(others)
