"""The bot's doors for people of the office, and the pretend telephones."""

from __future__ import annotations

from fastapi import APIRouter

from backend.settings import Settings
from bot.conversations.kit import Bot
from bot.desk import outbox, preview, providers, telephone, thread
from bot.opened import Simulator, inner_url


def routers(bot: Bot, settings: Settings, simulator: Simulator | None) -> list[APIRouter]:
    """Return every door of the bot's half but the webhooks."""
    doors = [thread.router(bot), preview.router(bot), outbox.router(bot)]
    return doors + ([telephone.router(bot, simulator, inner_url(settings)), providers.router(simulator)] if simulator else [])
