CREATE TABLE "customers" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "email" TEXT NOT NULL
);
