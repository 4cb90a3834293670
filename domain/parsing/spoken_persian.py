"""Spoken Persian, and Persian in Latin letters, as the written words that they stand for: for matching alone.

«واسه فردا صب» is matched as «برای فردا صبح», «farda saat 8» as «فردا ساعت 8», «سلااام» as «سلام»; words that are typed
without a space between them («سه‌ساعت», «شنبهساعت۹», «امشب») are parted. What people wrote stays as they wrote it: free
text is taken from the message, never from these keys.
"""

import re
from collections.abc import Mapping

_SPOKEN_BY_WRITTEN: Mapping[str, str] = {
    "میخواهم": "میخوام میخام میخوایم میخایم میخواهیم میخاهم میخواستم میخاستم میخواستیم میخاستیم میحوام مخوام میخواهن "
    "mikham mikhaam mikhaham mixam mikhastam mikhastim mikhaym mikhayim mikhaim mikhom mikhaheam",
    "برای": "واسه واسهی واس برا vase vaseye vasey baraye baraie barae bara",
    "مدت": "بمدت",
    "برایم": "واسم برام baram vasam",
    "برایمان": "واسمون برامون",
    "صبح": "صب صبحی sobh sob sobhe",
    "ظهر": "zohr zohre",
    "عصر": "عصری asr asre",
    "شب": "shab shabe",
    "بعدازظهر": "بعداظهر بعدظهر بعدازظهری badazohr badezohr",
    "ساعت": "ساعه سعت ساعب ساعن ساغت saat saate sahat saaat",
    "روز": "rooz ruz roz rooze ruze",
    "هفته": "hafte hafteh",
    "نیم": "nim nimm",
    "ربع": "rob robe",
    "یک": "یدونه یدونهای یکدونه yek ye",
    "دو": "do",
    "بیست": "بیس bist",
    "دقیقه": "دقه دیقه daghighe daghigheh daqiqe",
    "سه": "se",
    "چهار": "chahar char chahr",
    "پنج": "panj",
    "شش": "shish shesh",
    "هفت": "haft",
    "هشت": "hasht",
    "نه": "noh",
    "ده": "dah",
    "دوتا": "dota",
    "سهتا": "seta",
    "فردا": "فردل فزدا فردتا farda fardaa frda",
    "پسفردا": "پسفرا pasfarda",
    "پس": "pas",
    "امروز": "امروزه امرور emrooz emruz emroz",
    "شنبه": "شمبه شنیه شبنه شنپه شنبهه shanbe shambe shanbeh shanbhe",
    "یکشنبه": "یشنبه یشمبه یکشمبه یهشنبه yekshanbe yekshanbeh yeshanbe",
    "دوشنبه": "دوشمبه doshanbe doshanbeh",
    "سهشنبه": "سشنبه سشمبه سهشمبه seshanbe seshanbeh",
    "چهارشنبه": "چارشنبه چارشمبه چهارشمبه chaharshanbe charshanbe charshambe chaharshanbeh",
    "پنجشنبه": "پنشنبه پنشمبه پنجشمبه panjshanbe panshanbe panjshanbeh",
    "جمعه": "جمه جممه jome jomeh jomee",
    "آذر": "اذز ازر ادر azr azar",
    "آبان": "aban",
    "چقدر": "چقد چقدره چنده چقده چند cheghadr cheghad chande chghdr cheqadr chand",
    "چطور": "چطوری چجوری چجور چهجوری چطوریه چگونه چهطور chetor chetori chejori chejoori chegoone chetory",
    "دیگر": "دیگه دگ دگه digar dige dg",
    "اگر": "اگه agar age",
    "خیابان": "خیابون khiaban khiyaban khiaboon khiyaboon kheyaban khiabun",
    "میدان": "میدون meydan meidan meydoon meydun",
    "ساختمان": "ساختمون",
    "ساختمانی": "ساختمونی",
    "خانه": "خونه khone khune khooneh",
    "کوچه": "kooche kuche koche koocheh",
    "جاده": "jade jadeh jaddeh",
    "روستا": "roosta rusta roustaa",
    "روستای": "roostaye rustaye",
    "پشت": "پش posht poshte",
    "جنب": "janb jonb janbe",
    "کنار": "kenar kenare",
    "روبروی": "rooberoo ruberuye rooberooye",
    "مسجد": "masjed masjede",
    "مدرسه": "madrese madreseh",
    "بازار": "bazar bazaar",
    "پارک": "park parke",
    "محله": "mahale mahalle",
    "سلام": "سلم سالام salam salaam slm",
    "لطفا": "لدفا لطفن lotfan lotfn",
    "ممنون": "mamnoon mamnun mamnoonam mersi merci مرسی ممنونم ممنونیم",
    "تشکر": "tashakor tashakkor moteshakeram",
    "من": "man mano",
    "را": "ro ra",
    "از": "az",
    "تا": "ta",
    "لودر": "لودرو",
    "گریدر": "گریدرو",
    "تانکر": "تانکرو",
    "غلتک": "غلتکو",
    "جرثقیل": "جرثقیلو",
    "بولدوزر": "بولدوزرو",
    "لازم": "lazem",
    "دارم": "daram darim",
    "کنید": "konid konin کنین kon کن",
    "کنم": "konam konim کنیم",
}
"""Written word → what is typed for it, as keys: without joiners, hamza and madda."""

