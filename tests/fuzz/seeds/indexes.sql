CREATE TABLE t (a, "b c", d);
CREATE INDEX i ON t (a DESC, lower("b c") COLLATE NOCASE, (a || d), 'd') WHERE a IS NOT NULL; -- end
CREATE UNIQUE INDEX u ON t (a, d);
