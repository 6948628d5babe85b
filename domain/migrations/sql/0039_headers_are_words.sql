-- Columns that were named are the whole office's: one header that is no word would keep everybody's next table out.
DELETE FROM scraping_service.table_columns WHERE jsonb_path_exists(fields, 'strict $.* ? (@.type() != "string")');
ALTER TABLE scraping_service.table_columns
    ADD CONSTRAINT ck_table_columns_headers
        CHECK (NOT jsonb_path_exists(fields, 'strict $.* ? (@.type() != "string")', silent => true));
