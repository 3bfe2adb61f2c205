"""How fast this machine is. Limits are seconds of a reference machine; a slower one gives more of its own.

The reference machine is a core of an AMD EPYC with AVX-512, of 2025, on which TensorFlow uses oneDNN.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator

# Processor seconds of each task there.
LOOP = 0.0013
NETWORK = 0.0065
TRIES = 8


def slower() -> float:
    """How many times slower than the reference machine this one is, at least 1: nobody gets less time on a faster one.

    What is slower counts, Python or, where it is imported, TensorFlow. In processor time, so that it does not
    matter who else computes here. In a child, since TensorFlow's threads would not survive a later fork.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            os.write(writer, repr(max(_ratios())).encode())
            os._exit(0)
        except BaseException as error:
            print(f"the machine's speed could not be measured: {error}", file=sys.stderr, flush=True)
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        said = pipe.read()
    if os.waitpid(child, 0)[1] != 0:
        sys.exit(1)
    return scaled(float(said))


def scaled(ratio: float) -> float:
    """
    >>> scaled(0.4), scaled(1.03), scaled(3.214)
    (1.0, 1.0, 3.2)
    """
    return max(1.0, round(ratio, 1))


def _ratios() -> Iterator[float]:
    yield _best(_loop) / LOOP
    if "tensorflow" in sys.modules:
        yield _best(_network()) / NETWORK


def _best(task: Callable[[], object]) -> float:
    """Processor seconds of the quickest try."""
    taken = []
    for _ in range(TRIES):
        begun = time.process_time()
        task()
        taken.append(time.process_time() - begun)
    return min(taken)


def _loop() -> float:
    """A convolution as students first write it."""
    image = [[float(row * column % 7) for column in range(40)] for row in range(40)]
    kernel = [[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]]
    total = 0.0
    for row in range(38):
        for column in range(38):
            for i in range(3):
                for j in range(3):
                    total += image[row + i][column + j] * kernel[i][j]
    return total


def _network() -> Callable[[], object]:
    """A step of training: few channels of a large image, where libraries differ most."""
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    tf = sys.modules["tensorflow"]
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    images, weights = tf.ones((4, 96, 96, 16)), tf.ones((3, 3, 16, 16))

    def step() -> object:
        with tf.GradientTape() as tape:
            tape.watch([images, weights])
            loss = tf.reduce_sum(tf.nn.max_pool2d(tf.nn.relu(tf.nn.conv2d(images, weights, 1, "SAME")), 2, 2, "SAME"))
        return tape.gradient(loss, [images, weights])

    compiled: Callable[[], object] = tf.function(step)
    compiled()  # is traced
    return compiled
