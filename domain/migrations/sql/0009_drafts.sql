-- Drafts: what was written offline, attachments.
SELECT 1;
