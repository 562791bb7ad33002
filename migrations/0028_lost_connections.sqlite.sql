-- SQLite has no connection whose answer can be lost, so it needs no marks.

-- How the last attempt ended, in the words of the program; '' for nights of older programs and those that run.
ALTER TABLE schedule_tick ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
