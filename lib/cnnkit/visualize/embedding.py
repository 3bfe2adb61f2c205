"""Features of a network in two dimensions."""

from typing import Any

import keras
import numpy as np

from cnnkit.model_view import BATCH
from cnnkit.visualize._activation_maps import activation_maps


def features(model: keras.Model, images: Any, layer: str, *, batch_size: int = BATCH) -> np.ndarray:
    """What the layer makes of each image, as one vector: (n, features).

    Maps are averaged over height and width.

    Args:
        model, images, layer, batch_size: as for `activation_maps`.

    Example:

    >>> layers = [keras.layers.Conv2D(5, 3, name="maps"), keras.layers.Flatten(), keras.layers.Dense(2)]
    >>> features(keras.Sequential([keras.Input((8, 6, 1)), *layers]), np.zeros((7, 8, 6, 1)), "maps").shape
    (7, 5)
    """
    outputs = activation_maps(model, images, layer, batch_size=batch_size)
    return outputs.mean(axis=(1, 2)) if outputs.ndim == 4 else outputs.reshape(len(outputs), -1)


def pca(vectors: Any, dimensions: int = 2) -> np.ndarray:
    """The vectors along the directions in which they vary most: scikit-learn's PCA.

    Args:
        vectors: (n, features).
        dimensions: how many directions.

    Returns:
        float32 (n, dimensions), with mean 0.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Lecture L4, visualization by linear dimension reduction.

    Example:

    >>> np.abs(pca([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]], 1)).round(4).tolist()
    [[5.0], [0.0], [5.0]]
    """
    from sklearn.decomposition import PCA

    vectors = _vectors(vectors)
    if not 1 <= dimensions <= min(vectors.shape):
        raise ValueError(
            f"dimensions are 1 to {min(vectors.shape)} for vectors {vectors.shape}, and received {dimensions!r}"
        )
    return PCA(dimensions, svd_solver="full").fit_transform(vectors).astype("float32")


def tsne(vectors: Any, *, perplexity: float = 30.0, seed: int = 0) -> np.ndarray:
    """The vectors in a plane, so that near ones stay near: scikit-learn's t-SNE, begun from their PCA.

    Args:
        vectors: (n, features).
        perplexity: about how many neighbours count, below n.
        seed: fixes the result.

    Returns:
        float32 (n, 2). Distances between groups, and the groups' sizes, mean nothing.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        van der Maaten, Hinton, "Visualizing data using t-SNE", 2008; lecture L4.

    Example:

    >>> tsne(np.eye(8), perplexity=3).shape
    (8, 2)
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    vectors = _vectors(vectors)
    if not 0 < perplexity < len(vectors):
        raise ValueError(f"perplexity is more than 0 and below the {len(vectors)} vectors, and received {perplexity!r}")
    if min(vectors.shape) < 2:
        raise ValueError(f"t-SNE needs two features at least, and received vectors {vectors.shape}")
    # Its threads wait for one another without sleeping: on a busy machine two take far longer than one.
    with threadpool_limits(1, user_api="openmp"):
        return TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(vectors)


def _vectors(vectors: Any) -> np.ndarray:
    array = np.asarray(vectors, "float32")
    if array.ndim != 2 or len(array) < 2 or not np.isfinite(array).all():
        raise ValueError(f"vectors are finite numbers (n, features), two or more, and received shape {array.shape}")
    if (array == array[0]).all():  # scikit-learn divides by how much they differ, and its t-SNE then ends the process
        raise ValueError(f"vectors differ from one another, and the {len(array)} received are all the same")
    return array
