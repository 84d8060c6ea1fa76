"""What Meta knows about us: token, number, subscriptions. For the checks; sends nothing."""

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Self

import httpx

from app.errors import WasapError
from tools.certificates import authorities

Json = dict[str, Any]

NUMBER_FIELDS = (
    "id,display_phone_number,verified_name,status,platform_type,account_mode,quality_rating,"
    "webhook_configuration,health_status"
)
EXPIRED = 463  # error_subcode of code 190
_CALLING = (138024, 138025)  # health codes about voice calls only


class GraphUnreachable(WasapError):
    """Nobody who speaks for Meta answered."""


class GraphRefusal(WasapError):
    """Meta answered with an error."""

    def __init__(self, code: int | None, subcode: int | None, http_status: int) -> None:
        super().__init__(f"HTTP {http_status}, code {code}")
        self.code, self.subcode, self.http_status = code, subcode, http_status


@dataclass(frozen=True)
class Token:
    """What debug_token says of ours."""

    valid: bool
    kind: str  # SYSTEM_USER, USER, PAGE, APP
    app_id: str
    scopes: frozenset[str]
    expires_at: int  # Unix seconds; 0 = never
    accounts: tuple[str, ...]  # ids of the WhatsApp Business Accounts that it may manage
    subcode: int | None  # why it is not valid


@dataclass(frozen=True)
class Trouble:
    """One entry of a number's health, in Meta's words."""

    code: int
    description: str
    blocks: bool  # nothing can be sent


@dataclass(frozen=True)
class Number:
    """A business phone number."""

    id: str
    display: str
    name: str
    status: str  # CONNECTED, PENDING, ...; "" where Meta does not say
    platform: str  # CLOUD_API once it is registered
    mode: str  # SANDBOX = a test number
    quality: str
    callbacks: tuple[str, ...]  # the addresses that override the app's own, and that one
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True)
class Subscription:
    """What the app is told about, and where."""

    callback_url: str
    active: bool
    fields: frozenset[str]


@dataclass(frozen=True)
class Served:
    """How the Graph API answered last."""

    at: float | None  # its clock, Unix seconds
    version: str  # what it really used; "" where it does not say


