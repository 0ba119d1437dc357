SELECT 'a' -- b
'c;d', E'e' /* f */
'g\'h;'; SELECT 1.5e10, .5, 1..2, a.b, $1, ?1, :c, @d