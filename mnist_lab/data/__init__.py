"""Where samples come from, and how batches are cut from them."""

from mnist_lab.data.batches import IndexedBatch, InMemoryBatches
from mnist_lab.data.csv_table import CSVTable
from mnist_lab.data.datamodule import ClassificationDataModule
from mnist_lab.data.description import DataDescription
from mnist_lab.data.digits import Digits
from mnist_lab.data.excel_table import ExcelTable
from mnist_lab.data.image_folder import ImageFolder
from mnist_lab.data.intervals import Intervals
from mnist_lab.data.json_table import JSONTable
from mnist_lab.data.mnist import KMNIST, MNIST, FashionMNIST
from mnist_lab.data.samples import Samples
from mnist_lab.data.source import Source

__all__ = [
    "KMNIST",
    "MNIST",
    "CSVTable",
    "ClassificationDataModule",
    "DataDescription",
    "Digits",
    "ExcelTable",
    "FashionMNIST",
    "ImageFolder",
    "InMemoryBatches",
    "IndexedBatch",
    "Intervals",
    "JSONTable",
    "Samples",
    "Source",
]
