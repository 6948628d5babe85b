-- Evidence: what a health insurer wants to see.
SELECT 1;
