-- Filled in below.
SELECT 1;