class Account:
    """The Graph API as the owner of a token sees it. Every question is asked once.

    Methods raise GraphUnreachable and GraphRefusal.
    """

    def __init__(self, base_url: str, version: str, token: str, *, timeout_s: float) -> None:
        self._token = token
        self._asked: dict[str, asyncio.Task[Json]] = {}
        self._http = httpx.AsyncClient(
            base_url=f"{base_url.rstrip('/')}/{version}/",
            headers=_bearer(token),
            timeout=timeout_s,
            trust_env=False,  # a proxy variable must not see the token
            verify=authorities(),
        )
        self.served: Served | None = None  # None: nobody has answered yet

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        for task in self._asked.values():
            task.cancel()
        await asyncio.gather(*self._asked.values(), return_exceptions=True)
        await self._http.aclose()

    async def token(self) -> Token:
        """Our own token: kind, expiry, rights."""
        data = _dict((await self._get("debug_token", input_token=self._token)).get("data"))
        targets = [
            str(target)
            for scope in _list(data.get("granular_scopes"))
            if str(scope.get("scope", "")).startswith("whatsapp_business")
            for target in scope.get("target_ids") or ()
        ]
        return Token(
            valid=bool(data.get("is_valid")),
            kind=str(data.get("type", "")),
            app_id=str(data.get("app_id", "")),
            scopes=frozenset(map(str, data.get("scopes") or ())),
            expires_at=int(data.get("expires_at") or 0),
            accounts=tuple(dict.fromkeys(targets)),
            subcode=_dict(data.get("error")).get("subcode"),
        )

    async def is_secret(self, app_secret: str) -> bool:
        """Whether the token's app has this secret, which does not leave the machine for it.

        `appsecret_proof` is checked wherever it is given (Meta, "Secure Graph API calls").
        """
        proof = hmac.new(app_secret.encode(), self._token.encode(), hashlib.sha256).hexdigest()
        await self._get("me")  # what is refused without a proof is refused for another reason
        try:
            await self._get("me", appsecret_proof=proof)
        except GraphRefusal as refusal:
            if refusal.code == 100:
                return False
            raise
        return True

    async def number(self, number_id: str) -> Number:
        """A number by its id."""
        return _number(await self._get(number_id, fields=NUMBER_FIELDS))

    async def numbers(self, account_id: str) -> tuple[Number, ...]:
        """The numbers of a WhatsApp Business Account."""
        fields = "id,display_phone_number,verified_name"
        found = await self._get(f"{account_id}/phone_numbers", fields=fields)
        return tuple(_number(one) for one in _list(found.get("data")))

    async def subscribed_apps(self, account_id: str) -> tuple[str, ...]:
        """The ids of the apps that get the account's webhooks."""
        found = await self._get(f"{account_id}/subscribed_apps")
        apps = [_dict(one.get("whatsapp_business_api_data")) for one in _list(found.get("data"))]
        return tuple(str(app.get("id", "")) for app in apps)

    async def subscribe(self, account_id: str) -> None:
        """From now on the token's app gets the account's webhooks."""
        await self._call("POST", f"{account_id}/subscribed_apps")
        self._asked.clear()

    async def subscription(self, app_id: str, app_secret: str) -> Subscription | None:
        """What the app asked to be told of WhatsApp accounts; None = nothing."""
        found = await self._get(f"{app_id}/subscriptions", bearer=f"{app_id}|{app_secret}")
        for one in _list(found.get("data")):
            if one.get("object") == "whatsapp_business_account":
                names = [
                    field.get("name", "") if isinstance(field, dict) else field
                    for field in one.get("fields") or ()
                ]
                return Subscription(
                    str(one.get("callback_url", "")), bool(one.get("active")), frozenset(names)
                )
        return None

    async def _get(self, path: str, *, bearer: str = "", **params: str) -> Json:
        key = repr((path, bearer, params))
        if key not in self._asked:
            call = self._call("GET", path, params=params, bearer=bearer)
            self._asked[key] = asyncio.create_task(call)
        return await asyncio.shield(self._asked[key])

    async def _call(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, bearer: str = ""
    ) -> Json:
        headers = _bearer(bearer) if bearer else None
        try:
            response = await self._http.request(method, path, params=params, headers=headers)
        except httpx.HTTPError as problem:
            raise GraphUnreachable(type(problem).__name__) from problem
        body = _body(response)
        if response.is_success and body is not None:
            self.served = _served(response)
            return body
        error = _dict((body or {}).get("error"))
        if not isinstance(error.get("code"), int):
            raise GraphUnreachable(f"HTTP {response.status_code}")  # a proxy, a captive portal
        self.served = _served(response)
        raise GraphRefusal(error["code"], error.get("error_subcode"), response.status_code)


def _bearer(token: str) -> dict[bytes, bytes]:
    """Bytes: what was pasted as a token may hold any letter."""
    return {b"Authorization": f"Bearer {token}".encode()}


def _number(found: Json) -> Number:
    configured = _dict(found.get("webhook_configuration"))
    health = _dict(found.get("health_status"))
    return Number(
        id=str(found.get("id", "")),
        display=str(found.get("display_phone_number", "")),
        name=str(found.get("verified_name", "")),
        status=str(found.get("status", "")),
        platform=str(found.get("platform_type", "")),
        mode=str(found.get("account_mode", "")),
        quality=str(found.get("quality_rating", "")),
        callbacks=tuple(
            str(configured[name])
            for name in ("phone_number", "whatsapp_business_account", "application")
            if configured.get(name)
        ),
        troubles=tuple(
            Trouble(
                int(error.get("error_code") or 0),
                str(error.get("error_description", "")),
                entity.get("can_send_message") == "BLOCKED",
            )
            for entity in _list(health.get("entities"))
            for error in _list(entity.get("errors"))
            if error.get("error_code") not in _CALLING
        ),
    )


def _served(response: httpx.Response) -> Served:
    try:
        at = parsedate_to_datetime(response.headers.get("Date", "")).timestamp()
    except ValueError:
        at = None
    return Served(at, response.headers.get("facebook-api-version", ""))


def _body(response: httpx.Response) -> Json | None:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
