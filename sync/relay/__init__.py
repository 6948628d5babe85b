"""The relay: events of this office handed on to a Kafka of its own, where it has one."""
