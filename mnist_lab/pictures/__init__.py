"""Pictures that are drawn while a network learns, and where they are shown; no Lightning in here."""
