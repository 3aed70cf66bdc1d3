"""The standard normal distribution, vectorised, without importing scipy.

scipy.special costs a cold start more than a whole simulation does, so the two
functions every run needs are here; the tests compare them with scipy.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

Z95 = 1.6448536269514722
"""Standard normal quantile at 95 %: half the width of a P5..P95 interval."""
Z90 = 1.2815515655446004
"""Standard normal quantile at 90 %."""
Z99 = 2.3263478740408408
"""Standard normal quantile at 99 %."""

# Rational approximations of M. J. Wichura, Algorithm AS 241 (PPND16),
# Applied Statistics 37 (1988) 477-484; relative error about 1e-16.
_CENTRAL = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3),
)  # fmt: skip
_MIDDLE = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9),
)  # fmt: skip
_TAIL = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15),
)  # fmt: skip


def _rational(x: Array, parts: tuple[tuple[float, ...], tuple[float, ...]]) -> Array:
    above, below = (_polynomial(x, coefficients) for coefficients in parts)
    return np.asarray(above / below)


def _polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    """Return the sum of c_k x^k, by Horner's rule."""
    total = np.full_like(x, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * x + coefficient
    return total


def normal_quantile(u: npt.ArrayLike) -> Array:
    """Return the standard normal quantile of probabilities in (0, 1), same shape."""
    p = np.asarray(u, dtype=np.float64)
    q = p - 0.5
    out = np.empty_like(q)
    central = np.abs(q) <= 0.425
    out[central] = q[central] * _rational(0.180625 - q[central] ** 2, _CENTRAL)
    outer = p[~central]
    r = np.sqrt(-np.log(np.minimum(outer, 1.0 - outer)))
    tail = np.where(r <= 5.0, _rational(r - 1.6, _MIDDLE), _rational(r - 5.0, _TAIL))
    out[~central] = np.copysign(tail, outer - 0.5)
    return out


def normal_cdf(x: float) -> float:
    """Return the probability that a standard normal variable is below `x`."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def normal_cdf_array(x: Array) -> Array:
    """Return `normal_cdf` of a small array (a table's knots), elementwise."""
    flat = np.fromiter(map(normal_cdf, x.ravel().tolist()), np.float64, x.size)
    return flat.reshape(x.shape)
