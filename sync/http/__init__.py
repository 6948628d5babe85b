"""The one way outside over HTTP: polite, limited, and never trusting what comes back."""
