-- Sending: sizes and results of each recipient.
SELECT 1;
