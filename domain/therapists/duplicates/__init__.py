"""Who might be entered twice: pure comparison with reasons, candidates worth comparing, merging and taking it back."""
