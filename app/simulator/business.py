"""The Graph API routes about the account: token, numbers, subscriptions."""

import hashlib
import hmac

from fastapi import APIRouter, Depends, Request

from app.simulator.account import Json
from app.simulator.errors import (
    InvalidParameter,
    InvalidToken,
    NoPermission,
    UnknownObject,
)
from app.simulator.state import Simulator, TheSimulator


async def with_token(request: Request, simulator: TheSimulator) -> None:
    """Whose call it is: our token's. Any call may prove that it knows the app secret as well."""
    authorization = request.headers.get("authorization")
    subcode = simulator.account.token_subcode
    if not simulator.is_token(authorization) or subcode is not None:
        await request.body()  # so that the call is in the log with its body
        raise InvalidToken(
            "Invalid OAuth access token - Cannot parse access token"
            if authorization
            else "Authentication Error",
            subcode=subcode,
        )
    proof = request.query_params.get("appsecret_proof")
    if proof is not None and proof != _proof(simulator):
        raise InvalidParameter("Invalid appsecret_proof provided in the API argument")


router = APIRouter(dependencies=[Depends(with_token)])
app_router = APIRouter()
"""What an app asks for itself, with its id and secret as the token."""


@router.get("/debug_token")
@router.get("/{version}/debug_token")
async def debug_token(input_token: str, simulator: TheSimulator) -> Json:
    """What Meta knows about a token."""
    known = simulator.is_token(f"Bearer {input_token}")
    return {"data": simulator.account.token_info(simulator.config, known=known)}


@router.get("/{version}/me")
async def me(simulator: TheSimulator) -> Json:
    """Whose token it is."""
    return {"name": "wasap", "id": "100000000000001"}


@router.get("/{version}/{waba_id}/phone_numbers")
async def phone_numbers(waba_id: str, request: Request, simulator: TheSimulator) -> Json:
    """The numbers of the account."""
    check_account(waba_id, request, simulator)
    return {"data": [number(simulator, simulator.config.phone_number_id)]}


@router.get("/{version}/{waba_id}/subscribed_apps")
async def subscribed_apps(waba_id: str, request: Request, simulator: TheSimulator) -> Json:
    """The apps that get this account's webhooks."""
    check_account(waba_id, request, simulator)
    name = {
        "link": "https://www.facebook.com/games/?app_id=" + simulator.config.app_id,
        "name": simulator.config.verified_name,
        "id": simulator.config.app_id,
    }
    return {"data": [{"whatsapp_business_api_data": name}] if simulator.subscribed else []}


@router.post("/{version}/{waba_id}/subscribed_apps")
async def subscribe_app(waba_id: str, request: Request, simulator: TheSimulator) -> Json:
    """Subscribe our app to the account's webhooks."""
    check_account(waba_id, request, simulator)
    simulator.subscribed = True
    return {"success": True}


@app_router.get("/{version}/{app_id}/subscriptions")
async def subscriptions(app_id: str, request: Request, simulator: TheSimulator) -> Json:
    """What the app is told of, and where."""
    if app_id != simulator.config.app_id:
        raise UnknownObject(request.method, app_id)
    if request.headers.get("authorization") != f"Bearer {app_id}|{simulator.config.app_secret}":
        raise InvalidToken("Invalid OAuth access token signature.")
    return simulator.account.subscriptions(simulator.webhooks.url)


def number(simulator: Simulator, number_id: str) -> Json:
    """A business number."""
    return simulator.account.number(simulator.config, number_id, simulator.webhooks.url)


def check_account(waba_id: str, request: Request, simulator: Simulator) -> None:
    """The token may see this account."""
    if waba_id != simulator.config.waba_id:
        raise UnknownObject(request.method, waba_id)
    if not simulator.account.may_manage:
        raise NoPermission("Permissions error")


def _proof(simulator: Simulator) -> str:
    key, token = simulator.config.app_secret.encode(), simulator.config.access_token.encode()
    return hmac.new(key, token, hashlib.sha256).hexdigest()
