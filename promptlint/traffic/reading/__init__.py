"""From files of logs to records: compression, containers, limits; nothing here knows what a record means."""
