"""Concept 30. When one class is rare: right in 95 of 100, and of no use.

Five of a hundred are ill. Who says "healthy" to everybody is right 95 times, and finds
none of the five. Another test finds four of them, and frightens ten who are healthy: it
is right only (4 + 85) / 100 = 0.89 times, and far more useful. So with a rare class
don't look at the accuracy. Count what was found (its share of the rare class is called
recall) and the false alarms (the share of the alarms that are right is called
precision).

Here a single neuron with a sigmoid learns from 1,000 points, of which 50 are rare, and
is tested on 1,000 others. It says yes above 0.5. Its accuracy is 0.95, and it finds
next to nothing: where the two classes overlap, most points belong to the frequent one,
so "no" is the better guess there. Its loss is right about that. It is our wish that is
different: we would rather have a false alarm than miss one. There are three ways to say
so.

Repeat the rows of the rare class, here 19 times, until there are as many as of the
other: each epoch has nearly twice the work. Or count each of them 19 times in the loss:
multiply its row of the gradient. With all samples at once that is the same sum. Or
train as before, and say yes already above 0.05, which is what 19 to 1 means: 1 / (1 +
19) = 0.05. All three find about the same, and all pay with false alarms.

They differ in what the output means. The mean of the true probabilities is 0.05, since
50 of 1,000 are rare. The plain network keeps to it. With weights it says 0.3, so a 0.9
means 0.9 no longer. So start with the threshold: it needs no new training. Choose it by
what a miss and a false alarm cost you, on validation data (concept 16).

Try: 0.2 in place of 0.05. It finds fewer, with far fewer false alarms.
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
    print(f"{name:12} found {found:2} of 50, false alarms {alarms:3} of 950,", end=" ")
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
# always no:   found  0 of 50, false alarms   0 of 950, accuracy 0.950, mean probability 0.00
# plain:       found  7 of 50, false alarms   4 of 950, accuracy 0.953, mean probability 0.05
# repeated:    found 34 of 50, false alarms 200 of 950, accuracy 0.784, mean probability 0.30
# weights:     found 34 of 50, false alarms 200 of 950, accuracy 0.784, mean probability 0.30
# threshold:   found 34 of 50, false alarms 199 of 950, accuracy 0.785, mean probability 0.05
