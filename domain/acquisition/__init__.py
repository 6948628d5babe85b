"""Reading what comes in: directories of therapists, intakes and lists of patients. Pure parsers, no network."""
