"""The model conversations as transcripts: what was said, what it meant, and every text that came back, page by page.

`TRANSCRIPTS=write pytest tests/dialogue/test_conversations.py` writes the answers anew after a text was changed; read the
difference before keeping it.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from bot.dialogue.types import Card, Understanding
from bot.words import SMS_LENGTH, ZALO_LENGTH, sms_length
from tests.dialogue.kit import Phone, meant, office


class _Readable(yaml.SafeDumper):
    """Texts of several lines are written as they look on the telephone."""


def _text(dumper, value):
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else '"' if ": " in value else None)


_Readable.add_representer(str, _text)
FILES = sorted((Path(__file__).parent / "conversations").glob("*.yaml"))
CARD = Card("006099003321", "Triệu Văn Tuấn", "1999-02-03", "male", "thôn Nà Diệu, xã Na Rì")


class Stage:
    """The telephones of one transcript; consent goes from one to the other as the office would carry it."""

    def __init__(self, script):
        self.phones = {}
        for who, is_ in script["cast"].items():
            phone = Phone(is_["channel"], is_.get("phone"), datetime.fromisoformat(script["start"]))
            phone.office = self.office_for(phone, script)
            self.phones[who] = phone
        self.helper_case = None

    def office_for(self, phone, script):
        def answer(request, at):
            outcome = office(request, at)
            outcome.data.update(script.get("office", {}).get(request.verb, {}))
            if request.verb == "ask_consent":
                self.helper_case = (phone, request.args["case"])
                neighbour = next(p for p in self.phones.values() if p.number == request.args["phone"])
                neighbour.asked_for_consent(request.args["helper"])
            if request.verb == "answer_consent":
                helper, case = self.helper_case
                helper.told("consent_given" if request.args["yes"] else "consent_refused", case=case)
            return outcome

        return answer

    def play(self, turn):
        who, text = next((k, v) for k, v in turn.items() if k in self.phones)
        phone, others = self.phones[who], [p for name, p in self.phones.items() if name != who]
        for other in others:
            other.pages = []
        if "notice" in turn:
            phone.told(text, **turn["notice"])
        else:
            heard = {"kind": turn["sends"]} if "sends" in turn else {}
            if turn.get("sends") == "photo":
                heard |= {"media": (f"a{phone.turns}",), "card": CARD if turn.get("card") else None}
            if "shares" in turn:
                phone.number = turn["shares"]
            phone(text or "", _means(turn.get("means")), timedelta(minutes=1, hours=turn.get("hours_later", 0)), **heard)
        heard_back = {"xã": list(phone.pages)}
        heard_back |= {f"xã → {name}": list(p.pages) for name, p in self.phones.items() if p is not phone and p.pages}
        return heard_back, phone.verbs


def _means(words: str | None) -> Understanding | None:
    if not words:
        return None
    intent, *rest = words.split()
    return meant(intent, rest[0] if rest else None)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_the_conversation_goes_as_written(file):
    script = yaml.safe_load(file.read_text(encoding="utf-8"))
    stage = Stage(script)
    for turn in script["turns"]:
        said, verbs = stage.play(turn)
        if os.environ.get("TRANSCRIPTS") == "write":
            for key in [k for k in turn if k.startswith("xã") or k == "office"]:
                del turn[key]
            turn.update({"office": verbs} if verbs else {}, **said)
            continue
        assert {k: v for k, v in turn.items() if k.startswith("xã")} == said
        assert turn.get("office", []) == verbs
    if os.environ.get("TRANSCRIPTS") == "write":
        file.write_text(yaml.dump(script, Dumper=_Readable, allow_unicode=True, sort_keys=False, width=1000), encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_text_fits_its_channel_and_three_in_a_row_never_come(file):
    script = yaml.safe_load(file.read_text(encoding="utf-8"))
    for turn in script["turns"]:
        for key in [k for k in turn if k.startswith("xã")]:
            assert len(turn[key]) <= 2
            for page in turn[key]:
                ascii_only = all(ord(c) < 128 for c in page)
                assert sms_length(page) <= SMS_LENGTH if ascii_only else len(page) <= ZALO_LENGTH


def test_all_four_model_conversations_are_here():
    assert {f.stem for f in FILES} >= {"1_ba_pa_khai_sinh", "2_anh_tuan_zalo_anh_the", "3_linh_giup_hai_nguoi", "4_lam_tiep_may_khac"}
