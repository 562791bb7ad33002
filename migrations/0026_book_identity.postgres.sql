-- The id that lasts of each book: it starts the numbers of its journals and stands in the memo of every entry, so that no
-- accounting system, and no other book, takes an entry for somebody else's. It is random, made once, and never follows from
-- the name, which may be the same elsewhere. Books that were there before get theirs here; the next run lands it.
CREATE TABLE book_identity (
  book BIGINT PRIMARY KEY REFERENCES book (id),
  lasting_id TEXT NOT NULL UNIQUE CHECK (length(lasting_id) = 8)
);

INSERT INTO book_identity (book, lasting_id)
SELECT id, upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 8)) FROM book;

CREATE TRIGGER book_identity_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON book_identity
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a book keeps its id');
