-- Batches: many inquiries in one go, weekly status.
SELECT 1;
