-- One of each kind of object that a PostgreSQL 15 database can hold, with names that no careless quoting survives.
CREATE SCHEMA shop;
CREATE SCHEMA "empty, and ""quoted""";
COMMENT ON SCHEMA shop IS 'where it''s sold';
CREATE EXTENSION citext;
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm WITH SCHEMA shop;
COMMENT ON EXTENSION citext IS 'text that does not shout';

-- Types.
CREATE TYPE mood AS ENUM ('sad', 'it''s "ok"', 'happy');
COMMENT ON TYPE mood IS 'how it feels';
CREATE TYPE shop.size AS ENUM ('S', 'M', 'L');
CREATE TYPE nothing AS ENUM ();
CREATE TYPE "circle" AS ENUM ('round');
CREATE COLLATION german (provider = icu, locale = 'de-DE', deterministic = false);
CREATE COLLATION shop.swedish (provider = icu, locale = 'sv-SE');
CREATE FUNCTION is_short(value text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT length(value) < 10 $$;
CREATE DOMAIN short AS varchar(20) COLLATE "C" DEFAULT 'x' NOT NULL
  CONSTRAINT short_is_short CHECK (is_short(VALUE)) CONSTRAINT a_word CHECK (VALUE <> '');
COMMENT ON DOMAIN short IS 'a short one';
COMMENT ON CONSTRAINT a_word ON DOMAIN short IS 'of a letter at least';
CREATE DOMAIN shop.positive AS integer;
ALTER DOMAIN shop.positive ADD CONSTRAINT above CHECK (VALUE > 0) NOT VALID;
CREATE TYPE shop.address AS (street text COLLATE "C", "no, the number" integer, moods mood[]);
COMMENT ON COLUMN shop.address.street IS 'and nothing else';
CREATE TYPE timerange AS RANGE (subtype = time, multirange_type_name = "many times");
CREATE TYPE textrange AS RANGE (subtype = text, collation = "C");

-- Functions.
CREATE FUNCTION shop.next_code(prefix text DEFAULT 'a', OUT code text) LANGUAGE plpgsql SECURITY DEFINER
  SET search_path TO 'pg_catalog', 'pg_temp' AS $_$ BEGIN code := prefix || '$$'; END $_$;
CREATE FUNCTION add(a integer, b integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN a + b;
CREATE FUNCTION "odd (name)"("an arg" integer) RETURNS SETOF integer LANGUAGE sql
  BEGIN ATOMIC SELECT 1; SELECT add("an arg", 1); END;
COMMENT ON FUNCTION add(integer, integer) IS 'adds';
CREATE PROCEDURE shop.tidy(INOUT n integer) LANGUAGE plpgsql AS 'BEGIN n := n + 1; END';
CREATE AGGREGATE total(integer) (SFUNC = add, STYPE = integer, INITCOND = '0', PARALLEL = SAFE);
COMMENT ON AGGREGATE total(integer) IS 'all of it';
CREATE AGGREGATE shop.share(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi,
  STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
CREATE FUNCTION plus(a mood, b mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT a = b';
CREATE OPERATOR shop.=== (LEFTARG = mood, RIGHTARG = mood, FUNCTION = plus, COMMUTATOR = OPERATOR(shop.===));
CREATE FUNCTION backwards(a integer, b integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT sign(b - a)::integer';
CREATE FUNCTION backwards(a integer, b bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT sign(b - a)::integer';
CREATE OPERATOR FAMILY backward USING btree;
CREATE OPERATOR CLASS backward_ops FOR TYPE integer USING btree FAMILY backward AS OPERATOR 1 >, OPERATOR 2 >=,
  OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 backwards(integer, integer);
ALTER OPERATOR FAMILY backward USING btree ADD OPERATOR 1 >(integer, bigint), FUNCTION 1 backwards(integer, bigint);
CREATE FUNCTION to_mood(integer) RETURNS mood LANGUAGE sql IMMUTABLE AS 'SELECT ''sad''::mood';
CREATE CAST (integer AS mood) WITH FUNCTION to_mood(integer) AS ASSIGNMENT;
COMMENT ON CAST (integer AS mood) IS 'a number of feelings';
CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = pg_catalog.simple, stopwords = 'english');
CREATE TEXT SEARCH CONFIGURATION shop.words (PARSER = pg_catalog.default);
ALTER TEXT SEARCH CONFIGURATION shop.words ADD MAPPING FOR asciiword, word WITH plain, english_stem;

-- Sequences.
CREATE SEQUENCE counter AS smallint START 10 INCREMENT 5 MINVALUE 5 MAXVALUE 500 CACHE 7 CYCLE;
CREATE SEQUENCE shop.down INCREMENT -1 START -5;
CREATE SEQUENCE "a sequence; --";
COMMENT ON SEQUENCE counter IS 'counts';

-- Tables.
CREATE TABLE kinds (
  id serial PRIMARY KEY,
  a_boolean boolean DEFAULT true,
  a_smallint smallint DEFAULT -1,
  a_bigint bigint DEFAULT 99999999999,
  a_real real DEFAULT 0.5,
  a_double double precision DEFAULT -1.25,
  a_numeric numeric DEFAULT 1.50,
  a_numeric_5 numeric(5) DEFAULT 5,
  a_numeric_5_2 numeric(5, 2),
  a_numeric_2_minus numeric(2, -3),
  a_text text DEFAULT 'it''s \ "here"' || '',
  a_literal text DEFAULT 'it''s \ "here"
and there',
  a_varchar varchar(10) DEFAULT 'longer than ten',
  a_varchar_any varchar,
  a_char char(3) DEFAULT 'abc',
  a_char_one char,
  a_bpchar bpchar,
  a_name name,
  an_internal_char "char",
  a_citext citext DEFAULT 'Ab',
  a_bytea bytea DEFAULT '\x00ff',
  a_date date DEFAULT '2020-02-29',
  a_today date DEFAULT CURRENT_DATE,
  a_time time(3),
  a_timetz timetz DEFAULT '12:00:00+02',
  a_timestamp timestamp(0) DEFAULT now(),
  a_timestamptz timestamptz DEFAULT CURRENT_TIMESTAMP,
  a_fixed_timestamptz timestamptz DEFAULT '2020-01-01 00:00:00+05',
  an_interval interval DEFAULT '1 day 02:00:00',
  an_interval_3 interval(3),
  an_interval_day interval day,
  an_interval_second interval second(2),
  a_uuid uuid DEFAULT gen_random_uuid(),
  a_json json DEFAULT '{}',
  a_jsonb jsonb DEFAULT '{"a": [1, "b"]}',
  an_inet inet,
  a_cidr cidr,
  a_macaddr macaddr,
  an_xml xml,
  a_bit bit,
  a_bit_3 bit(3) DEFAULT B'101',
  a_varbit varbit,
  a_varbit_5 varbit(5),
  a_tsvector tsvector,
  a_tsquery tsquery,
  a_point point,
  an_oid oid,
  a_mood mood DEFAULT 'it''s "ok"',
  a_size shop.size DEFAULT 'M',
  a_circle public.circle DEFAULT 'round',
  a_real_circle circle,
  moods mood[] DEFAULT '{sad,happy}',
  sizes shop.size[],
  texts text[] DEFAULT '{}',
  integers integer[][] DEFAULT ARRAY[[1, 2], [3, 4]],
  varchars varchar(5)[],
  numerics numeric(5, 2)[],
  a_short short,
  shorts short[],
  a_positive shop.positive,
  an_address shop.address,
  a_range int4range,
  a_timerange timerange,
  many "many times",
  generated_one integer GENERATED ALWAYS AS (length((a_text || ')'::text))) STORED,
  collated text COLLATE "C",
  collated_here text COLLATE german,
  collated_there text COLLATE shop.swedish DEFAULT 'x',
  null_default text DEFAULT NULL,
  typed_null varchar(3) DEFAULT NULL::varchar
);
COMMENT ON TABLE kinds IS 'one of each
-- and; "quoted"';
COMMENT ON COLUMN kinds.a_text IS 'it''s text';
CREATE TABLE made_from_a_query AS SELECT ARRAY[1] AS numbers, 'x'::text AS word;

CREATE TABLE shop.products (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 1000 INCREMENT BY 10 MINVALUE 500 MAXVALUE 100000 CACHE 5 CYCLE),
  code text NOT NULL,
  other integer GENERATED BY DEFAULT AS IDENTITY,
  name text,
  size shop.size NOT NULL DEFAULT 'S',
  price numeric(10, 2) CHECK (price > 0),
  during tstzrange,
  CONSTRAINT products_pkey PRIMARY KEY (id) INCLUDE (name) WITH (fillfactor = 70),
  CONSTRAINT products_code UNIQUE NULLS NOT DISTINCT (code) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT products_code_again UNIQUE (code, name),
  CONSTRAINT products_code_once_more UNIQUE (code, name),
  CONSTRAINT never_at_once EXCLUDE USING gist (code WITH =, during WITH &&) WHERE (price > 1) DEFERRABLE,
  CONSTRAINT by_expression EXCLUDE USING btree (lower(code) DESC WITH =),
  CONSTRAINT two CHECK (name <> '' OR code <> '()')
) WITH (autovacuum_enabled = false, fillfactor = 80, toast.autovacuum_enabled = false);
ALTER TABLE shop.products ADD CONSTRAINT unchecked CHECK (name <> 'x') NOT VALID;
ALTER TABLE shop.products ADD CONSTRAINT for_itself CHECK (name <> 'y') NO INHERIT;
ALTER TABLE shop.products ALTER name SET STORAGE EXTERNAL, ALTER name SET COMPRESSION pglz,
  ALTER name SET STATISTICS 500, ALTER name SET (n_distinct = -0.5), ALTER code SET STORAGE MAIN;
ALTER SEQUENCE shop.products_other_seq RENAME TO renamed_seq;
COMMENT ON CONSTRAINT two ON shop.products IS 'two things';
COMMENT ON SEQUENCE shop.renamed_seq IS 'renamed';
CREATE TABLE "Order; DROP TABLE kinds; --" (
  "id" integer PRIMARY KEY,
  "product ""id""" bigint REFERENCES shop.products ON DELETE CASCADE ON UPDATE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  "an äöü of sixty-three bytes as long as PostgreSQL lets a name be" text,
  parent integer CONSTRAINT up REFERENCES "Order; DROP TABLE kinds; --" ON DELETE SET NULL,
  a integer, b integer,
  UNIQUE (a, b)
);
COMMENT ON COLUMN "Order; DROP TABLE kinds; --"."product ""id""" IS 'what; "it" is';
CREATE TABLE lines (
  a integer, b integer DEFAULT nextval('counter'), c integer, d integer,
  CONSTRAINT whole FOREIGN KEY (a, b) REFERENCES "Order; DROP TABLE kinds; --" (a, b) MATCH FULL,
  CONSTRAINT half FOREIGN KEY (a, c) REFERENCES "Order; DROP TABLE kinds; --" (a, b) ON DELETE SET NULL (c),
  CONSTRAINT plain FOREIGN KEY (a, d) REFERENCES "Order; DROP TABLE kinds; --" (a, b) ON DELETE SET DEFAULT
);
ALTER TABLE lines ADD CONSTRAINT unchecked FOREIGN KEY (d) REFERENCES kinds NOT VALID;
CREATE TABLE nothing_in_it ();
CREATE TABLE key_and_unique (id integer PRIMARY KEY, CONSTRAINT again UNIQUE (id));
CREATE TABLE "line
break" ("column
break" integer);
CREATE TABLE pg_class (id integer, pg_type text);

-- Indexes.
CREATE INDEX simple ON shop.products (name);
CREATE UNIQUE INDEX partly ON shop.products (code DESC, name NULLS FIRST) WHERE (price > 5 AND name <> 'a WHERE b');
CREATE INDEX expressions ON shop.products (lower(name), (price * 2) DESC NULLS LAST, (code || ', '''));
CREATE INDEX included ON shop.products (code) INCLUDE (name, price) WITH (deduplicate_items = off, fillfactor = 50);
CREATE INDEX collated ON shop.products (name COLLATE "C" text_pattern_ops, lower(code) COLLATE "C" DESC);
CREATE INDEX collated_there ON shop.products (name COLLATE shop.swedish);
CREATE INDEX distinct_nulls ON shop.products (name) WHERE name IS NULL;
CREATE UNIQUE INDEX not_distinct_nulls ON shop.products (price) NULLS NOT DISTINCT;
CREATE INDEX trigrams ON shop.products USING gist (name shop.gist_trgm_ops (siglen = 32));
CREATE INDEX words ON shop.products USING gin (to_tsvector('english', name)) WITH (fastupdate = off);
CREATE INDEX backward ON shop.products (other backward_ops);
CREATE INDEX hashed ON shop.products USING hash (code);
CREATE INDEX brin ON shop.products USING brin (id) WITH (pages_per_range = 4);
ALTER INDEX shop.expressions ALTER COLUMN 2 SET STATISTICS 300;
ALTER TABLE shop.products CLUSTER ON simple;
COMMENT ON INDEX shop.simple IS 'the simple one';
CREATE UNIQUE INDEX "an index" ON "Order; DROP TABLE kinds; --" ("id", lower("an äöü of sixty-three bytes as long as PostgreSQL lets a name be"));
ALTER TABLE "Order; DROP TABLE kinds; --" REPLICA IDENTITY USING INDEX "Order; DROP TABLE kinds; --_pkey";
ALTER TABLE lines REPLICA IDENTITY FULL;
CREATE STATISTICS shop.correlated (dependencies) ON code, name FROM shop.products;
ALTER STATISTICS shop.correlated SET STATISTICS 200;
COMMENT ON STATISTICS shop.correlated IS 'they go together';

-- Partitions, children, tables of a type, unlogged ones.
CREATE TABLE events (id bigint NOT NULL, at date NOT NULL DEFAULT CURRENT_DATE, kind text DEFAULT 'x', CHECK (id > 0),
  PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_2021 (kind text DEFAULT 'other', at date NOT NULL, id bigint NOT NULL,
  CONSTRAINT events_id_check CHECK (id > 0), CHECK (kind <> ''));
ALTER TABLE events ATTACH PARTITION events_2021 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT PARTITION BY LIST (id);
CREATE TABLE shop.events_rest_a PARTITION OF events_rest FOR VALUES IN (1, 2) WITH (fillfactor = 60);
CREATE INDEX events_kind ON events (kind);
CREATE INDEX events_own ON events_2021 (lower(kind));
CREATE TABLE event_notes (event bigint, at date, FOREIGN KEY (event, at) REFERENCES events);
CREATE TABLE event_owner (id integer PRIMARY KEY);
ALTER TABLE events ADD COLUMN owner integer CONSTRAINT events_owner REFERENCES event_owner ON DELETE CASCADE;
COMMENT ON TABLE events_2020 IS 'a year';
COMMENT ON COLUMN events.kind IS 'what kind';
CREATE TABLE hashed (id integer) PARTITION BY HASH (id, (id + 1));
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE animal (id integer PRIMARY KEY, name text NOT NULL DEFAULT 'nameless', CONSTRAINT named CHECK (name <> ''));
CREATE TABLE legged (legs integer DEFAULT 4);
CREATE TABLE dog (breed text, name text DEFAULT 'Rex', CONSTRAINT bred CHECK (breed <> '')) INHERITS (animal, legged);
ALTER TABLE dog ALTER legs SET DEFAULT 3, ALTER legs SET NOT NULL, ADD PRIMARY KEY (id);
CREATE INDEX dog_breed ON dog (breed);
CREATE TABLE addresses OF shop.address (street WITH OPTIONS DEFAULT 'Main Street', PRIMARY KEY ("no, the number"));
CREATE UNLOGGED TABLE z_scratch (id serial PRIMARY KEY, other integer GENERATED ALWAYS AS IDENTITY);
CREATE UNLOGGED TABLE a_scratch (id integer PRIMARY KEY, z integer REFERENCES z_scratch);
CREATE UNLOGGED TABLE m_scratch (id integer PRIMARY KEY REFERENCES a_scratch, z integer REFERENCES z_scratch);

-- What comes between tables and indexes or views, and what comes after all of them.
CREATE FUNCTION full_name(p shop.products) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT p.code || p.name $$;
CREATE INDEX by_full_name ON shop.products (full_name(products.*));
CREATE VIEW a_second AS SELECT 1 AS one;
CREATE VIEW a_first AS SELECT one + 1 AS two FROM a_second;
CREATE VIEW named AS SELECT full_name(p) AS name, p.id FROM shop.products p WHERE p.size = 'S';
CREATE FUNCTION all_named() RETURNS SETOF named LANGUAGE sql STABLE AS $$ SELECT * FROM named $$;
CREATE VIEW names_of_all AS SELECT name FROM all_named();
CREATE VIEW names_again AS SELECT name FROM names_of_all;
CREATE TABLE uses_rows (id integer, product shop.products);
CREATE TABLE uses_atomic (id integer DEFAULT 0);
CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM lines; END;
ALTER TABLE uses_atomic ALTER id SET DEFAULT counted();
CREATE VIEW shop.guarded WITH (security_barrier = true, check_option = local) AS SELECT id, name FROM shop.products WHERE price > 1;
ALTER VIEW shop.guarded ALTER COLUMN name SET DEFAULT 'none';
COMMENT ON VIEW shop.guarded IS 'safe';
COMMENT ON COLUMN shop.guarded.name IS 'the name';
CREATE MATERIALIZED VIEW totals WITH (fillfactor = 90) AS SELECT count(*) AS n, kind FROM events GROUP BY kind WITH NO DATA;
CREATE UNIQUE INDEX totals_kind ON totals (kind);
CREATE INDEX totals_n ON totals (n DESC) WHERE n > 0;
COMMENT ON MATERIALIZED VIEW totals IS 'summed up';
COMMENT ON INDEX totals_n IS 'the largest';
CREATE RECURSIVE VIEW numbers (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 10;

-- Rules, triggers, rights.
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE OF name, code ON shop.products FOR EACH ROW
  WHEN (old.name IS DISTINCT FROM new.name AND (old.price + 1) * 2 > 0) EXECUTE FUNCTION touch('an', 'argument''s');
CREATE TRIGGER "off; --" AFTER INSERT ON "Order; DROP TABLE kinds; --" FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE "Order; DROP TABLE kinds; --" DISABLE TRIGGER "off; --";
CREATE TRIGGER always AFTER INSERT ON lines REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION touch();
ALTER TABLE lines ENABLE ALWAYS TRIGGER always;
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON lines DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER of_all AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER instead INSTEAD OF INSERT ON a_first FOR EACH ROW EXECUTE FUNCTION touch();
COMMENT ON TRIGGER always ON lines IS 'always';
CREATE RULE quietly AS ON INSERT TO shop.guarded DO INSTEAD NOTHING;
CREATE RULE logged AS ON DELETE TO lines WHERE (old.a > 1) DO ALSO INSERT INTO nothing_in_it DEFAULT VALUES;
ALTER TABLE lines DISABLE RULE logged;
COMMENT ON RULE logged ON lines IS 'not now';
ALTER TABLE kinds ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.products ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.products FORCE ROW LEVEL SECURITY;
CREATE POLICY "own; ""ones""" ON shop.products AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (name = CURRENT_USER) WITH CHECK (price > 0);
CREATE POLICY readers ON kinds FOR SELECT TO pg_read_all_data, pg_monitor USING (id IN (SELECT a FROM lines));
COMMENT ON POLICY readers ON kinds IS 'those who read';
GRANT SELECT, INSERT ON shop.products TO pg_monitor;
GRANT UPDATE ON shop.products TO pg_monitor WITH GRANT OPTION;
GRANT SELECT (name, code), UPDATE (name) ON shop.products TO PUBLIC;
REVOKE DELETE ON lines FROM postgres;
REVOKE EXECUTE ON FUNCTION add(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add(integer, integer) TO pg_monitor;
GRANT EXECUTE ON PROCEDURE shop.tidy(integer) TO pg_monitor;
GRANT EXECUTE ON FUNCTION total(integer) TO pg_monitor;
GRANT USAGE ON SCHEMA shop TO pg_monitor;
GRANT USAGE ON SEQUENCE counter TO pg_monitor;
GRANT SELECT ON totals TO pg_monitor;
GRANT SELECT (name) ON shop.guarded TO pg_monitor;
REVOKE USAGE ON TYPE mood FROM PUBLIC;
GRANT USAGE ON DOMAIN short TO pg_monitor;
GRANT SELECT ON SEQUENCE shop.renamed_seq TO pg_monitor;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO pg_monitor;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Things of the whole database.
CREATE FOREIGN DATA WRAPPER nobody OPTIONS (debug 'it''s on');
CREATE SERVER "far away" TYPE 'none' VERSION '1' FOREIGN DATA WRAPPER nobody OPTIONS (host 'h', "a b" 'c');
CREATE USER MAPPING FOR PUBLIC SERVER "far away" OPTIONS (password 'secret');
CREATE FOREIGN TABLE remote (id integer OPTIONS (column_name 'i d') NOT NULL, at timestamp DEFAULT now(), CHECK (id > 0))
  SERVER "far away" OPTIONS (table_name 't', schema_name 's');
GRANT USAGE ON FOREIGN SERVER "far away" TO pg_monitor;
COMMENT ON SERVER "far away" IS 'not here';
COMMENT ON FOREIGN TABLE remote IS 'somewhere else';
CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, delete');
CREATE PUBLICATION "some" FOR TABLE ONLY lines (a, b) WHERE (a > 1), ONLY nothing_in_it WITH (publish_via_partition_root = true);
CREATE PUBLICATION of_shop FOR TABLES IN SCHEMA shop;
CREATE FUNCTION on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION on_ddl();
ALTER EVENT TRIGGER watch DISABLE;
COMMENT ON EVENT TRIGGER watch IS 'off for now';
