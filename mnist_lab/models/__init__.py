"""The networks and the steps that train them."""

from mnist_lab.models.classifier import Classifier
from mnist_lab.models.cnn import CNN
from mnist_lab.models.fc import FC
from mnist_lab.models.own_network import OwnNetwork
from mnist_lab.models.perceptron import Perceptron

__all__ = ["CNN", "FC", "Classifier", "OwnNetwork", "Perceptron"]
