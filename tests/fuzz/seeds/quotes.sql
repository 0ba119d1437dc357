CREATE TABLE [a]]b] ([c d] "my type"(1, 2), `e``f` 'ty pe', 'g''h' INT, UNIQUE ('g''h', "c d"));
