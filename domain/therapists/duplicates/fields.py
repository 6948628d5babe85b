"""What two records of one person are compared and brought together by: fields, and the columns that belong to each."""

from collections.abc import Mapping

# field as people know it → its columns; they travel together
FIELDS: Mapping[str, tuple[str, ...]] = {
    "salutation": ("salutation",),
    "title": ("title",),
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "sex": ("sex",),
    "licence": ("licence",),
    "offers": ("offers", "offers_source"),
    "age_min": ("age_min", "age_max"),
    "patient_sex": ("patient_sex",),
    "languages": ("languages",),
    "specialties": ("specialties",),
    "qualifications": ("qualifications",),
    "diagnoses_preferred": ("diagnoses_preferred",),
    "diagnoses_excluded": ("diagnoses_excluded",),
    "email": ("email",),
    "phone": ("phone",),
    "mobile": ("mobile",),
    "fax": ("fax",),
    "web": ("web",),
    "phone_hours": ("phone_hours", "office_hours", "hours_as_of"),
    "treatment_hours": ("treatment_hours",),
    "capacity": ("capacity", "capacity_from", "capacity_note", "capacity_as_of"),
    "note": ("note",),
    "status": ("status", "blocked_reason", "blocked_until"),
}
ADDRESS = "address"  # of the main site; the other's becomes a further site
