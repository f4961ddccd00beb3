"""One linear head: learns with liblinear, gives calibrated confidences, and reads one row fast."""

from typing import List, Sequence

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import logsumexp, softmax
from sklearn.svm import LinearSVC

_TOLERANCE = 0.4
_SEED = 766


class Head:
    """Weights of one label set. `confidence = softmax(score / temperature)`, a logistic regression on the scores."""

    def __init__(self, labels: Sequence[str], weights: np.ndarray, bias: np.ndarray, temperature: float) -> None:
        """`weights`: (features, labels), any float type; `bias`: (labels,)."""
        self.labels, self.weights, self.bias, self.temperature = list(labels), weights, bias, temperature

    def confidences(self, columns: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Return the calibrated confidence of every label for one sparse row."""
        score = values.astype(np.float32) @ self.weights[columns].astype(np.float32) + self.bias
        return softmax(score / self.temperature)

    def scores(self, rows: csr_matrix) -> np.ndarray:
        """Return the raw scores of many rows, shape (rows, labels)."""
        return rows @ self.weights + self.bias


def fit(rows: csr_matrix, labels: List[str], strength: float) -> Head:
    """Learn a head, one label against the rest with squared hinge loss; `strength` is liblinear's C.

    The figures behind the choice of the loss stand in docs/understanding.md: it costs a third of the logistic loss and
    is as accurate or better on our lines.
    """
    names = sorted(set(labels))
    if len(names) == 1:
        return Head(names, np.zeros((rows.shape[1], 1), np.float32), np.zeros(1, np.float32), 1.0)
    learnt = LinearSVC(C=strength, tol=_TOLERANCE, random_state=_SEED).fit(rows, labels)
    weights, bias = learnt.coef_, learnt.intercept_
    if len(names) == 2:
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    return Head(names, weights.T.astype(np.float32), bias.astype(np.float32), 1.0)


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

    return float(minimize_scalar(loss, bounds=(0.02, 5.0), method="bounded").x) if known else 1.0
