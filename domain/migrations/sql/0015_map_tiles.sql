-- Tiles behind the map: where an office takes them from (an address or a file; empty: none), and whom it owes thanks.

ALTER TABLE platform.office
    ADD COLUMN tile_source TEXT DEFAULT '' NOT NULL,
    ADD COLUMN tile_attribution TEXT DEFAULT '' NOT NULL,
    -- whose map it is stands on the map: no source of tiles allows it otherwise
    ADD CONSTRAINT ck_office_tiles CHECK (tile_source = '' OR tile_attribution <> '');
