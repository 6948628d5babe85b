"""The page Telefon: whom one reaches now, what to say, what came of it."""
