"""What the bot does with a turn: pure, deterministic, and the same for every channel.

A `Reading` goes to the kind of the open question (`replies`) or to the command (`orders`); an `Understanding` goes to its
intent (`intents`). The open question survives every digression.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.dialogue import choosing, helper, intents, ladder, later, media, pronoun, replies
from bot.dialogue.turn import Turn, fingerprint, ref
from bot.dialogue.types import Decision, Heard, Place, Reading, State, Understanding

QUIET = {"draft.paused", "talk.goodbye", "talk.opted_out", "miss.rest", "helper.waits_for_yes"}
"""Last words after which nothing more is offered."""


def decide(state: State, heard: Heard, meant: Reading | Understanding, catalogue, place: Place, now: datetime) -> Decision:
    """Return what to say and ask of the office for one turn; `state` is not changed."""
    t = Turn(state, heard, catalogue, place, now)
    pronoun.learn(t)
    media.keep(t)
    if isinstance(meant, Understanding):
        _understood(t, meant)
    else:
        replies.answer(t, meant)
    return finish(t, repeating=isinstance(meant, Reading) and meant.value == "LAI")


def finish(t: Turn, repeating: bool = False) -> Decision:
    """The decision; the same words as last time get another beginning (never the same sentence twice in a row)."""
    _offer_kept(t)
    decision = t.done()
    said = [{"key": s.key, "params": s.params, "options": [o.label for o in s.options]} for s in decision.says]
    if not said:
        return decision
    same = fingerprint(decision.says) == t.memory.get("last")
    t.memory["last"] = fingerprint(decision.says)
    t.memory["said"] = said
    if not same or repeating:
        return decision
    first = decision.says[0]
    lead = [ref("shared.once_more"), *first.params.get("lead", [])]
    t.memory["last"] = ""
    return replace(decision, says=(replace(first, params={**first.params, "lead": lead}), *decision.says[1:]))


def _offer_kept(t: Turn) -> None:
    """When a turn leaves nothing open, a wish that waits is offered behind its words: all of it in two texts (rule 10)."""
    last = t.says[-1].key if t.says else None
    if t.open or t.requests or not (last or t.lead) or last in QUIET or t.memory.get("urgent") or not later.kept(t):
        return
    while t.says:
        t.take_back()
    later.offer(t)


def _understood(t: Turn, meant: Understanding) -> None:
    kind = (t.open or {}).get("kind")
    if kind == "procedure" and any(choosing.found(t, meant)):
        meant = replace(meant, intent=t.open["intent"], confidence=max(meant.confidence, meant.procedure_confidence), intents=())
        t.close()
    if kind == "helped_procedure" and meant.procedure:
        return _helped_procedure(t, meant)
    intents.serve(t, meant)


def _helped_procedure(t: Turn, meant: Understanding) -> None:
    procedure, candidates = choosing.found(t, meant)
    if procedure:
        return helper.procedure_of(t, t.open["person"], procedure.id)
    if not candidates:
        return ladder.miss(t)
    options = choosing.options(candidates)
    t.ask("helped_procedure", "choose.which", options, params={"name": t.open["person"]}, person=t.open["person"])
