"""What Meta would say of the account: by default all is well; tests make it wrong in every way."""

import time
from typing import Any

from pydantic import BaseModel, ConfigDict

from app.simulator.config import SimulatorConfig

Json = dict[str, Any]

MESSAGING, MANAGEMENT = "whatsapp_business_messaging", "whatsapp_business_management"


class Account(BaseModel):
    """Token, number, subscriptions. Every field may change while it runs (`/_control/account`)."""

    model_config = ConfigDict(validate_assignment=True, extra="forbid")

    token_kind: str = "SYSTEM_USER"  # noqa: S105 - Meta's word
    token_lives_s: float | None = None
    """None: it never expires."""
    token_subcode: int | None = None
    """The token is refused everywhere with 190 and this: 463 = expired."""
    scopes: list[str] = [MANAGEMENT, MESSAGING]
    number_status: str = "CONNECTED"
    platform: str = "CLOUD_API"
    mode: str = "LIVE"
    quality: str = "GREEN"
    payment_trouble: bool = False
    strangers: list[str] = []
    """Numbers of other accounts that the token sees."""
    fields: list[str] = ["messages"]
    """What the app is told of; nothing: it has no webhook."""
    webhook_active: bool = True
    override_callback: str | None = None
    """The number's own callback, before that of the app."""
    oldest_version: str = "v21.0"
    """What is asked for in an older one is answered in this one."""
    newest_version: str = "v26.0"
    clock_skew_s: float = 0.0
    """How far our clock is ahead."""

    @property
    def may_manage(self) -> bool:
        """Whether the token may read about the account."""
        return MANAGEMENT in self.scopes

    @property
    def is_registered(self) -> bool:
        """Whether the number can send at all."""
        return self.platform == "CLOUD_API" and self.number_status == "CONNECTED"

    def now(self) -> float:
        """The time by Meta's clock."""
        return time.time() + self.clock_skew_s

    def served_version(self, asked: str) -> str | None:
        """The version that answers; None for one that does not exist yet."""
        number = _number(asked)
        if number > _number(self.newest_version):
            return None
        return asked if number >= _number(self.oldest_version) else self.oldest_version

    def token_info(self, config: SimulatorConfig, *, known: bool) -> Json:
        """`data` of debug_token; `known`: the token asked about is ours."""
        data: Json = {"app_id": config.app_id, "type": self.token_kind, "is_valid": known}
        if not known:
            return data | {"error": {"code": 190, "message": "Invalid OAuth access token."}}
        lives = self.token_lives_s
        scopes = [{"scope": one, "target_ids": [config.waba_id]} for one in self.scopes]
        return data | {
            "expires_at": 0 if lives is None else int(self.now() + lives),
            "scopes": self.scopes,
            "granular_scopes": scopes,
        }

    def number(self, config: SimulatorConfig, number_id: str, callback: str) -> Json:
        """The business number, with the fields that Meta gives when asked."""
        callbacks = {"application": callback}
        if self.override_callback is not None:
            callbacks["phone_number"] = self.override_callback
        return {
            "verified_name": config.verified_name,
            "code_verification_status": "VERIFIED",
            "display_phone_number": config.display_phone_number,
            "quality_rating": self.quality,
            "status": self.number_status,
            "account_mode": self.mode,
            "platform_type": self.platform,
            "throughput": {"level": "STANDARD"},
            "webhook_configuration": callbacks,
            "health_status": self._health(config, number_id),
            "id": number_id,
        }

    def subscriptions(self, callback: str) -> Json:
        """What the app asked to be told of."""
        if not self.fields:
            return {"data": []}
        subscription = {
            "object": "whatsapp_business_account",
            "callback_url": callback,
            "active": self.webhook_active,
            "fields": [{"name": name, "version": self.newest_version} for name in self.fields],
        }
        return {"data": [subscription]}

    def _health(self, config: SimulatorConfig, number_id: str) -> Json:
        can = "BLOCKED" if self.payment_trouble else "AVAILABLE"
        account: Json = {"entity_type": "WABA", "id": config.waba_id, "can_send_message": can}
        if self.payment_trouble:
            account["errors"] = [
                {
                    "error_code": 141006,
                    "error_description": "There is an error with the payment method.",
                    "possible_solution": "Please add a new payment method to the account.",
                }
            ]
        number = {"entity_type": "PHONE_NUMBER", "id": number_id, "can_send_message": "AVAILABLE"}
        return {"can_send_message": can, "entities": [number, account]}


def _number(version: str) -> float:
    return float(version.removeprefix("v"))
