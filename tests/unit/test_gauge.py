"""What a prompt takes is estimated, and the estimate learns from the model's own count."""

from langchain_core.messages import HumanMessage

from graph.gauge import Gauge

EMOJI = [HumanMessage("🎉🥳" * 300)]  # a token or more each, where letters come in threes
LETTERS = [HumanMessage("hola que tal " * 100)]


def test_it_learns_how_many_characters_a_token_holds() -> None:
    gauge = Gauge()
    before = gauge.tokens(EMOJI)
    for _ in range(20):
        assert gauge.learn(EMOJI, (), 500)
    assert before < 200
    assert 300 < gauge.tokens(EMOJI) <= 520


def test_a_prompt_that_was_cut_teaches_nothing() -> None:
    gauge = Gauge()
    expected = gauge.tokens(LETTERS)
    assert not gauge.learn(LETTERS, (), expected // 3)
    assert gauge.tokens(LETTERS) == expected


def test_a_server_that_does_not_count_teaches_nothing() -> None:
    gauge = Gauge()
    expected = gauge.tokens(LETTERS)
    assert gauge.learn(LETTERS, (), 0)
    assert gauge.tokens(LETTERS) == expected


def test_one_odd_count_does_not_upset_it() -> None:
    gauge = Gauge()
    expected = gauge.tokens(LETTERS)
    gauge.learn(LETTERS, (), 100_000)
    assert gauge.tokens(LETTERS) < 1.2 * expected
