"""Words that say nothing by themselves: courtesies, and ordinary words that no keyword is meant by."""

from domain.parsing.tokens import keys_of

COURTESY_WORDS = keys_of(
    "سلام", "درود", "باسلام", "عرض", "ادب", "احترام", "وقت", "وقتتون", "بخیر", "بخیرو", "صبحبخیر", "خسته", "نباشید",
    "خداقوت",
    "قوت", "خدا", "لطفا", "لطفآ", "لطفاً", "خواهشمند", "خواهشمندم", "خواهشمندیم", "خواهش", "است", "جناب", "آقا",
    "آقای", "خانم",
    "شهردار", "شهرداری", "محترم", "گرامی", "عزیز", "با", "و", "من", "بنده", "یک", "یه", "را", "رو", "برای", "جهت",
    "درخواست",
    "ثبت", "تقاضا", "تقاضای", "نیاز", "به", "هستم", "دارم", "داریم", "میخواهم", "میخوام", "میخواستم", "میخواستیم",
    "می", "خواهم",
    "خوام", "خواستم", "میخواهیم", "خواهیم", "میکنم", "کنم", "کنید", "بفرمایید", "بدهید", "بدید", "لازم", "مورد",
    "ممنون", "مرسی", "تشکر",
    "متشکرم", "سپاس", "سپاسگزارم", "بی", "زحمت", "بیزحمت", "hi", "hello", "please", "pls", "thanks", "i", "want",
    "need", "a", "salam",
    "lotfan", "mikham", "mikhaham", "تاکسی", "تاکسیم",
)  # fmt: skip
"""Greetings and request words: skipped before a keyword, and no free text of a form when they are alone."""


ORDINARY_WORDS = keys_of(
    "نذر", "نفر", "قرض", "قبل", "قبر", "لغت", "نصر", "سفر", "خطر", "ناظر", "نقره", "نظم", "نظام", "محو", "عضو",
    "سهو", "نحو",
    "قبلا", "قلبی", "قبل", "تاکید", "تاکیدی", "انصاف", "حکایت", "کفایت", "تشویش", "تخفیف", "شخصی", "ماشه", "باشه",
    "بلکه",
    "نظیر", "منظر", "پاسخگو", "وضعیتم", "عارضه", "پرداز", "پرداختم", "تعارف", "تعریف", "مرخص", "برداشت",
    "تعویق", "انحراف", "قبله",
    "رهبری", "درگیری", "دلگیری", "جهانگیری", "کمکی", "hell", "hello", "held", "lost", "last", "mist", "late", "date",
    "rare", "race",
    "shop", "step", "star", "smart", "life", "live", "export", "edit", "bank", "pack", "truck", "trick", "dirty",
    "will", "fill", "ball",
    "call", "moment", "statue", "state", "bell", "best", "rest", "test", "text", "left", "least", "resort", "exist",
    "fate", "gate", "hate",
)  # fmt: skip
"""Words that look like a misspelt keyword and are words of their own."""
