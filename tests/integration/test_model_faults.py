"""The model breaks in every known way: one honest sentence, the real answer once, no raw JSON."""

import asyncio
from pathlib import Path

import pytest

from tests.crash.phone import SENTENCES
from tests.crash.wire import Reply
from tests.faults.model import MODEL_FAULTS, ModelFault
from tests.faults.session import Outcome, model_outcomes, running

CRASHES = Reply(b'{"error": "model runner has unexpectedly stopped"}', 500)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    found = asyncio.run(model_outcomes(tmp_path_factory.mktemp("model"), MODEL_FAULTS))
    return {outcome.kind: outcome for outcome in found}


@pytest.mark.parametrize("fault", MODEL_FAULTS, ids=lambda fault: fault.kind)
def test_one_sentence_and_one_answer(outcomes: dict[str, Outcome], fault: ModelFault) -> None:
    assert outcomes[fault.kind].broken == []


async def test_each_outage_is_mentioned_once_whoever_else_is_answered(tmp_path: Path) -> None:
    async with running(tmp_path, people=2) as session:
        unlucky, lucky = session.product.phones
        spoilt = session.product.model.spoilt
        for outage in (1, 2):
            question = session.compose(unlucky)
            spoilt[question.token] = CRASHES
            await session.deliver(unlucky, question)
            await session.hears(unlucky, lambda: len(session.sentences(unlucky)) == outage)  # noqa: B023
            other = await session.write(lucky)
            await session.hears(lucky, lambda: other.heard)  # noqa: B023
            await session.asked(question, 4)  # two calls a try: this one is after the other answer
            del spoilt[question.token]
            await session.hears(unlucky, lambda: question.heard)  # noqa: B023
    said = [send.body for send in session.sends(unlucky)]
    answers = [f"Van {message.token}" for message in unlucky.said]
    assert said == [SENTENCES["model_broke"], answers[0], SENTENCES["model_broke"], answers[1]]
    assert len(session.sends(lucky)) == 2
