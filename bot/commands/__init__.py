"""What the command line does beside running the house: each module adds its commands to the parser and says what runs."""
