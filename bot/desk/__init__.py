"""The bot's doors for people of the office, and the pretend telephones."""

from __future__ import annotations

from fastapi import APIRouter

from backend.settings import Settings
from bot.conversations.kit import Bot
from bot.desk import models, outbox, preview, providers, telephone, thread, unsure
from bot.opened import Simulator, inner_url


def routers(bot: Bot, settings: Settings, simulator: Simulator | None) -> list[APIRouter]:
    """Return every door of the bot's half but the webhooks."""
    doors = [thread.router(bot), preview.router(bot), outbox.router(bot), unsure.router(bot), models.router(bot, settings)]
    return doors + ([telephone.router(bot, simulator, inner_url(settings)), providers.router(simulator, inner_url(settings))] if simulator else [])
