"""Concept 15. Overfitting: the gap between training and test, epoch by epoch.

Step 17's picture shows both losses; here are numbers, every 300 epochs. First both
fall: what the network learns is true of the spiral. Then the training loss goes on
falling while the test loss turns and rises: what it learns now is true of these 300
points only.

Yet the test accuracy, in brackets, is still about 0.81. How can the loss rise, and the
answers stay as good? The last two lines split the test loss. The right answers become
surer, which costs a little less. The wrong ones become surer too, and a wrong answer
that is sure costs a lot. If you stop at the lowest test loss, you save time, and the
wrong answers are less sure. This is called early stopping. (In real work you choose the
epoch with validation data, as concept 16 does.)

We look every 100 epochs. With this seed the test loss is lowest at epoch 1,600. (That
is chance: in step 17 it is near epoch 900.) On nine of ten seeds an earlier look finds
it lower than the last, and on four of them the last is more than 5 % above the lowest.
On all ten it ends higher than the training loss.

Try: 3 neurons instead of 64. They have no room to memorize anything: no gap, but a
    high loss for both. That is underfitting.
Book: chapter 11, testing with out-of-sample data
Concepts: 02
"""

import matplotlib.pyplot as plt
import nnfs
import numpy as np
from nnfs.datasets import spiral_data

NEURONS = 64


def forward(X):
    hidden = np.maximum(0, np.dot(X, W1) + b1)  # (300, 64)
    logits = np.dot(hidden, W2) + b2  # (300, 3)
    exp_values = np.exp(logits - logits.max(axis=1, keepdims=True), dtype="float64")
    exp_values = exp_values.astype("float32")
    return hidden, exp_values / np.sum(exp_values, axis=1, keepdims=True)


def loss_and_accuracy(probabilities, y):
    confidences = np.clip(probabilities[range(len(y)), y], 1e-7, 1 - 1e-7)
    loss = np.mean(-np.log(confidences, dtype="float64"))
    return loss, np.mean(np.argmax(probabilities, axis=1) == y)


def loss_of_right_and_wrong(probabilities, y):
    right = np.argmax(probabilities, axis=1) == y  # (300,)
    parts = (probabilities[right], y[right]), (probabilities[~right], y[~right])
    return [loss_and_accuracy(*part)[0] for part in parts]


nnfs.init()
X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)
W1, b1 = 0.01 * np.random.randn(2, NEURONS), np.zeros((1, NEURONS))
W2, b2 = 0.01 * np.random.randn(NEURONS, 3), np.zeros((1, 3))
X_test, y_test = spiral_data(samples=100, classes=3)
parameters = [W1, b1, W2, b2]
momentums = [np.zeros_like(parameter) for parameter in parameters]
caches = [np.zeros_like(parameter) for parameter in parameters]

epochs, training_losses, test_losses, parts = [], [], [], []
for epoch in range(3001):
    hidden, probabilities = forward(X)
    if epoch % 100 == 0:
        loss, accuracy = loss_and_accuracy(probabilities, y)
        test_probabilities = forward(X_test)[1]
        test_loss, test_accuracy = loss_and_accuracy(test_probabilities, y_test)
        epochs.append(epoch)
        training_losses.append(loss)
        test_losses.append(test_loss)
        parts.append(loss_of_right_and_wrong(test_probabilities, y_test))
        if epoch % 300 == 0:
            print(
                f"epoch: {epoch}, training: {loss:.3f} ({accuracy:.3f}), "
                f"test: {test_loss:.3f} ({test_accuracy:.3f})"
            )

    # Backward (steps 10 and 16 in short), then an update of Adam
    dlogits = (probabilities - np.eye(3)[y]) / len(y)  # (300, 3)
    dhidden = np.dot(dlogits, W2.T) * (hidden > 0)  # (300, 64)
    gradients = [np.dot(X.T, dhidden), np.sum(dhidden, axis=0, keepdims=True)]
    gradients += [np.dot(hidden.T, dlogits), np.sum(dlogits, axis=0, keepdims=True)]
    for parameter, gradient, m, c in zip(parameters, gradients, momentums, caches):
        m += 0.1 * (gradient - m)
        c += 0.001 * (gradient * gradient - c)
        m_corrected = m / (1 - 0.9 ** (epoch + 1))
        c_corrected = c / (1 - 0.999 ** (epoch + 1))
        parameter -= 0.05 * m_corrected / (np.sqrt(c_corrected) + 1e-7)

stop = int(np.argmin(test_losses))
print(f"lowest test loss: {test_losses[stop]:.3f}, at epoch {epochs[stop]}")
for look in stop, -1:
    right, wrong = parts[look]
    print(f"epoch {epochs[look]}: right answers {right:.3f}, wrong ones {wrong:.3f}")

plt.plot(epochs, training_losses, label="training loss")
plt.plot(epochs, test_losses, linestyle="--", label="test loss")
plt.axvline(epochs[stop], color="0.5", linestyle=":", label="stop here")
plt.xlabel("epoch")
plt.ylim(0, 1.2)
plt.legend()
plt.show()

# Output:
# epoch: 0, training: 1.099 (0.360), test: 1.099 (0.357)
# epoch: 300, training: 0.437 (0.820), test: 0.597 (0.733)
# epoch: 600, training: 0.289 (0.897), test: 0.528 (0.777)
# epoch: 900, training: 0.230 (0.917), test: 0.524 (0.783)
# epoch: 1200, training: 0.194 (0.933), test: 0.539 (0.813)
# epoch: 1500, training: 0.175 (0.933), test: 0.522 (0.817)
# epoch: 1800, training: 0.163 (0.940), test: 0.533 (0.807)
# epoch: 2100, training: 0.153 (0.943), test: 0.560 (0.810)
# epoch: 2400, training: 0.144 (0.940), test: 0.583 (0.813)
# epoch: 2700, training: 0.141 (0.943), test: 0.586 (0.810)
# epoch: 3000, training: 0.133 (0.950), test: 0.596 (0.803)
# lowest test loss: 0.518, at epoch 1600
# epoch 1600: right answers 0.111, wrong ones 2.293
# epoch 3000: right answers 0.086, wrong ones 2.682
