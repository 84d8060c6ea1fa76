"""Documents: what the user has sent as files."""

from tools import documenting
from tools.contract import Context, Effect, tool

_THING = (
    r"(?:documentos?|archivos?|pdfs?|word|excel|planillas?|contratos?|polizas?|informes?|manual(?:es)?"
    r"|actas?|reglamentos?|facturas?|presupuestos?|presentacion(?:es)?|documents?|files?|contracts?|leases?"
    r"|spreadsheets?|reports?|polic(?:y|ies)|invoices?|slides)"
)
_WHOSE = r"(?:el|la|los|las|mi|mis|ese|esa|este|esta|un|una|algun|the|my|that|this|these|those|any)"
_SHOWN = (
    r"(?:fotos?|imagen|imagenes|capturas?|audios?|links?|enlaces?|mensajes?|ubicacion|paginas?|videos?"
    r"|photos?|pictures?|pics?|screenshots?|messages?|location|voice)\b"
)
# "¿qué dice el contrato?", "buscá en mis documentos", "según la póliza", "what does the report say"
CUE = (
    r"\b(?:dicen?|segun|figura\w*|busca\w* en|fijate en|resumi\w*|esta escrito en"
    r"|says?|according to|search|look in|summari[sz]e|what do(?:es)?|does)"
    rf" {_WHOSE} (?:\w+ )?{_THING}\b"
    rf"|\b(?:en|del?|in|of|from) {_WHOSE}"
    r" (?:documento|archivo|pdf|contrato|document|file|contract)s?\b"
    rf"|\b{_WHOSE} (?!(?:\w+ ){{0,4}}{_SHOWN})(?:\w+ ){{1,5}}(?:que te (?:mande|envie|pase)"
    r"|(?:that |which )?i (?:have )?(?:just )?sent (?:you|u))\b"
    rf"(?!.{{0,30}}\b{_SHOWN})"
    rf"|\b{_THING} (?:que te (?:mande|envie|pase)|(?:that )?i (?:have )?sent you)\b"
)


@tool(effect=Effect.READ, timeout_s=8, cue=CUE, outside_content=True)
async def search_documents(query: str, context: Context) -> str:
    """Search the documents that the user has sent: PDF, Word, Excel, contracts, manuals.

    Args:
        query: What to find, as in the message and in other words.
    """
    return await documenting.find(query, context)
