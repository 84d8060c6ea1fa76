"""The pruning saver, under a real graph."""

import shutil
import sqlite3
from pathlib import Path
from typing import cast

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, CheckpointTuple
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from graph.state import State
from store.checkpoints import KEPT, PruningSaver, open_checkpoints
from store.errors import StoreUnavailable

REFUSES = """
CREATE TRIGGER refuses BEFORE INSERT ON checkpoints BEGIN SELECT RAISE(ABORT, 'full'); END
"""
KEEPS = """
CREATE TRIGGER keeps BEFORE DELETE ON writes BEGIN SELECT RAISE(ABORT, 'broken'); END
"""
CARLA: RunnableConfig = {"configurable": {"thread_id": "carla"}}


async def newest(saver: PruningSaver) -> CheckpointTuple:
    found = await saver.aget_tuple(CARLA)
    assert found is not None
    return found


async def answer(state: State) -> State:
    if state["messages"][-1].text == "/clear":
        gone: list[AnyMessage] = [RemoveMessage(id=REMOVE_ALL_MESSAGES)]
        return {"messages": gone, "intent": "command"}
    return {"messages": [AIMessage(f"answer {len(state['messages'])}")]}


async def run(saver: PruningSaver, thread: str, text: str) -> int:
    builder = StateGraph(State)
    builder.add_node("agent", answer)
    builder.add_edge(START, "agent")
    builder.add_edge("agent", END)
    graph = builder.compile(checkpointer=saver)
    result = await graph.ainvoke(
        {"messages": [HumanMessage(text)]}, {"configurable": {"thread_id": thread}}
    )
    return len(result["messages"])


async def test_one_checkpoint_a_thread_and_the_history_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    for turn in range(1, 6):
        async with open_checkpoints(path) as saver:
            assert await run(saver, "carla", f"turn {turn}") == 2 * turn
            await run(saver, "other", "hi")
    with sqlite3.connect(path) as db:
        count = db.execute("SELECT thread_id, count(*) FROM checkpoints GROUP BY 1").fetchall()
    db.close()
    assert count == [("carla", 1), ("other", 1)]


