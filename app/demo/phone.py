"""The phone of the demo: the simulator's HTTP API."""

from typing import Any

import httpx

from tools.certificates import authorities

Event = dict[str, Any]

REQUEST_TIMEOUT_S = 10.0


class Phone:
    """Writes to the assistant and watches the chat."""

    def __init__(self, simulator_url: str) -> None:
        self._http = httpx.Client(
            base_url=simulator_url,
            timeout=REQUEST_TIMEOUT_S,
            trust_env=False,
            verify=authorities(),
        )
        self._seen = 0

    def write(self, text: str) -> str:
        """Send a text as a signed webhook; gives its WhatsApp id."""
        answer = self._http.post("/_phone/messages", json={"text": text})
        answer.raise_for_status()
        return str(answer.json()["messages"][0]["id"])

    def news(self, wait_s: float = 0.0) -> list[Event]:
        """What happened since the last call; waits up to `wait_s` for something to happen."""
        answer = self._http.get(
            "/_phone/chat",
            params={"after": self._seen, "wait_s": wait_s},
            timeout=REQUEST_TIMEOUT_S + wait_s,
        )
        answer.raise_for_status()
        body = answer.json()
        self._seen = int(body["last_seq"])
        return list(body["events"])

    def verify_webhook(self) -> bool:
        """Do Meta's challenge; False when the server's answer is not the right one."""
        answer = self._http.post("/_control/verify")
        return answer.is_success and bool(answer.json()["success"])

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()
