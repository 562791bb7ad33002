-- The id that lasts of each book: it starts the numbers of its journals and stands in the memo of every entry, so that no
-- accounting system, and no other book, takes an entry for somebody else's. It is random, made once, and never follows from
-- the name, which may be the same elsewhere. Books that were there before get theirs here; the next run lands it.
CREATE TABLE book_identity (
  book INTEGER PRIMARY KEY REFERENCES book (id),
  lasting_id TEXT NOT NULL UNIQUE CHECK (length(lasting_id) = 8)
) STRICT, WITHOUT ROWID;

INSERT INTO book_identity (book, lasting_id) SELECT id, upper(hex(randomblob(4))) FROM book;

CREATE TRIGGER book_identity_no_replace BEFORE INSERT ON book_identity
WHEN EXISTS (SELECT 1 FROM book_identity WHERE book = new.book OR lasting_id = new.lasting_id)
BEGIN SELECT RAISE(ABORT, 'a book gets its id once, and no two books have the same'); END;
CREATE TRIGGER book_identity_no_update BEFORE UPDATE ON book_identity
BEGIN SELECT RAISE(ABORT, 'a book keeps its id'); END;
CREATE TRIGGER book_identity_no_delete BEFORE DELETE ON book_identity
BEGIN SELECT RAISE(ABORT, 'the id of a book is never deleted'); END;
