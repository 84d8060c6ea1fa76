"""Which messages clearly ask for a tool, and which must be left to the model."""

import pytest

from tools.cues import cued
from tools.scan import scan


@pytest.mark.parametrize(
    ("text", "tools"),
    [
        ("¿Cuánto es el 18% de 2350?", ["calculator"]),
        ("18 por ciento de 200", ["calculator"]),
        ("¿Cuánto es 345 por 27?", ["calculator"]),
        ("Necesito dividir 1500 entre 4 personas", ["calculator"]),
        ("3x4", ["calculator"]),
        ("1.250 + 300", ["calculator"]),
        ("10 - 4", ["calculator"]),
        ("raíz cuadrada de 16", ["calculator"]),
        ("What is 15% of 80?", ["calculator"]),
        ("¿Qué hora es en Tokio?", ["clock"]),
        ("What time is it in Rome?", ["clock"]),
        ("Recordame pagar la luz el viernes a las 18", ["set_reminder"]),
        ("¿Me recordás comprar pan mañana?", ["set_reminder"]),
        ("avisame en media hora", ["set_reminder"]),
        ("Poneme un recordatorio para el lunes", ["set_reminder"]),
        ("remind me to call mum tomorrow", ["set_reminder"]),
        ("¿Qué recordatorios tengo?", ["list_reminders"]),
        ("show my reminders", ["list_reminders"]),
        ("Cancelá el recordatorio de la luz", ["cancel_reminder"]),
        ("delete the reminder about the gas", ["cancel_reminder"]),
        # Somebody remembers, or wants to know.
        ("¿Me recordás cuál era mi grupo sanguíneo?", []),
        ("Recuerdo que llovía", []),
        ("El aviso del gas llegó ayer", []),
        ("¿A cuántos kilómetros equivalen 5 millas?", ["convert_units"]),
        ("pasame 10 libras a kilos", ["convert_units"]),
        ("How many feet are 2 meters?", ["convert_units"]),
        ("Resumime https://es.wikipedia.org/wiki/Mate", ["read_page"]),
        ("What does https://example.com/news say?", ["read_page"]),
        ("¿Va a llover mañana?", ["weather"]),
        ("¿Qué clima hay en Rosario?", ["weather"]),
        ("Decime el pronóstico para el finde", ["weather"]),
        ("What's the weather like in London?", ["weather"]),
        ("Buscame en internet el horario del Prado", ["web_search"]),
        ("Search the web for cheap flights", ["web_search"]),
        ("¿A qué hora abre el Prado? Buscalo en internet", ["web_search"]),
        # The time here stands in the message.
        ("¿Qué hora es?", []),
        # Numbers that are no sum.
        ("Nos vemos el 23/11 a las 18", []),
        ("Llamame al 11-4444-5555", []),
        ("Tengo 3 perros y 2 gatos", []),
        ("Me queda 15% de batería", []),
        ("Vivo en 9 de Julio 1234", []),
        ("Paso entre las 3 y las 4", []),
        ("¿Cuántos kilos de asado compro para 10 personas?", []),
        ("¿Cuántos km hay de Rosario a Córdoba?", []),
        ("Mirá qué lindo: https://example.com/foto", []),
        ("El clima de la oficina está tenso", []),
        ("Hace frío, ¿no?", []),
        ("Tengo que buscar a los chicos", []),
        ("¿A qué hora abre el banco en Rosario?", []),
        # What stands far apart does not belong together, and would be searched for too long.
        ("Leé mucho. " + "Y otra cosa. " * 8 + "https://example.com/foto", []),
        ("¿Ya sabés qué hora es? " + "Y otra cosa. " * 8 + "Estoy en casa", []),
        ("Hola", []),
    ],
)
def test_cues(text: str, tools: list[str]) -> None:
    assert cued(scan(plugins=()), text) == tools
