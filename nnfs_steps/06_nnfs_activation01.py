"""Step 06. ReLU: what lets layers bend.

Two dense layers in a row can do no more than one: sums of sums are sums (concept 10
multiplies them out). Such a network can only draw straight borders, but our new data is
a spiral of three kinds of samples. (They are called classes too, which has nothing to
do with Python's.) So between the layers we need something that isn't a sum, an
activation function. ReLU is the simplest: it keeps what is above 0, and turns the rest
into 0. Each neuron now adds a bend, and enough bends can follow a spiral.

The output shows five samples before and after ReLU (1.1e-04 is 0.00011), and the
picture the spiral. There is only one layer for now; step 07 brings the second one back.
The first is called a hidden layer then: the last layer uses its bends to choose a
class.

New: Activation_ReLU
Changed: Layer_Dense.__init__ multiplies by 0.01, as the book does, so that no class is
    far ahead before anything is learned
Try: print np.mean(activation1.output == 0), the share of what ReLU sets to 0. It is
    about half: each neuron is on for one side of the plane.
Book: chapter 4, ReLU activation function; before it chapter 3, training data
Video: part 5, https://youtu.be/gmjzbpSVY1A
Concepts: 10
"""

import matplotlib.pyplot as plt
import nnfs
import numpy as np
from nnfs.datasets import spiral_data


class Layer_Dense:
    """A layer in which every neuron is connected to every input."""

    def __init__(self, n_inputs, n_neurons):
        # A column for each neuron, so that forward needs no transpose
        self.weights = 0.01 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        # (N, n_inputs) times (n_inputs, n_neurons) gives (N, n_neurons)
        self.output = np.dot(inputs, self.weights) + self.biases


class Activation_ReLU:
    """Rectified linear unit: negative values become 0, the others stay."""

    def forward(self, inputs):
        self.output = np.maximum(0, inputs)  # same shape as inputs


# Seeds the random numbers with 0, so that they are the same in every run. From then on
# zeros, eye and randn give float32 (7 digits), and np.dot computes with 16 digits,
# rounds to 7, and wants arrays, not lists
nnfs.init()


X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)

dense1 = Layer_Dense(2, 3)
activation1 = Activation_ReLU()

dense1.forward(X)  # (300, 3)
activation1.forward(dense1.output)  # (300, 3)

print(dense1.output[:5])  # the first sample is the spiral's centre, (0, 0)
print(activation1.output[:5])

plt.scatter(X[:, 0], X[:, 1], c=y, cmap="viridis", edgecolors="black", linewidths=0.5)
plt.title("Spiral data: 3 classes of 100 samples")
plt.axis("equal")
plt.show()

# Output:
# [[ 0.0000000e+00  0.0000000e+00  0.0000000e+00]
#  [-1.0475188e-04  1.1395361e-04 -4.7983500e-05]
#  [-2.7414842e-04  3.1729150e-04 -8.6921798e-05]
#  [-4.2188365e-04  5.2666257e-04 -5.5912682e-05]
#  [-5.7707680e-04  7.1401405e-04 -8.9430439e-05]]
# [[0.         0.         0.        ]
#  [0.         0.00011395 0.        ]
#  [0.         0.00031729 0.        ]
#  [0.         0.00052666 0.        ]
#  [0.         0.00071401 0.        ]]
