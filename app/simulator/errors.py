"""Graph API errors, in the body shape Meta documents.

GraphError
├── InvalidToken          401, code 190
├── NoPermission          403, code 200
├── UnknownPath           400, code 2500
├── NotRegistered         400, code 133010
├── UnknownObject         400, code 100, subcode 33
├── InvalidParameter      400, code 100
├── BadParameterValue     400, code 131009
├── NotInTestList         400, code 131030
├── WindowClosed          400, code 131047
├── TemplateParameter     400, code 132018
└── MediaRefused          400, code 131053
"""

import secrets
from typing import Any


class GraphError(Exception):
    """An answer that is not a success; `status` is HTTP's and `code` is what clients switch on."""

    status = 400
    code = 131000
    subcode: int | None = None
    type = "OAuthException"

    def __init__(self, message: str, *, details: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def body(self) -> dict[str, Any]:
        """The JSON Meta answers with."""
        return error_body(
            self.code,
            f"(#{self.code}) {self.message}",
            type_=self.type,
            subcode=self.subcode,
            details=self.details,
        )


class InvalidToken(GraphError):
    """The bearer token is missing or not the one of this run."""

    status = 401
    code = 190

    def __init__(self, message: str, *, subcode: int | None = None) -> None:
        super().__init__(message)
        self.subcode = subcode

    def body(self) -> dict[str, Any]:
        """Meta writes this one without the code in front."""
        return error_body(self.code, self.message, type_=self.type, subcode=self.subcode)


class NoPermission(GraphError):
    """The token has not the right to do this."""

    status = 403
    code = 200


class UnknownPath(GraphError):
    """No such version of the API."""

    code = 2500


class NotRegistered(GraphError):
    """The number is not registered with the Cloud API."""

    code = 133010


class UnknownObject(GraphError):
    """No object with that id, or the token may not see it."""

    code = 100
    subcode = 33
    type = "GraphMethodException"

    def __init__(self, method: str, object_id: str) -> None:
        super().__init__(
            f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, "
            "cannot be loaded due to missing permissions, or does not support this operation. "
            "Please read the Graph API documentation at "
            "https://developers.facebook.com/docs/graph-api"
        )

    def body(self) -> dict[str, Any]:
        """Meta writes this one without the code in front."""
        return error_body(self.code, self.message, type_=self.type, subcode=self.subcode)


class InvalidParameter(GraphError):
    """A parameter is missing, of the wrong type or too long."""

    code = 100


class BadParameterValue(GraphError):
    """A parameter is well formed and its value is not allowed."""

    code = 131009


class NotInTestList(GraphError):
    """A test number may only write to the phones that were confirmed for it."""

    code = 131030


class WindowClosed(GraphError):
    """The person last wrote more than 24 hours ago: only a template may be sent."""

    code = 131047


class TemplateParameter(GraphError):
    """A variable of a template holds what WhatsApp does not take there."""

    code = 132018


class MediaRefused(GraphError):
    """The file's type or size is not one WhatsApp takes."""

    code = 131053


def error_body(
    code: int,
    message: str,
    *,
    type_: str = "OAuthException",
    subcode: int | None = None,
    details: str | None = None,
) -> dict[str, Any]:
    """Graph's `error` object; keys that do not apply are absent, as with Meta."""
    error: dict[str, Any] = {"message": message, "type": type_, "code": code}
    if subcode is not None:
        error["error_subcode"] = subcode
    if details is not None:
        error["error_data"] = {"messaging_product": "whatsapp", "details": details}
    error["fbtrace_id"] = secrets.token_urlsafe(12)
    return {"error": error}
