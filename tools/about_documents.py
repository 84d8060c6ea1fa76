"""Whether a message is about the user's documents, read off its words and theirs: no model call.

Asked "¿cuánto es el depósito?" when a contract had just come, Qwen2.5 1.5B looked nothing up and
made a sum up.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from store.documents import Document
from tools import facts
from tools.document_search import ANY, LOOKED_AT, nearness
from tools.folding import fold

if TYPE_CHECKING:  # it brings LangChain, a second that whoever reads a document need not wait for
    from tools.context import ToolCallContext

FRESH = timedelta(hours=1)  # so long what is asked may be about a document that has just come
COVERED_NAMED = 0.5  # of what is asked, where a document is named
COVERED_LATELY = 0.75  # where none is
# Of `nearness`, with the built-in embedders: `python -m bench lookups` shows what they let through.
NEAR = 0.825
NEAR_LATELY = 0.79
LISTS = re.compile(
    r"\b(?:que|cuales|cuantos|cuantas) (?:son )?(?:mis |los )?(?:documentos?|archivos?|pdfs?)"
    r" (?:mios )?(?:tengo|tenes|guardaste|te (?:mande|pase|envie)|hay|guarde|estan)"
    r"(?: (?:guardad|ahi|aca)\w*)?\W*$"
    r"|\b(?:mostra|lista|deci|pasa|ver|ve[or]|muestra|dame)\w* (?:todos )?(?:los |mis )+"
    r"(?:documentos|archivos|pdfs?)(?: (?:guardados|que (?:tengo|hay|te (?:mande|pase))))?\W*$"
    r"|\bcuales son mis (?:documentos|archivos)\W*$"
    r"|\b(?:what|which|how many) (?:documents|files|pdfs) (?:do (?:i|you) have|(?:have|did) i"
    r" (?:sent?|saved?|give\w*)|are (?:there|saved|kept))(?: \w+)?\W*$"
    r"|\b(?:list|show)(?: me)? (?:all )?(?:my|the) (?:documents|files|pdfs)\W*$"
)
WHOLE = re.compile(
    r"\b(?:resumi\w*|resumen|leelo|leemelo|de que (?:se )?trata|que dicen?\b|summar\w+"
    r"|what(?:'?s| is) (?:it|this|that|the \w+) about|what do(?:es)? (?:it|this|that|the \w+) say)"
)
ASKS_WHAT = re.compile(  # and not only "¿me imprimís el contrato?"
    r"^\W*(?:(?:y|che|hola|dale|and|porfa|please)\W+)*"
    r"(?:(?:decime|contame|explicame|pasame|quiero saber|necesito saber|sabes|tell me"
    r"|i (?:want|need) to know)\W+)?(?:(?:a|de|en|con|por|para|cada|in|on) )?"
    r"(?:que|cual(?:es)?|cuant[oa]s?|como|cuando|donde|quien(?:es)?"
    r"|what|which|how|when|where|who)\b[^!]*$"
    r"|\b(?:cual(?:es)?|cuant[oa]s?|quien(?:es)?|how (?:much|many|long))\b"
    r"|[,.;]\s*(?:que|como) (?:hago|hacemos|hay que)\b"
    r"|\b(?:segun|busca(?:me|lo|r)?|fijate|resumi\w*|resumen|according to|look (?:in|at|up|for)"
    r"|search|summar\w+)\b"
)
NAMING = re.compile(
    r"\b(?:el|la|los|las|del|al|este|esta|ese|esa|mi|mis|the|my|this|that) (\w+)(?=(?: (\w+))?)"
)
PAPER = re.compile(  # the "viaje" or the "auto" of a name is said of other things as well
    r"(?:contrat|poliz|manual|recetari|informe|acta|reglament|factur|presupuest|presentaci"
    r"|itinerari|garanti|certificad|planill|boleta|recib|apunte|instrucciones|folleto|guia|escritura|curricul"
    r"|contract|lease|polic|report|invoice|slide|handbook|guide|receipt|warrant|statement|syllabus)"
)


def asks_for_list(text: str) -> bool:
    """Whether it asks which documents there are."""
    return bool(LISTS.search(fold(text)))


def asks_for_whole(text: str) -> bool:
    """Whether it asks what a document says in general: "resumilo", "¿de qué trata?"."""
    return bool(WHOLE.search(fold(text)))


def named(text: str, documents: Iterable[Document]) -> Sequence[Document]:
    """Those of which a word of the name is said, in any form; most words first, then the newest."""
    shared = {one: len(_of_name(one, text)) for one in documents}
    found = [one for one in shared if shared[one]]
    return sorted(found, key=lambda one: (-shared[one], -one.id))


def pointed_at(text: str, documents: Iterable[Document]) -> Sequence[Document]:
    """Those of which a word of the name has an article: "el lavarropas", "del contrato"."""
    words = {word for pair in NAMING.findall(fold(text)) for word in pair if word}
    telling = " ".join(word for word in words if facts.telling(word) - ANY and not word.isdigit())
    return named(telling, documents)


def named_as_known(text: str, documents: Iterable[Document]) -> Sequence[Document]:
    """Those named as a paper that both know: "el contrato", not "un contrato", nor "el viaje"."""
    pointed = {one: _of_name(one, text) for one in pointed_at(text, documents)}
    return [one for one in pointed if len(pointed[one]) > 1 or any(map(PAPER.match, pointed[one]))]


def besides(text: str, documents: Collection[Document]) -> frozenset[str]:
    """What is asked of them: the telling words without those of their names."""
    return facts.unsaid(text, " ".join(map(stem, documents))) - ANY


def stem(document: Document) -> str:
    """Its name without the ending of a file."""
    return document.name.rpartition(".")[0] or document.name


async def is_about(
    said: str, documents: Sequence[Document], context: "ToolCallContext", *, lately: bool
) -> bool:
    """Whether a question is one for what stands in the documents, of which there are some.

    It names one as a paper, came with one, has the words of a passage of one that is named or new,
    or is near to a sentence; where a document has just come or (`lately`) was just looked into, it
    need not be as near.
    """
    store = context.documents
    if store is None or named_as_known(said, documents):
        return store is not None
    if any(one.source in context.message_ids for one in documents):
        return True
    meant = named(said, documents)
    words = besides(said, meant)
    lately = lately or context.sent_at - max(one.created_at for one in documents) <= FRESH
    if not words:
        return lately and asks_for_whole(said)
    if lately or meant:
        may_lack = (1 - (COVERED_NAMED if meant else COVERED_LATELY)) * len(words)
        found = await store.with_words(context.sender, words, limit=LOOKED_AT)
        if any(len(facts.unsaid(" ".join(words), one.whole)) <= may_lack for one in found):
            return True
    return await nearness(said, store, context) > (NEAR_LATELY if lately else NEAR)


def _of_name(document: Document, text: str) -> frozenset[str]:
    name = facts.telling(stem(document))
    return name - facts.unsaid(stem(document), text)
