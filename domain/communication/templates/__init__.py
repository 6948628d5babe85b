"""Templates of letters: what kinds there are, the words they may use, their versions, and turning one into a mail."""
