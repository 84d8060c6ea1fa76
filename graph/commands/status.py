"""/status: what it costs, what waits, who answers, since when."""

from babel.dates import format_timedelta

from graph.commands.contract import Command, CommandCall, Outcome
from store.clock import month_began_ms
from store.intake import FREE_DELIVERED


async def run(call: CommandCall) -> Outcome:
    services, context = call.services, call.context
    delivered = await services.history.delivered_since(month_began_ms(context.timezone))
    uptime = services.now() - services.started
    lines = [
        call.say("status_delivered", delivered=str(delivered), free=str(FREE_DELIVERED)),
        call.say("status_queue", queue=str(await services.history.outbox_depth())),
        call.say("status_model", model=services.model.model),
        call.say("status_uptime", uptime=format_timedelta(uptime, locale=context.language)),
    ]
    return Outcome("\n".join(lines))


COMMAND = Command("status", ("estado",), order=6, run=run)
