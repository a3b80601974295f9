"""Concept 17. L2 and L1: what a weight costs, and where that pulls it.

L2 adds l2 * w * w to the loss for each weight w, so a weight of 2 costs four times as
much as one of 1. Its gradient is 2 * l2 * w: it pulls a large weight hard and a small
one gently. L1 adds l1 * |w|, with the gradient l1 or -l1: it pulls all weights equally,
so small ones arrive at 0, and then go to and fro about it.

By hand, for w = 2 and a strength of 0.1: L2 costs 0.1 * 2 * 2 = 0.4 and pulls with 2 *
0.1 * 2 = 0.4; L1 costs 0.2 and pulls with 0.1. With no loss but the penalty, a step of
L2 multiplies a weight by 1 - 2 * rate * l2, here 0.8. With SGD, L2 is therefore the
same as weight decay, which shrinks every weight by a share in each step. With Adam it
is not, and step 18 uses Adam. Adam divides by the size of the gradients, and with it
the penalty's pull: where there is no other gradient, a large weight and a small one
move equally far (concept 14). What frameworks call AdamW shrinks the weights apart from
that (Loshchilov and Hutter, 2019). (The learning rate's decay is something else.)

Try: a strength of 1. L2 multiplies by -1 and never rests: the learning rate has to suit
    the penalty, too.
Book: chapter 14, L1 and L2 regularization
Concepts: 09, 12
"""

STRENGTH, RATE = 0.1, 1.0

for w in [2.0, 0.5, -2.0]:
    l2, l2_gradient = STRENGTH * w * w, 2 * STRENGTH * w
    l1, l1_gradient = STRENGTH * abs(w), STRENGTH * (1 if w >= 0 else -1)
    print(f"w {w}: L2 costs {l2:.3f}, gradient {l2_gradient:.3f};", end=" ")
    print(f"L1 costs {l1:.3f}, gradient {l1_gradient:.3f}")

print("five steps with L2 alone, then five with L1 alone:")
for start in [2.0, 0.25]:
    w, path = start, [start]
    for _ in range(5):
        w -= RATE * 2 * STRENGTH * w
        path.append(w)
    print("    L2:", *(f"{w:.3f}" for w in path))
    w, path = start, [start]
    for _ in range(5):
        w -= RATE * STRENGTH * (1 if w >= 0 else -1)
        path.append(w)
    print("    L1:", *(f"{w:.3f}" for w in path))

# Output:
# w 2.0: L2 costs 0.400, gradient 0.400; L1 costs 0.200, gradient 0.100
# w 0.5: L2 costs 0.025, gradient 0.100; L1 costs 0.050, gradient 0.100
# w -2.0: L2 costs 0.400, gradient -0.400; L1 costs 0.200, gradient -0.100
# five steps with L2 alone, then five with L1 alone:
#     L2: 2.000 1.600 1.280 1.024 0.819 0.655
#     L1: 2.000 1.900 1.800 1.700 1.600 1.500
#     L2: 0.250 0.200 0.160 0.128 0.102 0.082
#     L1: 0.250 0.150 0.050 -0.050 0.050 -0.050
