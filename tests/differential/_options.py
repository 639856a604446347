"""The options that all comparisons with nginx take."""

import argparse
import os
import re
import shutil
import subprocess
import sys


def options_parser():
    parser = argparse.ArgumentParser()
    parser.add_argument("--poolproof", required=True)
    parser.add_argument("--nginx", required=True)
    return parser


def parse_options(parser):
    """Ends the script with 77 (skipped) where there is no nginx."""
    options = parser.parse_args()
    if shutil.which(options.nginx) is None:
        print("skipped: no nginx")
        sys.exit(77)
    options.poolproof = os.path.abspath(options.poolproof)
    return options


def version_of(nginx):
    done = subprocess.run([nginx, "-v"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return re.search(r"nginx/([\d.]+)", done.stdout).group(1)
