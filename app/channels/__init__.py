"""Ways to reach a person; `base` is the contract, each channel keeps its wire shapes to itself."""
