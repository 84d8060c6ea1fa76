"""WhatsApp Cloud API: nothing outside this folder knows its shapes."""
