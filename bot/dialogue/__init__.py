"""The conversation, pure: (state, what was heard and meant, catalogue, now) -> (state, says, requests)."""

from bot.dialogue.decide import decide
from bot.dialogue.notices import offer_consent, remind, tell
from bot.dialogue.outcomes import resume
from bot.dialogue.reading import read
from bot.dialogue.wishes import both, split

__all__ = ["both", "decide", "offer_consent", "read", "remind", "resume", "split", "tell"]
