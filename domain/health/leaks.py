"""By which of the server's own functions somebody reads past the rules for rows, or stops a backup.

The set-up closes them (`app/office_sealing.py`), the doctor tells where they are open.
"""

# whatever compares words, days, amounts or what is searched for
LEAKING = """
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proleakproof AND p.prokind = 'f'
  AND p.proargtypes::oid[] && ARRAY['text', 'bpchar', 'date', 'numeric', 'tsvector', 'bytea']::regtype[]::oid[]
ORDER BY 1
"""
OPEN_OBJECTS = """
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname IN (
      'lo_create', 'lo_creat', 'lo_from_bytea', 'lo_import', 'lo_put', 'lo_open', 'lo_export', 'lo_unlink', 'lowrite')
  AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0))
ORDER BY 1
"""
