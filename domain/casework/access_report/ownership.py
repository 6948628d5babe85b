"""Whose rows are whose: what an access report may tell of rows that are about several people. SQL only.

A letter to a practice may be about six people. Of such a row the report has that it was, when and by which way, and of
its words only the part under this person's own code. `alone` says that a row is about this person and nobody else.
"""

_SEARCHES = "SELECT id FROM matching_service.place_search WHERE patient_id = :patient"
_ITEMS = f"SELECT id FROM matching_service.inquiry_item WHERE search_id IN ({_SEARCHES})"
_INQUIRIES = f"SELECT inquiry_id FROM matching_service.inquiry_item WHERE search_id IN ({_SEARCHES})"

OWN = "x.patient_id = :patient"
OF_SEARCHES = f"x.search_id IN ({_SEARCHES})"
OF_ITEMS = f"x.item_id IN ({_ITEMS})"
INQUIRY = f"x.id IN ({_INQUIRIES})"
EXCLUSION = f"({OWN} OR {OF_SEARCHES})"
NAMED_BY_ARRAY = f"x.search_ids && ARRAY({_SEARCHES})"
BATCH_LINE = f"({OWN} OR {NAMED_BY_ARRAY})"


def _others_of(inquiry: str) -> str:
    """Positions of other people in an inquiry."""
    return (
        f"SELECT o.id FROM matching_service.inquiry_item o WHERE o.inquiry_id = {inquiry}"
        f" AND o.search_id NOT IN ({_SEARCHES})"
    )


def _alone_in(inquiry: str) -> str:
    return f"NOT EXISTS ({_others_of(inquiry)})"


def _code_of_another(inquiry: str, words: str) -> str:
    """Whether words hold the code of somebody else's position in that inquiry."""
    return (
        f"EXISTS (SELECT FROM matching_service.inquiry_item o WHERE o.inquiry_id = {inquiry}"
        f" AND o.search_id NOT IN ({_SEARCHES}) AND strpos({words}, o.reference_code) > 0)"
    )


# Whose mail: whom it names (a mail of one's own), whose positions it tells of, else everybody of its inquiry.
def _mail(x: str) -> str:
    return f"""({x}.patient_id = :patient
    OR EXISTS (SELECT FROM communication_service.email_patient n WHERE n.email_id = {x}.id AND n.patient_id = :patient)
    OR EXISTS (SELECT FROM communication_service.email_item n WHERE n.email_id = {x}.id AND n.item_id IN ({_ITEMS}))
    OR {x}.patient_id IS NULL AND {x}.inquiry_id IN ({_INQUIRIES})
       AND NOT EXISTS (SELECT FROM communication_service.email_item n WHERE n.email_id = {x}.id)
       AND NOT EXISTS (SELECT FROM communication_service.email_patient n WHERE n.email_id = {x}.id))"""


def _mail_alone(x: str) -> str:
    return f"""(coalesce({x}.patient_id = :patient, true)
    AND NOT EXISTS (SELECT FROM communication_service.email_patient n
                    WHERE n.email_id = {x}.id AND n.patient_id <> :patient)
    AND NOT EXISTS (SELECT FROM communication_service.email_item n
                    WHERE n.email_id = {x}.id AND n.item_id NOT IN ({_ITEMS}))
    AND ({_alone_in(f"{x}.inquiry_id")}
         OR EXISTS (SELECT FROM communication_service.email_item n WHERE n.email_id = {x}.id)
            AND NOT {_code_of_another(f"{x}.inquiry_id", f"({x}.subject || {x}.body_text)")}))"""


MAIL, MAIL_ALONE = _mail("x"), _mail_alone("x")
MAIL_PART = f"EXISTS (SELECT FROM communication_service.email m WHERE m.id = x.email_id AND {_mail('m')})"
MAIL_PART_ALONE = f"EXISTS (SELECT FROM communication_service.email m WHERE m.id = x.email_id AND {_mail_alone('m')})"


# An answer quotes what it answers: it is about everybody of that mail, or of its inquiry.
def _incoming(x: str) -> str:
    return f"""({x}.patient_id = :patient
    OR EXISTS (SELECT FROM communication_service.incoming_reading n
               WHERE n.incoming_id = {x}.id AND n.item_id IN ({_ITEMS}))
    OR EXISTS (SELECT FROM communication_service.email a WHERE a.id = {x}.email_id AND {_mail("a")})
    OR {x}.patient_id IS NULL AND {x}.email_id IS NULL AND {x}.inquiry_id IN ({_INQUIRIES}))"""


