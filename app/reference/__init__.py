"""The parts of docs/ that are made from the code, so that the two cannot drift apart."""
