"""The hand-written data is what it says it is: enough of it, varied, and named right."""

import re
from collections import Counter

import pytest

from bench import yardsticks
from bench.yardsticks import Pair
from tools.folding import fold

# Words that say nothing of what is asked, folded.
EMPTY = set(
    """a al algo alguien ando anda antes cada como con cosa cual cuando cuanta cuanto de del desde
    despues donde adonde dos e el ella en era es esa ese esta este esto estoy fue ha hace hacemos
    hago han hasta hay ir la las le les lo los mal mas me mi mis mucho muy ni no nos nuestra nuestro
    o para pero poca por porque puedo que quien se ser si siempre sin sobre solo son soy su tan tengo
    tiene tenia toda todas todavia todo todos un una uno va vamos voy y ya yo""".split()
)
ROOT = 4  # letters


def content(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(text))) - EMPTY


def words_shared(pair: Pair) -> set[str]:
    return content(pair.query) & content(pair.memory)


def roots_shared(pair: Pair) -> set[str]:
    roots = ({word[:ROOT] for word in content(text)} for text in (pair.query, pair.memory))
    return set.intersection(*roots)


def test_there_are_enough_questions_of_every_kind_and_memories_around_them() -> None:
    told, asked = yardsticks.memories(), yardsticks.pairs()
    kinds = Counter(pair.kind for pair in asked)
    assert len(told) == len(set(told)) >= 60
    assert len({pair.query for pair in asked}) == len(asked) >= 66
    assert kinds["direct"] >= 18
    assert kinds["inflected"] >= 18
    assert kinds["paraphrase"] >= 22
    assert kinds["inference"] >= 8


@pytest.mark.parametrize("pair", yardsticks.pairs(), ids=lambda pair: pair.query)
def test_the_kind_of_a_question_is_what_it_shares_with_its_memory(pair: Pair) -> None:
    shares = {
        "direct": bool(words_shared(pair)),
        "inflected": bool(roots_shared(pair)) and not words_shared(pair),
        "paraphrase": not roots_shared(pair),
        "inference": True,
    }
    assert shares[pair.kind], (words_shared(pair), roots_shared(pair))
