CREATE TABLE t -- one
(a /* ) */ BIG/**/INT -- 'two
, CHECK (a /* > */ < 'b--c') -- three
) /* no end