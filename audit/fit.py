"""The two fits of the learned acts: logistic regressions of all acts at once, and the layer over their scores.

Only `train.py` uses this module; it needs scipy (the extra `train`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

POSITIVE = 2.0  # the most that a positive example may weigh more than a negative one
STEPS = 60
BIAS = 3.0  # the bias moves faster than the weights
LAYER, SLOPE, SHIFT = 2.0, 3.0, 0.1  # what keeps the layer near "nothing added"

Array = np.ndarray[Any, Any]


def fit_acts(
    x: Any, y: Array, weight: Array, strength: float, start: tuple[Array, Array] | None = None
) -> tuple[Array, Array]:
    """Weights (columns × acts) and biases of logistic regressions, one an act; weight 0 means unlabelled."""
    from scipy.optimize import minimize

    rare = np.sqrt((weight * ~y).sum(axis=0) / np.maximum((weight * y).sum(axis=0), 1))
    weight = np.where(y, weight * np.minimum(POSITIVE, rare), weight).astype(np.float32)
    sign = np.where(y, 1, -1).astype(np.float32)
    transposed = x.T.tocsr()
    shape = (x.shape[1] + 1, y.shape[1])

    def loss(flat: Array) -> tuple[float, Array]:
        w = flat.astype(np.float32).reshape(shape)
        z = (x @ w[:-1] + BIAS * w[-1]) * sign
        small = np.exp(-np.abs(z))
        miss = weight * sign * np.where(z >= 0, small, 1) / (1 + small)
        gradient = np.concatenate([w[:-1] - strength * (transposed @ miss), -BIAS * strength * miss.sum(axis=0)[None]])
        value = strength * float((weight * (np.maximum(-z, 0) + np.log1p(small))).sum(dtype=np.float64))
        value += 0.5 * float(np.square(w[:-1], dtype=np.float64).sum())
        return value, gradient.ravel().astype(np.float64)

    first = np.concatenate([np.zeros((shape[0] - 1, shape[1])), np.full((1, shape[1]), -2 / BIAS)])
    if start is not None:
        first = np.concatenate([start[0], start[1][None] / BIAS])
    options = {"maxiter": STEPS if start is None else STEPS // 3, "maxcor": 6, "ftol": 1e-5, "gtol": 1e-3}
    found = minimize(loss, first.ravel(), jac=True, method="L-BFGS-B", options=options).x.reshape(shape)
    return found[:-1].astype(np.float32), (BIAS * found[-1]).astype(np.float32)


def fit_layer(logits: Array, y: Array, features: Array) -> tuple[Array, Array, Array]:
    """Slopes, shifts and context weights (columns × acts); too few positives leave an act as it is."""
    slope, shift = np.ones(y.shape[1]), np.zeros(y.shape[1])
    context = np.zeros((features.shape[1], y.shape[1]))
    for act in np.flatnonzero(y.sum(axis=0) >= 3):
        slope[act], shift[act], *context[:, act] = _fit_one(logits[:, act].astype(np.float64), y[:, act], features)
    return slope, shift, context


def _fit_one(logit: Array, y: Array, features: Array) -> Array:
    from scipy.optimize import minimize

    sign = np.where(y, 1.0, -1.0)
    columns = features.astype(np.float64)

    def loss(flat: Array) -> tuple[float, Array]:
        slope, shift, w = flat[0], flat[1], flat[2:]
        z = (slope * logit + shift + columns @ w) * sign
        small = np.exp(-np.abs(z))
        miss = -sign * np.where(z >= 0, small, 1) / (1 + small)
        value = (np.maximum(-z, 0) + np.log1p(small)).sum() + LAYER * (w @ w) / 2
        value += SLOPE * (slope - 1) ** 2 / 2 + SHIFT * shift**2 / 2
        ends = [miss @ logit + SLOPE * (slope - 1), miss.sum() + SHIFT * shift]
        return float(value), np.concatenate([ends, columns.T @ miss + LAYER * w])

    start = np.concatenate([[1.0], np.zeros(columns.shape[1] + 1)])
    result: Array = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return result
