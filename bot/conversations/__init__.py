"""A message as it flows: received, answered, delivered, settled."""
