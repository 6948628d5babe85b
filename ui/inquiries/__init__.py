"""The page Anfragen: the board, answers one by one."""
