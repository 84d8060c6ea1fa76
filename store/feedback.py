"""Reactions to what we said: one emoji a message, the newest counts."""

import sqlite3

from store.clock import now_ms


def set_reaction(db: sqlite3.Connection, conversation_id: int, wa_id: str, emoji: str) -> None:
    """Keep the reaction to the message `wa_id`; "" takes it back."""
    if not emoji:
        db.execute("DELETE FROM feedback WHERE wa_id = ?", (wa_id,))
        return
    db.execute(
        "INSERT INTO feedback VALUES (:wa_id, :owner, :emoji, :now)"
        " ON CONFLICT (wa_id) DO UPDATE SET emoji = :emoji, created_at = :now",
        {"wa_id": wa_id, "owner": conversation_id, "emoji": emoji, "now": now_ms()},
    )
