"""Helpers of ./run and ./test: environments, local servers, the left-out list."""
