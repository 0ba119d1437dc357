-- One of each kind of object that a SQLite database can hold, with names that no careless quoting survives.
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  email TEXT NOT NULL COLLATE NOCASE UNIQUE,
  "display name" TEXT,
  role TEXT NOT NULL DEFAULT 'it''s "member"' CHECK (role IN ('it''s "member"', 'admin')),
  score REAL NOT NULL DEFAULT 1.5,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  least INTEGER NOT NULL DEFAULT -9223372036854775808,
  made DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  day TEXT DEFAULT (date('now')),
  photo BLOB DEFAULT x'0AFF',
  price DECIMAL(10, 2) NOT NULL DEFAULT 0,
  anything,
  CONSTRAINT "a price, or none" CHECK (price >= 0)
);
CREATE TABLE orders (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,
  parent_id INTEGER REFERENCES orders,
  amount INTEGER NOT NULL,
  twice INTEGER GENERATED ALWAYS AS (amount * 2) STORED,
  half INTEGER AS (amount / 2) VIRTUAL,
  CONSTRAINT one_each UNIQUE (user_id, amount)
);
CREATE TABLE lines (
  order_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  "class" TEXT NOT NULL,
  PRIMARY KEY (order_id, number),
  CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT
) WITHOUT ROWID;
CREATE TABLE notes (
  line_order INTEGER,
  line_number INTEGER,
  text TEXT NOT NULL,
  FOREIGN KEY (line_order, line_number) REFERENCES lines (order_id, number)
);
CREATE TABLE strict_one (id INTEGER NOT NULL PRIMARY KEY, any_thing ANY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE "Order; DROP TABLE users; --" ("a ""quoted"" one" TEXT NOT NULL, "column
break" INTEGER);
CREATE TABLE "select" ("from" INTEGER NOT NULL PRIMARY KEY, namespace TEXT);

-- What models do not say: kept whole.
CREATE TABLE nullable_key (code TEXT PRIMARY KEY, words TEXT);
CREATE TABLE of_nullable (code TEXT REFERENCES nullable_key (code));
CREATE TABLE settles (id INTEGER NOT NULL PRIMARY KEY, name TEXT UNIQUE ON CONFLICT REPLACE);
CREATE TABLE "with.dot" (id INTEGER NOT NULL PRIMARY KEY);
CREATE VIRTUAL TABLE search USING fts5 (title, body);

CREATE INDEX orders_amount_idx ON orders (amount DESC);
CREATE INDEX recent ON orders (user_id, amount) WHERE amount > 100 AND user_id IS NOT NULL;
CREATE UNIQUE INDEX folded ON users (lower(email), "display name" COLLATE RTRIM);
CREATE VIEW emails AS SELECT email, count(*) AS "how many" FROM users GROUP BY email;
CREATE VIEW named_columns (first, second) AS SELECT id, email FROM users;
CREATE TRIGGER users_touch AFTER UPDATE ON users FOR EACH ROW WHEN new.made = old.made
BEGIN
  UPDATE users SET made = CURRENT_TIMESTAMP WHERE id = new.id;
  SELECT 'and; "quoted"';
END;
CREATE TRIGGER emails_insert INSTEAD OF INSERT ON emails BEGIN INSERT INTO users (email) VALUES (new.email); END;
