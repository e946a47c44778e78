DROP TABLE quarantine;
DROP TABLE deletion_orders;
DROP TABLE asset_events;
DROP TABLE assets;
