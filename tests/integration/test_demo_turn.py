"""When a turn of `wasap demo` is over, by what the phone shows."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.demo.errors import NoAnswer
from app.demo.phone import Phone
from app.demo.turn import Part, Sentences, Watch, ask
from app.simulator import SimulatorConfig, create_app
from app.simulator.serving import BackgroundServer

DEADLINE_S = 60.0
SENTENCES = Sentences(notices=["Ya vuelvo."], failures=["No pude."])


def _out(text: str) -> dict[str, Any]:
    return {"kind": "outbound", "text": text, "wamid": "wamid.out"}


READ = {"kind": "read", "wamid": "wamid.mine"}


@pytest.mark.parametrize(
    ("events", "is_over"),
    [
        ([], False),
        ([READ], False),
        ([READ, _out("Hola.")], True),
        # A failure is the end too; a notice is not.
        ([READ, _out("No pude.")], True),
        ([READ, _out("Ya vuelvo.")], False),
        ([READ, _out("Ya vuelvo."), _out("Hola.")], True),
        # Of an earlier turn: ours is not taken up yet.
        ([_out("vieja"), READ], False),
        ([_out("vieja"), READ, _out("Hola.")], True),
        # No blue ticks: they are decoration, and the answer counts all the same.
        ([_out("Hola.")], True),
        # Blue ticks of another message.
        ([{"kind": "read", "wamid": "wamid.other"}], False),
        # A picture or a reaction without text.
        ([READ, {"kind": "outbound", "text": None, "wamid": "x"}], False),
    ],
)
def test_when_a_turn_is_over(events: list[dict[str, Any]], is_over: bool) -> None:
    watch = Watch("wamid.mine", SENTENCES)
    list(watch.see(events))
    assert (watch.patience_s is not None) is is_over


@pytest.fixture
def deaf_phone() -> Iterator[Phone]:
    """A phone whose messages are taken and never answered."""

    async def take(request: Request) -> Response:
        await request.body()
        return Response()

    deaf = Starlette(routes=[Route("/webhook", take, methods=["POST"])])
    with BackgroundServer(deaf) as webhook:
        config = SimulatorConfig(webhook_url=f"{webhook.url}/webhook")
        with BackgroundServer(create_app(config)) as simulator:
            phone = Phone(simulator.url)
            yield phone
            phone.close()


def _ask(phone: Phone, timeout_s: float, glance: Callable[[float], None]) -> list[Part]:
    return list(ask(phone, "hola", sentences=SENTENCES, timeout_s=timeout_s, glance=glance))


def test_no_answer_in_time(deaf_phone: Phone) -> None:
    waited: list[float] = []
    with pytest.raises(NoAnswer):
        _ask(deaf_phone, 1.2, waited.append)
    assert len(waited) >= 3  # the spinner moved meanwhile
    assert waited[-1] >= 1.2


def test_a_process_that_dies_ends_the_wait(deaf_phone: Phone) -> None:
    def died(waited_s: float) -> None:
        raise RuntimeError("the server is gone")

    with pytest.raises(RuntimeError, match="gone"):
        _ask(deaf_phone, DEADLINE_S, died)
