CREATE TABLE g (a INT, b TEXT GENERATED ALWAYS AS (upper(a)) VIRTUAL, c REAL AS (a / 2) STORED NOT NULL,
  d DEFAULT (1 + 1 /* two */), e DEFAULT open, f DEFAULT "q""q", h DEFAULT -1, i DEFAULT x'00', j DEFAULT true);
