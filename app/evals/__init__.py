"""`wasap eval`: prompts and models measured on cases, and cases made of what the owner says."""
