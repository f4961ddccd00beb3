"""Choices that the dialogue itself offers, with the words by which people take them. Labels are texts (`@key`)."""

from __future__ import annotations

from bot.dialogue.types import Option

YES = Option(
    "yes", "@options.yes",
    ("co", "u", "uh", "uk", "um", "vang", "da", "da vang", "dung", "dung roi", "ok", "oke", "dong y", "duoc", "dc", "phai", "lam", "lam luon"),
)  # fmt: skip
NO = Option("no", "@options.no", ("khong", "ko", "k", "kg", "hong", "chua", "thoi", "khong phai", "sai", "sai roi", "de sau"))
LATER = Option("no", "@options.later", NO.words)
SEND = Option("send", "@options.send", (*YES.words, "gui", "gui di", "gui luon", "dung het", "nop", "nop luon"))
NOTE = Option("send", "@options.note", SEND.words)
FIX = Option("fix", "@options.fix", ("sua", "sai", "sai roi", "chua dung", "khong dung", "nham"))
MORE = Option("more", "@options.more", ("tiep", "xem tiep", "con gi nua"))
BEGIN = Option("begin", "@options.begin", ("khai luon", "lam luon", "khai", "lam", "bat dau"))
RIGHT = Option("yes", "@options.right", YES.words)
WRONG = Option("no", "@options.wrong", NO.words)
OTHER = Option("other", "@options.other", ("khac", "viec khac", "cai khac", "khong phai"))
STOP_FORM = Option("yes", "@options.stop_form", ("huy", "dung lai", "co", "bo"))
KEEP_FORM = Option("no", "@options.keep_form", ("lam tiep", "tiep", "khong"))
AGAIN = Option("again", "@options.again", ("khong", "ko", "khong phai", "sai", "sai roi", "nhan lai"))
IS_NAME = Option("name", "@options.is_name", ("ten", "la ten"))
IS_COMMAND = Option("command", "@options.is_command", ())
HELP_MENU = (
    Option("procedure", "@options.menu_procedure", ("giay to", "lam giay", "thu tuc")),
    Option("track", "@options.menu_track", ("den dau", "ho so")),
    Option("person", "@options.menu_person", ("can bo", "gap", "nguoi")),
)
SCORES = tuple(Option(str(n), f"@options.score_{n}", ()) for n in range(1, 6))
