-- Files: papers of patients, letters printed.
SELECT 1;
