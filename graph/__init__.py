"""The brain: a LangGraph state machine that knows nothing of HTTP or WhatsApp."""
