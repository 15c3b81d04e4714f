"""One deal, timed through our Program and through code written for that deal alone."""
