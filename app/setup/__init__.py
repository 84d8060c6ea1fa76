"""`wasap setup`: from nothing to a .env that works; each value is checked as it is given."""
