"""Reading what practices answer: pure functions over text. A person confirms every reading."""
