"""The access report (Art. 15 and 20 GDPR): everything that carries a patient, as JSON and as a readable PDF."""
