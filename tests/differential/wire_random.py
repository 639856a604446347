#!/usr/bin/env python3
"""Made-up clients, upstreams and settings (_wire_generator.py), and made-up locations and rewrites
(_routing_generator.py): what a client, an upstream and the access log see.

POOLPROOF_SEED=7 makes up others than the usual ones, POOLPROOF_CASES=500 more of them. What differs is printed with the
bytes that make it so; it becomes a case in one of the other wire_* files when it is mended.
"""

import os
import random

from _routing_generator import RoutingMaker
from _wire import run
from _wire_generator import Maker

SEED = int(os.environ.get("POOLPROOF_SEED", "20240607"))
COUNT = int(os.environ.get("POOLPROOF_CASES", "100"))

if __name__ == "__main__":
    makers = [Maker(random.Random(SEED)), RoutingMaker(random.Random(SEED))]
    print(f"seed {SEED}")
    run([maker.case(number) for number in range(COUNT) for maker in makers])
