"""What fuzzing found: bodies that once could not be stored, and so came back for seven days."""

from typing import Any

import pytest

from store.database import Database
from store.intake import Rules
from store.ledger import Ledger
from tests.unit.test_events import TEXT, envelope, events

RULES = Rules(allowed=lambda sender: sender.phone == "541122223333" or bool(sender.bsuid), say=str)


async def test_late_mail_of_a_number_that_was_given_up_is_the_same_person(
    database: Database,
) -> None:
    ledger = Ledger(database)
    moved = {
        **TEXT,
        "id": "wamid.B",
        "type": "system",
        "system": {"type": "user_changed_number", "wa_id": "5491133334444"},
    }
    for message in (TEXT, moved, {**TEXT, "id": "wamid.C"}):
        await ledger.take(events(envelope(messages=[message])), RULES)
    rows = await database.read(
        lambda db: db.execute(
            "SELECT wa_id, send_to FROM inbox JOIN conversations c ON c.id = conversation_id"
            " WHERE kind = 'chat' ORDER BY inbox.id"
        ).fetchall()
    )
    # The answer goes where the person is now, not to whoever has the number since.
    assert [tuple(row) for row in rows] == [
        ("wamid.A", "5491133334444"),
        ("wamid.C", "5491133334444"),
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"messages": [{**TEXT, "type": "revoke", "revoke": {"original_message_id": "\ud83d"}}]},
        {"messages": [{**TEXT, "type": "edit", "edit": {"original_message_id": "\x00\ud83d"}}]},
        {
            "messages": [
                {**TEXT, "type": "reaction", "reaction": {"message_id": "x", "emoji": "\ud83d"}}
            ]
        },
        {"statuses": [{"id": "s", "status": "read", "biz_opaque_callback_data": "9" * 30}]},
        {"statuses": [{"id": "s", "status": "read", "biz_opaque_callback_data": "9" * 5_000}]},
    ],
)
async def test_it_is_taken(database: Database, value: dict[str, Any]) -> None:
    taken = await Ledger(database).take(events(envelope(**value)), RULES)
    assert taken.stored == len(value.get("messages", []))
