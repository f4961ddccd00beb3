"""One multinomial logistic regression: learns, calibrates its confidence, and reads one row fast."""

from typing import List, Sequence, Tuple

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import logsumexp, softmax


class Head:
    """Weights of one label set. `confidence = softmax(score / temperature)`."""

    def __init__(self, labels: Sequence[str], weights: np.ndarray, bias: np.ndarray, temperature: float) -> None:
        """`weights`: (features, labels), any float type; `bias`: (labels,)."""
        self.labels, self.weights, self.bias, self.temperature = list(labels), weights, bias, temperature

    def confidences(self, columns: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Return the calibrated confidence of every label for one sparse row."""
        score = values.astype(np.float32) @ self.weights[columns].astype(np.float32) + self.bias
        return softmax(score / self.temperature)

    def scores(self, rows: csr_matrix) -> np.ndarray:
        """Return the raw scores of many rows, shape (rows, labels)."""
        return rows @ self.weights.astype(np.float32) + self.bias


def fit(rows: csr_matrix, labels: List[str], strength: float, rounds: int) -> Head:
    """Learn a head; `strength` is the inverse of the regularisation, `rounds` bounds the steps of L-BFGS.

    Classes are balanced by the square root of their size, so that a long file does not swallow a short one.
    """
    names = sorted(set(labels))
    target = np.array([names.index(label) for label in labels])
    weight = _balance(target, len(names))
    shape = (rows.shape[1] + 1, len(names))
    across = rows.T.tocsr()

    def loss(flat: np.ndarray) -> Tuple[float, np.ndarray]:
        theta = flat.reshape(shape)
        inner = theta[:-1].astype(np.float32)
        score = rows @ inner + theta[-1]
        log_total = logsumexp(score, axis=1)
        wrong = np.exp(score - log_total[:, None])
        value = (weight * (log_total - score[np.arange(len(target)), target])).sum()
        wrong[np.arange(len(target)), target] -= 1
        wrong *= weight[:, None]
        slope = np.vstack([across @ wrong.astype(np.float32) + inner / strength, wrong.sum(axis=0)])
        return float(value + (inner ** 2).sum() / (2 * strength)), slope.astype(np.float64).ravel()

    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B",
                     options={"maxiter": rounds, "maxcor": 6, "ftol": 1e-6})
    theta = found.x.reshape(shape)
    return Head(names, theta[:-1].astype(np.float32), theta[-1].astype(np.float32), 1.0)


def _balance(target: np.ndarray, classes: int) -> np.ndarray:
    size = np.bincount(target, minlength=classes).astype(np.float32)
    return np.sqrt(size.mean() / size)[target]


def calibrate(head: Head, rows: csr_matrix, labels: List[str]) -> float:
    """Return the temperature under which confidence on unseen rows is true: it minimises their log-loss."""
    scores = head.scores(rows)
    place = {label: i for i, label in enumerate(head.labels)}
    known = [i for i, label in enumerate(labels) if label in place]
    target = np.array([place[labels[i]] for i in known])
    scores = scores[known]

    def loss(temperature: float) -> float:
        scaled = scores / temperature
        return float((logsumexp(scaled, axis=1) - scaled[np.arange(len(target)), target]).mean())

    return float(minimize_scalar(loss, bounds=(0.2, 5.0), method="bounded").x)
