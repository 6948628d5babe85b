"""Evidence for a health insurer: the facts, the paper, and the chain over the contact log."""
