"""Serves one listed model on an inner address: `python serve.py --port 5005` with this folder's environment.

Needs NLU_TOKEN. With MODEL_URL, the app's inner address, it serves the model the app has promoted, fetched by hash, and
changes it while serving; without, and where the app names none, the release's own. Only three doors of Rasa's server stay
open: `/`, `/status` and `/model/parse`; the one that would load another archive is shut. No message text reaches a log.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import socket
import sys
from pathlib import Path

import follow
import model_files

DOORS = {("GET", "/"), ("GET", "/status"), ("POST", "/model/parse")}
LARGEST_BODY = 64_000


def main() -> None:
    """Check everything that can be refused in a line, then load Rasa and serve until told to stop."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=5005)
    options.add_argument("--model", type=Path, help="default: the model of the present data and code")
    chosen = options.parse_args()
    token = os.environ.get("NLU_TOKEN", "")
    if not token:
        sys.exit("understanding server: set NLU_TOKEN, the token that callers must show")
    try:
        model = model_files.checked(chosen.model or model_files.present())
    except model_files.ModelError as error:
        sys.exit(f"understanding server: {error}")
    _require_free(chosen.host, chosen.port)
    named = follow.source("" if chosen.model else os.environ.get("MODEL_URL", ""), token)
    serve(model.resolve(), named, chosen.host, chosen.port, token)


def _require_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            sys.exit(f"understanding server: cannot listen on {host}:{port} ({error.strerror}); choose another port")


def serve(model: Path, named, host: str, port: int, token: str) -> None:
    """Run Rasa's own server with `model`, or what the source `named` names; returns when the process is told to stop."""
    os.environ.update(RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", SANIC_WORKERS="1")
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    os.chdir(model_files.HERE)
    import rasa.core.run
    import rasa.utils.common
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog
    from sanic.response import json

    configure_structlog(log_level=30)
    rasa.utils.common.configure_logging_and_warnings(log_level=30, warn_only_once=True)
    app = rasa.core.run.configure_app(auth_token=token, enable_api=True, port=port)
    app.config.REQUEST_MAX_SIZE = LARGEST_BODY
    follower = follow.Follower(model, model_files.fingerprint(), named, lambda archive: Agent.load(str(archive)), follow.tell)
    _keep_following(app, follower, rasa.core.run.close_resources)

    @app.middleware("request")
    async def only_our_doors(request):
        return None if (request.method, request.path) in DOORS else json({"status": "failure"}, status=404)

    @app.middleware("response")
    async def say_which_model(request, response):
        response.headers["x-model"] = (follower.serving or model.name)[:16]

    rasa.utils.common.update_sanic_log_level()
    print(f"understanding server: model {model.name} on http://{host}:{port}", flush=True)
    app.run(host=host, port=port, workers=1, access_log=False)


def _keep_following(app, follower: follow.Follower, close) -> None:
    """Load before the first request; look again every few seconds, loading in a thread, so that parses go on."""

    async def begin(app, _loop):
        follower.begin()
        app.ctx.agent = follower.agent

    async def go_on(app):
        while True:
            await asyncio.sleep(follow.EVERY_SECONDS)
            if await asyncio.get_running_loop().run_in_executor(None, follower.look):
                app.ctx.agent = follower.agent

    app.register_listener(begin, "before_server_start")
    app.register_listener(close, "after_server_stop")
    if follower.follows:
        app.add_task(go_on)


if __name__ == "__main__":
    main()
