"""A sample of the Berkeley Function Calling Leaderboard, single turn: our layer beside the bare
model. The data and the judge are `bfcl-eval`'s (Apache-2.0), in an environment of its own."""
