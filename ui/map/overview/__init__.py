"""The page "Karte": all therapists on one map, with filters, a list beside it, areas, one patient's candidates."""
