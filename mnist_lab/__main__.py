"""``python -m mnist_lab``."""

from mnist_lab.main import run

if __name__ == "__main__":
    run()
