"""What /export says in the file for people."""

from datetime import UTC, datetime

from store.export import Everything


def test_days_are_those_of_the_owner() -> None:
    late = datetime(2026, 11, 25, 1, 30, tzinfo=UTC).isoformat()  # half past ten the night before
    row: dict[str, object] = {"content": "soy celíaca", "created_at": late, "superseded_at": late}
    everything = Everything({"memories": [row]})
    text = everything.as_markdown({"memories": "Recuerdos"}, "America/Argentina/Buenos_Aires")
    assert "- 2026-11-24 → 2026-11-24: soy celíaca" in text.decode()
