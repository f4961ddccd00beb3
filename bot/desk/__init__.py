"""The bot's doors for people of the office, and the pretend telephones."""

from __future__ import annotations

from fastapi import APIRouter

from backend.settings import Settings
from bot.conversations.kit import Bot
from bot.desk import providers
from bot.opened import Simulator


def routers(bot: Bot, settings: Settings, simulator: Simulator | None) -> list[APIRouter]:
    """Return every door of the bot's half but the webhooks."""
    return [providers.router(simulator)] if simulator else []
