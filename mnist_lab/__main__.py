"""``python -m mnist_lab``."""

import sys

from mnist_lab.main import main

if __name__ == "__main__":
    sys.exit(main())
