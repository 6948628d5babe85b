"""Whether an installation is sound: each check looks at one thing of the database and says what it found, as codes."""
