"""Reading the web: directories and practices' pages."""
