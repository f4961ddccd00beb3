"""What was said in one moment is shown in the order it was said."""

from __future__ import annotations

import re

from backend.store.types import new_id


def test_ids_sort_in_the_order_they_were_made_in():
    made = [new_id() for _ in range(5000)]
    assert made == sorted(made) and len(set(made)) == 5000 and {len(name) for name in made} == {26}


def test_two_pages_of_one_answer_stand_in_the_clerks_thread_as_on_the_telephone(desk):
    phone = desk.home.phone("+84982226001")
    for text in ("lam giay khai sinh", "1", "1", "1", "1", "5/11/2026", "2", "Bàn Thị Trang", "Triệu Mùi Nải", "006096004512", "thon khuoi slung xa na ri", "1"):
        said = phone.send(text)
    assert len(said) == 2
    shown = desk.client("tiepnhan").get(f"/console/desk/conversations/{desk.conversation(phone.address).id}/messages").text
    assert re.findall(r"<p>([^<]+)</p>", shown)[-2:] == said