async def test_a_clock_that_went_back_does_not_bring_back_old_states(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    async with open_checkpoints(path) as saver:
        await run(saver, "carla", "one")
    with sqlite3.connect(path) as db:  # as if written by a clock that was ahead
        for table in ("checkpoints", "writes"):
            db.execute(f"UPDATE {table} SET checkpoint_id = 'f' || substr(checkpoint_id, 2)")  # noqa: S608
    db.close()
    async with open_checkpoints(path) as saver:
        await run(saver, "carla", "two")
        assert await run(saver, "carla", "three") == 6


async def test_prune_and_delete(tmp_path: Path) -> None:
    async with open_checkpoints(tmp_path / "checkpoints.db") as saver:
        await run(saver, "carla", "one")
        await saver.aprune(["carla"])
        assert await saver.aget_tuple({"configurable": {"thread_id": "carla"}}) is not None
        await saver.aprune(["carla"], strategy="delete")
        assert await saver.aget_tuple({"configurable": {"thread_id": "carla"}}) is None


async def test_what_a_command_deleted_stays_deleted_when_the_power_fails(tmp_path: Path) -> None:
    """The write-ahead log is what a power cut may take: synchronous=NORMAL does not sync it."""
    path, spared = tmp_path / "checkpoints.db", tmp_path / "spared.db"
    async with open_checkpoints(path) as saver:
        await run(saver, "carla", "my parrot")
        await saver.empty_wal()
        await run(saver, "carla", "/clear")
        shutil.copy(path, spared)
    async with open_checkpoints(spared) as saver:
        found = await saver.aget_tuple({"configurable": {"thread_id": "carla"}})
    assert found is not None
    assert not found.checkpoint["channel_values"].get("messages")


async def test_what_is_kept_in_memory_is_what_the_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    async with open_checkpoints(path) as saver:
        await run(saver, "carla", "one")
        await run(saver, "carla", "two")
        async with open_checkpoints(path) as another:
            written = await newest(another)
            by_id = await saver.aget_tuple(written.config)
        kept = await newest(saver)
    assert by_id is not None
    for theirs in (written, by_id):
        assert kept.checkpoint.items() >= theirs.checkpoint.items()
        assert kept[0] == theirs[0]
        assert kept[2:] == theirs[2:]


async def test_what_was_taken_out_may_be_changed(tmp_path: Path) -> None:
    async with open_checkpoints(tmp_path / "checkpoints.db") as saver:
        await run(saver, "carla", "one")
        found = await newest(saver)
        found.checkpoint["channel_values"]["messages"].clear()
        found.checkpoint["channel_versions"].clear()
        found.checkpoint["versions_seen"]["agent"].clear()
        assert await run(saver, "carla", "two") == 4


async def test_threads_that_have_not_talked_for_long_are_read_from_the_file(tmp_path: Path) -> None:
    async with open_checkpoints(tmp_path / "checkpoints.db") as saver:
        await run(saver, "carla", "one")
        for number in range(2 * KEPT):
            await run(saver, f"other {number}", "hi")
        assert await run(saver, "carla", "two") == 4


async def test_what_a_task_gave_is_never_missing(tmp_path: Path) -> None:
    given = ("messages", [AIMessage("half done")])
    async with open_checkpoints(tmp_path / "checkpoints.db") as saver:
        await run(saver, "carla", "one")
        first = await newest(saver)
        await saver.aput_writes(first.config, [given], "task")
        assert [one[1:] for one in (await newest(saver)).pending_writes or []] == [given]
        # LangGraph may write what a task gave before the checkpoint that the task belongs to.
        ahead = {**first.checkpoint, "id": "f" + first.checkpoint["id"][1:]}
        place = {**first.config["configurable"], "checkpoint_id": ahead["id"]}
        config: RunnableConfig = {"configurable": place}
        await saver.aput_writes(config, [given], "task")
        await saver.aput(first.config, cast("Checkpoint", ahead), first.metadata, {})
        assert [one[1:] for one in (await newest(saver)).pending_writes or []] == [given]


async def test_nor_where_that_of_the_next_checkpoint_came_first(tmp_path: Path) -> None:
    given = ("messages", [AIMessage("half done")])
    async with open_checkpoints(tmp_path / "checkpoints.db") as saver:
        await run(saver, "carla", "one")
        first = await newest(saver)
        configs: list[RunnableConfig] = []
        for mark in "ef":  # two steps on, and the first is slow to be written
            place = {**first.config["configurable"], "checkpoint_id": mark + first.checkpoint["id"]}
            configs.append({"configurable": place})
            await saver.aput_writes(configs[-1], [given], "task")
        ahead = {**first.checkpoint, "id": configs[0]["configurable"]["checkpoint_id"]}
        await saver.aput(first.config, cast("Checkpoint", ahead), first.metadata, {})
        assert [one[1:] for one in (await newest(saver)).pending_writes or []] == [given]


async def test_a_thread_whose_deletion_fails_is_what_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    async with open_checkpoints(path) as saver:
        await run(saver, "carla", "one")
        with sqlite3.connect(path) as db:
            db.execute(KEEPS)
            db.execute("INSERT INTO writes VALUES ('carla', 'x', 'x', 't', 0, 'c', 'null', '', '')")
        db.close()
        with pytest.raises(StoreUnavailable):
            await saver.adelete_thread("carla")
        [(left,)] = await saver.conn.execute_fetchall("SELECT count(*) FROM checkpoints")
        assert bool(left) is (await saver.aget_tuple(CARLA) is not None)


async def test_a_checkpoint_that_could_not_be_written_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    async with open_checkpoints(path) as saver:
        await run(saver, "carla", "one")
        with sqlite3.connect(path) as db:
            db.execute(REFUSES)
        with pytest.raises(StoreUnavailable):
            await run(saver, "carla", "two")
        with sqlite3.connect(path) as db:
            db.execute("DROP TRIGGER refuses")
        db.close()
        assert await run(saver, "carla", "three") == 4
