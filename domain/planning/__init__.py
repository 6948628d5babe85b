"""The numbers of planning: chances of an acceptance and the week's best contacts; knows no database."""
