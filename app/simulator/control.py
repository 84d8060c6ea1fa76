"""The controls: faults, switches, and what was seen."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from app.simulator.account import Account
from app.simulator.faults import Fault
from app.simulator.state import TheSimulator

router = APIRouter(prefix="/_control")

Json = dict[str, Any]
WaitS = Annotated[float, Query(ge=0)]


class Switches(BaseModel):
    """What may change while it runs; absent means unchanged."""

    send_statuses: bool | None = None
    deliver_twice: bool | None = None
    webhook_url: str | None = None
    subscribed: bool | None = None


@router.get("/health")
async def health() -> Json:
    """Up."""
    return {"status": "ok"}


@router.post("/faults", status_code=201)
async def add_fault(fault: Fault, simulator: TheSimulator) -> Json:
    """Put a rule in force."""
    return {"id": simulator.faults.add(fault)}


@router.get("/faults")
async def list_faults(simulator: TheSimulator) -> Json:
    """The rules still in force."""
    return {"faults": simulator.faults.active()}


@router.delete("/faults")
async def clear_faults(simulator: TheSimulator) -> Json:
    """Lift all the rules."""
    simulator.faults.clear()
    return {"success": True}


@router.get("/requests")
async def requests(simulator: TheSimulator, after: int = 0, wait_s: WaitS = 0.0) -> Json:
    """The Graph calls after a sequence number, as they came in."""
    return {"requests": await simulator.requests.wait_newer_than(after, wait_s)}


@router.get("/deliveries")
async def deliveries(simulator: TheSimulator, after: int = 0, wait_s: WaitS = 0.0) -> Json:
    """Every attempt to post a webhook."""
    return {"deliveries": await simulator.deliveries.wait_newer_than(after, wait_s)}


@router.post("/verify")
async def verify(simulator: TheSimulator) -> Json:
    """Do the challenge Meta does when a callback URL is saved."""
    right, status, body = await simulator.webhooks.verify()
    return {"success": right, "status": status, "body": body}


@router.patch("/switches")
async def switch(switches: Switches, simulator: TheSimulator) -> Json:
    """Change how it behaves from now on."""
    if switches.send_statuses is not None:
        simulator.send_statuses = switches.send_statuses
    if switches.deliver_twice is not None:
        simulator.webhooks.twice = switches.deliver_twice
    if switches.webhook_url is not None:
        simulator.webhooks.url = switches.webhook_url
    if switches.subscribed is not None:
        simulator.subscribed = switches.subscribed
    return {"success": True}


@router.patch("/account")
async def change_account(changes: Json, simulator: TheSimulator) -> Json:
    """Make something of the account wrong, or well again; the fields are those of Account."""
    for name, value in changes.items():
        setattr(simulator.account, name, value)
    return simulator.account.model_dump()


@router.delete("/account")
async def restore_account(simulator: TheSimulator) -> Json:
    """All is well again."""
    simulator.account = Account()
    return {"success": True}
