"""A whole Ringlink as its operator starts it, and the clients that the tests speak to it with."""