def _incoming_alone(x: str) -> str:
    return f"""(coalesce({x}.patient_id = :patient, true) AND {_alone_in(f"{x}.inquiry_id")}
    AND NOT EXISTS (SELECT FROM communication_service.incoming_reading n
                    WHERE n.incoming_id = {x}.id AND n.item_id NOT IN ({_ITEMS}))
    AND NOT EXISTS (SELECT FROM communication_service.email a WHERE a.id = {x}.email_id AND NOT {_mail_alone("a")}))"""


INCOMING, INCOMING_ALONE = _incoming("x"), _incoming_alone("x")
INCOMING_PART = (
    f"EXISTS (SELECT FROM communication_service.incoming_email m WHERE m.id = x.incoming_id AND {_incoming('m')})"
)
INCOMING_PART_ALONE = (
    f"EXISTS (SELECT FROM communication_service.incoming_email m WHERE m.id = x.incoming_id AND {_incoming_alone('m')})"
)

# The contact log: as a patient's own history (`casework/history.py`) has it.
CONTACT = f"""(x.patient_id = :patient
    OR EXISTS (SELECT FROM communication_service.contact_patient n WHERE n.entry_id = x.id AND n.patient_id = :patient)
    OR x.patient_id IS NULL AND x.inquiry_id IN ({_INQUIRIES})
       AND NOT EXISTS (SELECT FROM communication_service.contact_patient n WHERE n.entry_id = x.id))"""
# a note that stands at another's answer in the same inquiry, too, is about both
CONTACT_ALONE = f"""(coalesce(x.patient_id = :patient, true)
    AND NOT EXISTS (SELECT FROM communication_service.contact_patient n
                    WHERE n.entry_id = x.id AND n.patient_id <> :patient)
    AND ({_alone_in("x.inquiry_id")}
         OR x.patient_id = :patient AND x.call_id IS NULL AND NOT EXISTS (
             SELECT FROM communication_service.contact_entry o WHERE o.inquiry_id = x.inquiry_id AND o.body <> ''
               AND o.patient_id IS DISTINCT FROM :patient AND lower(trim(o.body)) = lower(trim(x.body)))))"""
CALL = f"""(x.inquiry_id IN ({_INQUIRIES})
    OR EXISTS (SELECT FROM communication_service.contact_entry n WHERE n.call_id = x.id AND n.patient_id = :patient))"""
CALL_ALONE = f"""({_alone_in("x.inquiry_id")} AND NOT EXISTS (
    SELECT FROM communication_service.contact_entry n WHERE n.call_id = x.id AND n.patient_id <> :patient))"""
_ANSWERED = "(SELECT i.inquiry_id FROM matching_service.inquiry_item i WHERE i.id = x.item_id)"
ANSWER_ALONE = f"""({_alone_in(_ANSWERED)} OR NOT EXISTS (
    SELECT FROM matching_service.answer o WHERE o.item_id IN ({_others_of(_ANSWERED)})
      AND lower(trim(o.note)) = lower(trim(x.note)))
    AND NOT EXISTS (SELECT FROM communication_service.contact_entry c
        WHERE c.inquiry_id = {_ANSWERED} AND c.patient_id IS NULL AND lower(trim(c.body)) = lower(trim(x.note))))"""
LETTER = f"""(x.inquiry_id IN ({_INQUIRIES})
    AND (EXISTS (SELECT FROM communication_service.printed_letter_item n
                 WHERE n.letter_id = x.id AND n.item_id IN ({_ITEMS}))
         OR NOT EXISTS (SELECT FROM communication_service.printed_letter_item n WHERE n.letter_id = x.id)))"""
LETTER_ALONE = f"""({_alone_in("x.inquiry_id")}
    OR EXISTS (SELECT FROM communication_service.printed_letter_item n WHERE n.letter_id = x.id)
       AND NOT EXISTS (SELECT FROM communication_service.printed_letter_item n
                       WHERE n.letter_id = x.id AND n.item_id NOT IN ({_ITEMS}))
       AND NOT {_code_of_another("x.inquiry_id", "(x.subject || x.body)")})"""

# this person's own codes, and what points to others who were asked about together with this person
OWN_CODES = f"SELECT reference_code FROM matching_service.inquiry_item WHERE search_id IN ({_SEARCHES})"
OTHERS = f"""
    SELECT o.inquiry_id, o.reference_code, p.first_name, p.last_name
    FROM matching_service.inquiry_item o
    JOIN matching_service.place_search s ON s.id = o.search_id
    JOIN patient_service.patient p ON p.id = s.patient_id
    WHERE o.inquiry_id IN ({_INQUIRIES}) AND s.patient_id <> :patient"""
