"""/prompt: which versions of the prompts answered the last chat message."""

from graph.commands.contract import Command, CommandCall, Outcome


async def run(call: CommandCall) -> Outcome:
    prompts, used = call.services.prompts, call.state.get("versions") or {}
    known = prompts.known()
    lines = [call.say("prompt_intro") if used else call.say("prompt_none")]
    for name, version in used.items():
        now = known[name].version if name in known else version
        key = "prompt_version" if now == version else "prompt_changed"
        lines.append(call.say(key, file=f"{name}.md", version=version, now=now))
    lines += [call.say("prompt_rejected", problem=problem) for problem in prompts.problems()]
    return Outcome("\n".join(lines))


COMMAND = Command("prompt", ("instrucciones", "prompts"), order=9, run=run)
