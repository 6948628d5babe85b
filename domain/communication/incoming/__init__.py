"""Mail that came in: parsed, matched to what it answers, shown with a suggested reading."""
