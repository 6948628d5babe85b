"""Files the program reads: templates, icons, map assets, geo data, sample data."""
