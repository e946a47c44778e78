DROP INDEX reservations_by_version;
DROP INDEX reservations_by_end;
DROP INDEX reservations_by_object;
DROP TABLE removals;
DROP TABLE trash;
DROP INDEX versions_by_object;
DROP INDEX versions_by_check;
ALTER TABLE versions DROP COLUMN damage;
ALTER TABLE versions DROP COLUMN checked_at;
