"""Concept 04. Backpropagation through one neuron with ReLU, one derivative at a time.

    z = x0 * w0 + x1 * w1 + x2 * w2 + b        y = relu(z) = max(0, z)

How much does y change when we nudge one x, one w or b? We split the neuron into its
operations and take the derivative of each, which is easy. Then we multiply those that
lie on the way from y to what was nudged: that is the chain rule, and all of
backpropagation. In the end one small step against the gradient makes y smaller.

Try: set b to -6. Now z is -1, ReLU is off, and every gradient is 0: no small nudge can
    reach y.
Book: chapter 9, backpropagation
Concepts: 09
"""

x = [1.0, -2.0, 3.0]  # inputs
w = [-3.0, -1.0, 2.0]  # weights
b = 1.0  # bias

# Forward: multiply, add up, activate
xw0 = x[0] * w[0]
xw1 = x[1] * w[1]
xw2 = x[2] * w[2]
z = xw0 + xw1 + xw2 + b
y = max(0, z)
print("xw0, xw1, xw2, b:", xw0, xw1, xw2, b)
print("z:", z)
print("y:", y)

# Backward: begin with the gradient that the next layer would hand over
dvalue = 1.0

# ReLU: its slope is 1 where z is above 0, and 0 elsewhere
drelu_dz = dvalue * (1.0 if z > 0 else 0.0)
print("drelu_dz:", drelu_dz)

# Sum: the derivative with respect to each of its terms is 1
dsum_dxw0 = dsum_dxw1 = dsum_dxw2 = dsum_db = 1.0
drelu_dxw0 = drelu_dz * dsum_dxw0
drelu_dxw1 = drelu_dz * dsum_dxw1
drelu_dxw2 = drelu_dz * dsum_dxw2
drelu_db = drelu_dz * dsum_db
print("drelu_dxw0, drelu_dxw1, drelu_dxw2:", drelu_dxw0, drelu_dxw1, drelu_dxw2)

# Product: the derivative with respect to one factor is the other factor
dmul_dx0, dmul_dx1, dmul_dx2 = w
dmul_dw0, dmul_dw1, dmul_dw2 = x
drelu_dx0 = drelu_dxw0 * dmul_dx0
drelu_dx1 = drelu_dxw1 * dmul_dx1
drelu_dx2 = drelu_dxw2 * dmul_dx2
drelu_dw0 = drelu_dxw0 * dmul_dw0
drelu_dw1 = drelu_dxw1 * dmul_dw1
drelu_dw2 = drelu_dxw2 * dmul_dw2

dx = [drelu_dx0, drelu_dx1, drelu_dx2]  # gradient for the layer before
dw = [drelu_dw0, drelu_dw1, drelu_dw2]  # gradient for the weights
db = drelu_db  # gradient for the bias
print("dx:", dx)
print("dw:", dw)
print("db:", db)

# One small step against the gradient, of weights and bias, lowers y
w[0] -= 0.001 * dw[0]
w[1] -= 0.001 * dw[1]
w[2] -= 0.001 * dw[2]
b -= 0.001 * db
y_after = max(0, x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + b)
print("w, b after the step:", w, b)
print("y after the step:", y_after)

# Output:
# xw0, xw1, xw2, b: -3.0 2.0 6.0 1.0
# z: 6.0
# y: 6.0
# drelu_dz: 1.0
# drelu_dxw0, drelu_dxw1, drelu_dxw2: 1.0 1.0 1.0
# dx: [-3.0, -1.0, 2.0]
# dw: [1.0, -2.0, 3.0]
# db: 1.0
# w, b after the step: [-3.001, -0.998, 1.997] 0.999
# y after the step: 5.985
