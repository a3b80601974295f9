"""Concept 30. When one class is rare: right in 95 of 100, and of no use.

Five of a hundred people are ill. A test that says "healthy" to everybody is right 95
times, and finds none of them. Another test finds four of the five and alarms ten who
are healthy. It is right in (4 + 85) / 100 = 0.89 of the cases only, and far more
useful. So with a rare class, count what is found and the false alarms. (The share of
the ill that is found is called recall, 4 of 5; the share of alarms that are right is
called precision, 4 of 14.)

Here a single neuron with a sigmoid learns 1,000 points, 50 of the rare class, and is
tested on 1,000 others. It says yes above 0.5. Its accuracy is 0.953, and it finds 7 of
50: where the two classes overlap, most points belong to the frequent one, so no is the
better guess. The loss is right about that. But a miss may cost us more than a false
alarm, and there are three ways to say so:

Repeat each row of the rare class 19 times, so that both classes have as many rows. An
epoch then has nearly twice the work. Or multiply the gradient rows of the rare samples
by 19. With all samples in one batch that is the same sum, in less time. Or train as
before and say yes above 0.05: if a miss costs as much as 19 false alarms, yes pays from
1 / (1 + 19) = 0.05 on. All three find about the same (on ten seeds threshold and
weights differ by two of 50 at most), and all three pay with 199 to 267 false alarms.

The outputs differ. 50 of 1,000 are rare, so true probabilities have a mean of 0.05. The
plain neuron keeps to it; with repeated rows or weights the mean is 0.30, and the
outputs are no probabilities any more. So begin with the threshold, which needs no new
training. Choose it on validation data (concept 16), by what a miss and a false alarm
cost you.

Try: a threshold of 0.2 instead of 0.05. It finds 21 of 50, with 40 false alarms.
Book: none; it is a question to chapter 16, binary logistic regression
Concepts: 03, 19
"""

import numpy as np


def exp(x):  # with the same digits everywhere, see concept 08
    return np.exp(x, dtype="float64").astype("float32")


def draw(frequent, rare):
    """Two clouds of points, around (0, 0) and around (1, 1): points and labels."""
    y = np.repeat([0, 1], [frequent, rare])
    X = np.random.randn(len(y), 2) + y[:, np.newaxis]  # (N, 2)
    return X.astype("float32"), y


def predict(X, w, b):
    z = np.sum(X * w, axis=1) + b  # (N,)
    return 1 / (1 + exp(-z))


def train(X, y, sample_weights):
    w, b = np.zeros(2, dtype="float32"), np.zeros(1, dtype="float32")
    shares = sample_weights / np.sum(sample_weights)  # (N,); all 1 / N without weights
    shares = shares.astype("float32")
    for _ in range(501):
        dz = shares * (predict(X, w, b) - y)  # (N,)
        w -= np.sum(X * dz[:, np.newaxis], axis=0)  # at a learning rate of 1
        b -= np.sum(dz)
    return w, b


def report(name, p, threshold=0.5):
    yes = p > threshold  # (1000,)
    found, alarms = np.sum(yes & (y_test == 1)), np.sum(yes & (y_test == 0))
    print(f"{name:12} found {found:2} of 50, false alarms {alarms:3},", end=" ")
    print(f"accuracy {np.mean(yes == y_test):.3f}, mean probability {np.mean(p):.2f}")


np.random.seed(0)  # the same points in every run
X, y = draw(950, 50)  # (1000, 2) and (1000,)
X_test, y_test = draw(950, 50)

plain = predict(X_test, *train(X, y, np.ones(1000)))
report("always no:", np.zeros(1000))
report("plain:", plain)

copies = np.where(y == 1, 19, 1)  # (1000,): how often each row is taken
repeated = train(np.repeat(X, copies, axis=0), np.repeat(y, copies), np.ones(1900))
report("repeated:", predict(X_test, *repeated))
report("weights:", predict(X_test, *train(X, y, copies)))
report("threshold:", plain, 0.05)

# Output:
# always no:   found  0 of 50, false alarms   0, accuracy 0.950, mean probability 0.00
# plain:       found  7 of 50, false alarms   4, accuracy 0.953, mean probability 0.05
# repeated:    found 34 of 50, false alarms 200, accuracy 0.784, mean probability 0.30
# weights:     found 34 of 50, false alarms 200, accuracy 0.784, mean probability 0.30
# threshold:   found 34 of 50, false alarms 199, accuracy 0.785, mean probability 0.05
