"""What can be wrong with an installation, one small check each; `wasap doctor` runs them all, and
`wasap setup` those of the value that was just given."""
