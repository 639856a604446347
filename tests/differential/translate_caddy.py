#!/usr/bin/env python3
"""What `translate --to caddy` writes is taken by Caddy, and does what nginx does: see _translated.py."""

import sys

from _caddy import Caddy
from _translated import run

if __name__ == "__main__":
    sys.exit(run(Caddy))
