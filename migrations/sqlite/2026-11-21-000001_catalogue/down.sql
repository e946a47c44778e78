DROP TABLE reservations;
DROP TABLE versions;
DROP TABLE tracks;
DROP TABLE songs;
DROP TABLE artists;
