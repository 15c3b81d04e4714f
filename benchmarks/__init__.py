"""One deal, timed through our Program and through code written for that deal alone."""

import os

# Before numpy is imported: the threads of its linear algebra spin for a while after every product, and the processor
# time of what is timed next would count them. One thread is what the tables say, for the peers too.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
