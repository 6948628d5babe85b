-- Calling: what the day on the telephone needs.
SELECT 1;