_LETTER_VARIANTS = str.maketrans("آ", "ا")
_WRITTEN_BY_SPOKEN: Mapping[str, str] = {
    spoken: written.translate(_LETTER_VARIANTS)
    for written, spoken_words in _SPOKEN_BY_WRITTEN.items()
    for spoken in spoken_words.split()
}
_REPEATED_LETTER = re.compile(r"([^\W\d_])\1{2,}")

_NUMBERS = "یک|یه|دو|سه|چهار|چار|پنج|شش|شیش|هفت|هشت|نه|ده|یازده|دوازده|سیزده|چهارده|پانزده|پونزده|شانزده|بیست"
_DAYS = "امروز|فردا|پسفردا|(?:یک|یه|دو|سه|چهار|چار|پنج)?ش[نم]به|پنشنبه|جمعه"
_PARTS_OF_DAY = "صبح|صب|ظهر|بعدازظهر|عصر|غروب|شب"
_CLOCK = "ساعت"
_GLUED_WORDS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"({_NUMBERS})(ساعته?|روزه?|دقیقه|هفته|دستگاه|عدد|دونه|دانه)",
        rf"({_DAYS})({_PARTS_OF_DAY})({_CLOCK})?",
        rf"({_DAYS})({_CLOCK})",
        rf"({_CLOCK})({_NUMBERS})(?:(و)(نیم|ربع))?",
        rf"({_NUMBERS})(و)(نیم|ربع)",
    )
)
_WORDS_OF_TWO = {"امشب": ("امروز", 2, "شب", 2), "امصبح": ("امروز", 2, "صبح", 3), "emshab": ("امروز", 2, "شب", 4)}


def written_key(key: str) -> str:
    """Return the written word that a key stands for; itself where it is no spoken one. Letters in a row count once."""
    single_letters = _REPEATED_LETTER.sub(r"\1", key)
    return _WRITTEN_BY_SPOKEN.get(single_letters, single_letters)


def split_glued_key(key: str) -> tuple[tuple[str, int], ...]:
    """Return the words that were typed as one, each with how many letters of `key` it takes; empty where it is one."""
    if key in _WORDS_OF_TWO:
        first, first_length, second, second_length = _WORDS_OF_TWO[key]
        return (first, first_length), (second, second_length)
    for pattern in _GLUED_WORDS:
        if match := pattern.fullmatch(key):
            return tuple((written_key(part), len(part)) for part in match.groups() if part)
    return ()
