-- Whoever sets up an account sees how it goes: where the worker is in a mailbox and what it met there last. It holds no
-- mail and nobody's name, and an admin could do neither without (mail_account and sending_state it reads already).
CREATE POLICY administration ON communication_service.mailbox_state FOR SELECT TO platzlotse_admin USING (true);
GRANT SELECT ON communication_service.mailbox_state TO platzlotse_admin;

-- A window hears of changes and looks whether it missed one by their numbers: an auditor's, too, which took
-- itself for offline.
GRANT SELECT (id) ON platform.event TO platzlotse_auditor;
