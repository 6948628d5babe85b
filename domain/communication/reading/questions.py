"""What practices ask back, in sentences that end with a question mark; written as `rules`."""

from domain.communication.reading.patterns import Pattern, read_patterns

QUESTIONS: tuple[Pattern, ...] = read_patterns("""
    94 FACTS
    93 INTERROGATIVE .. PERSON
    93 TELL .. FACTS|PERSON|WHETHER
    92 PERSON|person|patientin|patient|er
    91 METHOD|GROUP_OF_PEOPLE
    92 CAN .. WE .. CALL
    91 COMPLAINT
    90 NEED
    90 worum|wofuer
    92 vorliegt|verfuegbar|versichert|zeitlich|dringend|akut|schonmal|bereits|motiviert|schwanger|einverstanden
""")
