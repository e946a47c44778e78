DROP TABLE release_stems;
DROP TABLE releases;
DROP TABLE marks;
DROP TABLE picks;
DROP TABLE sounds;
