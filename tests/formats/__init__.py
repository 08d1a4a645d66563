"""Files of other makers, written by the tests after their published formats: every number in them is synthetic."""
