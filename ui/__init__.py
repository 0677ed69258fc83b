"""The review desk: screens over the service. No rule lives here."""
