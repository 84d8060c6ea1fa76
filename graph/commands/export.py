"""/export: everything about the owner, as two files: one for people, one for machines."""

from graph.commands.contract import Command, CommandCall, Outcome
from store.outbox import File

TEXT = "text/plain"  # WhatsApp takes no application/json and no text/markdown


async def run(call: CommandCall) -> Outcome:
    exports, sender = call.services.exports, call.context.sender
    everything = await exports.everything(sender)
    titles = {
        "memories": call.say("export_memories"),
        "notes": call.say("export_notes"),
        "list_items": call.say("export_lists"),
        "documents": call.say("export_documents"),
        "conversation": call.say("export_conversation"),
    }
    files = [
        File("wasap.md", TEXT, everything.as_markdown(titles, call.context.timezone)),
        File("wasap.json", TEXT, everything.as_json()),
    ]
    await exports.send(sender, f"export:{call.state.get('turn', '')}", files)
    return Outcome(call.say("export_done", count=str(len(everything.tables["memories"]))))


COMMAND = Command("export", ("exportar",), order=8, run=run)
