"""Meta's Graph API breaks in every known way: each answer arrives once, and in order."""

import asyncio

import pytest

from tests.faults.graph_api import GRAPH_API_FAULTS, GraphApiFault
from tests.faults.session import Outcome, graph_api_outcomes


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    found = asyncio.run(graph_api_outcomes(tmp_path_factory.mktemp("meta"), GRAPH_API_FAULTS))
    return {outcome.kind: outcome for outcome in found}


@pytest.mark.parametrize("fault", GRAPH_API_FAULTS, ids=lambda fault: fault.kind)
def test_each_answer_once(outcomes: dict[str, Outcome], fault: GraphApiFault) -> None:
    assert outcomes[fault.kind].broken == []
