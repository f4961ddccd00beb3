"""The conversation, pure: (state, what was heard and meant, catalogue, now) -> (state, says, requests)."""

from bot.dialogue.decide import decide
from bot.dialogue.later import split as wishes
from bot.dialogue.notices import offer_consent, remind, tell
from bot.dialogue.outcomes import resume
from bot.dialogue.reading import read

__all__ = ["decide", "offer_consent", "read", "remind", "resume", "tell", "wishes"]
