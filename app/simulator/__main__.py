"""`python -m app.simulator --port 9000`: secrets and ids come from WasAP's own variables."""

import argparse
import os
from pathlib import Path

from app.same_origin import LOOPBACK
from app.simulator.config import SimulatorConfig
from app.simulator.server import create_app
from app.simulator.serving import server


def main() -> None:
    """Serve until stopped."""
    arguments = _arguments()
    defaults = SimulatorConfig()
    # The secrets are not arguments: a command line is visible to every user of the machine.
    config = SimulatorConfig(
        access_token=os.environ.get("WHATSAPP_ACCESS_TOKEN", defaults.access_token),
        app_secret=os.environ.get("WHATSAPP_APP_SECRET", defaults.app_secret),
        verify_token=os.environ.get("WHATSAPP_VERIFY_TOKEN", defaults.verify_token),
        phone_number_id=os.environ.get("WHATSAPP_PHONE_NUMBER_ID", defaults.phone_number_id),
        waba_id=os.environ.get("WHATSAPP_WABA_ID", defaults.waba_id),
        webhook_url=arguments.webhook_url,
        owner_number=arguments.owner_number,
        owner_name=arguments.owner_name,
        chat_file=arguments.chat_file,
        send_statuses=not arguments.no_statuses,
        deliver_twice=arguments.deliver_twice,
        hosts=LOOPBACK if arguments.host in LOOPBACK else (),
    )
    server(create_app(config), host=arguments.host, port=arguments.port).run()


def _arguments() -> argparse.Namespace:
    defaults = SimulatorConfig()
    parser = argparse.ArgumentParser(
        prog="python -m app.simulator", description="A local stand-in for Meta's Graph API."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--webhook-url", default=defaults.webhook_url)
    parser.add_argument("--owner-number", default=defaults.owner_number)
    parser.add_argument("--owner-name", default=defaults.owner_name)
    parser.add_argument("--chat-file", type=Path, help="keep the conversation here (JSON lines)")
    parser.add_argument("--no-statuses", action="store_true", help="post no status webhooks")
    parser.add_argument("--deliver-twice", action="store_true", help="post each webhook twice")
    return parser.parse_args()


if __name__ == "__main__":
    main()
