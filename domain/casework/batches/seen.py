"""Whose batches one sees: the own ones and those of colleagues of one's teams; who sees all teams sees every one.

Of another team's batch the lines about its patients are hidden: it would look empty, going on with it would refuse
what it cannot judge, and dropping it would leave lines behind that wait for ever. So are, to a caseworker, those of a
supervisor, which may hold everybody's.
"""

SEEN = """((SELECT platform.sees_all_teams()) OR EXISTS (
    SELECT FROM platform.person k
    WHERE k.id = b.created_by AND (k.role_name = session_user OR NOT 'supervisor' = ANY (k.roles)
          AND k.team_id = ANY ((SELECT platform.seen_teams())::bigint[]))))"""
"""Condition on a batch ``b``."""
