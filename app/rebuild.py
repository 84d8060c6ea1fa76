"""`wasap rebuild`: makes the threads of the graph again from what wasap.db holds."""

import contextlib

from app.brain import HEALED_TURNS
from app.errors import AlreadyRunning
from app.loading import assemble, compile_graph, open_checkpoints
from app.model_server import ModelServer
from app.settings import Settings
from graph.build import run_config
from graph.healing import missing
from graph.prompts import Prompts
from store.checkpoints import FILES
from store.database import Database
from store.instance import FolderInUse, hold
from store.ledger import Ledger


async def rebuild(settings: Settings) -> tuple[int, int]:
    """Throw the checkpoints away and write each thread anew; how many threads and messages.

    Raises AlreadyRunning while the assistant runs, StoreError when a file cannot be used.
    """
    async with contextlib.AsyncExitStack() as stack:
        try:
            stack.enter_context(contextlib.closing(hold(settings.data_dir)))
        except FolderInUse as error:
            raise AlreadyRunning(str(error)) from error
        database = Database(settings.data_dir / "wasap.db", settings.database_key)
        await database.open()
        stack.push_async_callback(database.close)
        for name in FILES:
            (settings.data_dir / name).unlink(missing_ok=True)
        saver = await stack.enter_async_context(
            open_checkpoints(settings.data_dir / FILES[0], settings.database_key)
        )
        ledger = Ledger(database)
        nobody = ModelServer(str(settings.ollama_base_url), settings.ollama_model, embedded=False)
        services = assemble(
            settings, nobody, database, ledger, Prompts(settings.prompts_dir), None, ()
        )
        stack.push_async_callback(services.model.aclose)
        graph = compile_graph(services, saver)
        threads = messages = 0
        for conversation in await ledger.conversations():
            lost = missing({}, await ledger.told(conversation.id, HEALED_TURNS))
            if lost:
                await graph.aupdate_state(
                    run_config(conversation.thread_id), lost, as_node="summarize"
                )
                threads += 1
                messages += len(lost.get("messages", ()))
    return threads, messages
