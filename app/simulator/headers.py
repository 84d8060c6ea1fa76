"""What stands in the headers of every answer of Meta's: its clock, and the version that it used."""

from email.utils import formatdate

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.simulator.account import Account
from app.simulator.errors import UnknownPath
from app.simulator.state import Simulator


class Headers:
    """ASGI middleware. A version that does not exist yet is answered here."""

    def __init__(self, app: ASGIApp, simulator: Simulator) -> None:
        self._app = app
        self._simulator = simulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through, with the headers added."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        account = self._simulator.account
        served = _served(account, scope["path"])

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Date"] = formatdate(account.now(), usegmt=True)
                headers["facebook-api-version"] = served or account.newest_version
            await send(message)

        if served is not None:
            await self._app(scope, receive, adding)
        else:
            problem = UnknownPath(f"Unknown path components: {scope['path']}")
            await JSONResponse(problem.body(), problem.status)(scope, receive, adding)


def _served(account: Account, path: str) -> str | None:
    asked = path.split("/")[1]
    is_version = asked[:1] == "v" and asked[1:2].isdigit()
    return account.served_version(asked) if is_version else account.newest_version
