"""Times of day as people write them: "9-10", "9:10 bis 10 Uhr", "14.30 – 15.00". Patterns, and what they mean."""

import re

# as many spaces as people write: without a bound some texts take hours
GAP = r"\s{0,4}+"
TO = rf"{GAP}(?:-|–|—|bis){GAP}"
UNIT = rf"{GAP}(?:uhr|h)(?!\w)"
AND = rf"{GAP}(?:,|;|/|&|\+|und\b|u\.|sowie\b|oder\b|\s){GAP}"
_HOUR = r"(?!00?(?![\d:.]))(?:[01]?\d|2[0-4])"  # a bare 0 ends a telephone number
_COLON = rf"(?<![\d.:]){_HOUR}:[0-5]\d(?![\d:])"
CLOCK = rf"(?<![\d.:]){_HOUR}(?:[:.][0-5]\d)?(?![\d:]|\.\d)"
_SPAN = rf"{CLOCK}(?:{UNIT})?{TO}{CLOCK}"
_DAY = r"(?<![\d.:])(?:[0-2]?\d|3[01])\.(?:0?\d|1[0-2])\.(?:\d{4}|\d{2})?(?!\d)"
# with a unit or a colon nothing else can be meant
SURE_HOURS = re.compile(
    rf"{_SPAN}(?:{AND}{_SPAN})*{UNIT}|{CLOCK}{UNIT}|{_COLON}(?:{TO}{CLOCK})?|{CLOCK}{TO}{_COLON}", re.IGNORECASE
)
# beside a telephone number these may be hours, a day or some of its digits
MAYBE_HOURS = re.compile(rf"(?<![-–]){_SPAN}|(?<![\d.:]){_HOUR}\.[0-5]\d(?![\d:]|\.\d)|{_DAY}", re.IGNORECASE)
