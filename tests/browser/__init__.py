"""The phone page in a real browser, headless, before the whole product."""
