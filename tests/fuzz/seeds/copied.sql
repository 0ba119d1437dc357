CREATE TABLE t AS SELECT 1 AS one, 'x' AS "two words", 2.5, NULL;
