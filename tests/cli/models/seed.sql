INSERT INTO users (email) VALUES ('first@example.org');
INSERT INTO users (email) VALUES ('second@example.org');
