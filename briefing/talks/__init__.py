"""What was read, seen from one topic: who is meant, about which talks, in which stance."""
