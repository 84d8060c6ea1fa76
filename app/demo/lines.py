"""What the demo itself says in the terminal, in the owner's language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lines:
    """One language. Braces are filled in where the line is used."""

    you: str
    wasap: str
    starting: str
    loading: str
    typing: str
    typing_long: str
    fetching: str
    built_in: str
    own_ollama: str
    how_to_leave: str
    page: str
    earlier: str
    bye: str
    still_waiting: str
    no_answer: str
    failed: str
    no_weights: str
    no_engine: str
    bad_setting: str
    died: str
    late: str
    not_verified: str
    sample: tuple[str, ...]


ES = Lines(
    you="Vos",
    wasap="WasAP",
    starting="Arrancando el servidor y el simulador de WhatsApp...",
    loading="Preparando el modelo...",
    typing="escribiendo... {seconds} s",
    typing_long="escribiendo... {seconds} s (la primera respuesta es la más lenta)",
    fetching="Falta el modelo incluido: lo bajo una sola vez.",
    built_in="Te responde el modelo incluido, que es chico ({model}): sirve para probar, no para "
    "confiar. Con Ollama responde mejor: OLLAMA_BASE_URL=http://127.0.0.1:11434 make demo. "
    "Para usarlo en tu WhatsApp, seguí README.es.md.",
    own_ollama="Te responde {model} en {url}. Para usarlo en tu WhatsApp, seguí README.es.md.",
    how_to_leave="Escribí /ayuda para ver los comandos. /salir o Ctrl-D terminan.",
    page="La misma charla, en el navegador: {url}",
    earlier="Seguimos la conversación anterior:",
    bye="Hasta luego.",
    still_waiting="Todavía no llegó la respuesta. Si llega, aparece antes de tu próximo mensaje.",
    no_answer="No llegó ninguna respuesta en {seconds} s; el registro está en {log}.",
    failed="La respuesta no llegó: {said}",
    no_weights="No se pudo bajar el modelo incluido; el motivo está arriba.",
    no_engine="Falta el motor del modelo incluido: instalá wasap[embedded], o indicá tu Ollama "
    "con OLLAMA_BASE_URL.",
    bad_setting="{name} no sirve: {problem}.",
    died="{name} terminó antes de tiempo (código {code}). Lo último que dijo:\n{tail}",
    late="{name} no respondió en {seconds} s; el registro está en {log}.",
    not_verified="El servidor no aceptó la verificación del webhook; el registro está en {log}.",
    sample=("¡Hola! ¿Cómo estás?", "¿Cuánto es el 18% de 2350?"),
)

EN = Lines(
    you="You",
    wasap="WasAP",
    starting="Starting the server and the WhatsApp simulator...",
    loading="Getting the model ready...",
    typing="typing... {seconds} s",
    typing_long="typing... {seconds} s (the first answer is the slowest)",
    fetching="The built-in model is not here yet: fetching it, once.",
    built_in="You are talking to the small built-in model ({model}): good for a try, not to rely "
    "on. Ollama answers better: OLLAMA_BASE_URL=http://127.0.0.1:11434 make demo. To use it on "
    "your WhatsApp, follow README.md.",
    own_ollama="{model} at {url} answers. To use it on your WhatsApp, follow README.md.",
    how_to_leave="Type /help for the commands. /exit or Ctrl-D leave.",
    page="The same chat in a browser: {url}",
    earlier="Where we left off:",
    bye="See you.",
    still_waiting="No answer yet. If it comes, it shows before your next message.",
    no_answer="No answer came in {seconds} s; the log is in {log}.",
    failed="There was no answer: {said}",
    no_weights="The built-in model could not be fetched; the reason is above.",
    no_engine="The engine of the built-in model is missing: install wasap[embedded], or name your "
    "Ollama in OLLAMA_BASE_URL.",
    bad_setting="{name} cannot be used: {problem}.",
    died="{name} ended too early (code {code}). The last it said:\n{tail}",
    late="{name} did not answer in {seconds} s; the log is in {log}.",
    not_verified="The server did not accept the webhook challenge; the log is in {log}.",
    sample=("Hi! How are you?", "What is 18% of 2350?"),
)

EXITS = ("/salir", "/exit", "/quit")


def lines_in(language: str) -> Lines:
    """The lines for OWNER_LANGUAGE."""
    return EN if language == "en" else ES
