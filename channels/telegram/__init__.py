"""Bots in messengers that speak the Telegram Bot API: Telegram itself, and Bale. One instance serves one of them."""
