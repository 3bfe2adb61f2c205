"""Speed of looking into a network and of attacking it, side by side with the tools in use, on the shipped network.

Ours and the other run in turn; a ratio is the median over these pairs, a time the median of its runs. What both
compute is compared before it is timed; for attacks the shares of images that are fooled are printed. Peers are
not requirements of the kit: those that cannot be imported are named and left out.

    python benchmarks/visualize.py [--quick] [--only occlusion ...]
"""

import argparse
import io
import os
import platform
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib.metadata import PackageNotFoundError, version

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf
from layers import row  # benchmarks/layers.py

from cnnkit import attack, visualize
from cnnkit.photographs import photograph_patches
from cnnkit.pretrained import pretrained

PEERS = ("tf-explain", "tf-keras-vis", "cleverhans", "foolbox", "adversarial-robustness-toolbox")
MODEL = pretrained("photographs")
IMAGES, LABELS = photograph_patches("test", 56)


def with_logits() -> keras.Model:
    """The same network without its softmax, as the peers need it."""
    model = keras.models.clone_model(MODEL)
    model.set_weights(MODEL.get_weights())
    model.layers[-1].activation = keras.activations.linear
    return model


LOGITS = with_logits()


def peer(name: str, use: Callable[[], None]) -> None:
    """Runs `use`, or says why this peer does not run."""
    try:
        use()
    except Exception as error:
        try:
            found = f"{name} {version(name)}"
        except PackageNotFoundError:
            found = f"{name} (not installed)"
        print(f"| left out: {found}: {type(error).__name__}: {str(error).splitlines()[0][:90]} | | | |", flush=True)


def same(ours: np.ndarray, theirs: np.ndarray, most: float = 1e-3) -> str:
    """How far both are apart, as a share of their size; more than `most` is an error."""
    difference = np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)
    assert difference <= most, f"differ by {difference}"
    return f"differ by {difference:.0e}"


def bench_occlusion(quick: bool) -> None:
    window = 8 if quick else 4
    image, label = IMAGES[0], int(LABELS[0])

    def ours() -> np.ndarray:
        return visualize.occlusion(MODEL, image[None], label, window=window, fill=127.5)[0]

    def loop() -> np.ndarray:
        falls = np.zeros((64 // window, 64 // window), "float32")
        whole = MODEL.predict(image[None], verbose=0)[0, label]
        for row_, column in np.ndindex(falls.shape):
            covered = image.copy()
            covered[row_ * window : (row_ + 1) * window, column * window : (column + 1) * window] = 127.5
            falls[row_, column] = whole - MODEL.predict(covered[None], verbose=0)[0, label]
        return falls

    count = (64 // window) ** 2
    apart = same(ours(), loop())
    row(f"occlusion, {count} windows, against model.predict in a loop ({apart})", ours, loop, 3)

    def tf_explain() -> None:
        import cv2
        from tf_explain.core.occlusion_sensitivity import OcclusionSensitivity

        explainer = OcclusionSensitivity(batch_size=128)

        def theirs() -> np.ndarray:
            with redirect_stdout(io.StringIO()):  # predict's progress bar
                return explainer.get_sensitivity_map(MODEL, image, label, window)

        whole = MODEL(image[None]).numpy()[0, label]
        apart = same(cv2.resize((1 - whole + ours()).astype("float64"), (64, 64)), theirs())
        row(f"occlusion, {count} windows, against tf-explain ({apart})", ours, theirs, 3 if quick else 11)

    peer("tf-explain", tf_explain)


def bench_saliency(quick: bool) -> None:
    images, labels = IMAGES[:8], LABELS[:8]
    samples = 16 if quick else 32

    def tf_keras_vis() -> None:
        from tf_keras_vis.saliency import Saliency
        from tf_keras_vis.utils.scores import CategoricalScore

        saliency, score = Saliency(LOGITS, clone=False), CategoricalScore(labels.tolist())
        plain = saliency(score, images, normalize_map=False)
        apart = same(np.abs(visualize.gradient(MODEL, images, labels)).max(axis=3), plain)
        row(
            f"gradient, 8 images, against tf-keras-vis ({apart})",
            lambda: visualize.gradient(MODEL, images, labels),
            lambda: saliency(score, images, normalize_map=False),
            3 if quick else 21,
        )
        options = {"smooth_samples": samples, "smooth_noise": 0.15, "normalize_map": False, "keepdims": True}
        theirs = np.array(saliency(score, images, gradient_modifier=None, **options))
        ours = visualize.smooth_grad(MODEL, images, labels, samples=samples)
        alike = np.corrcoef(ours.ravel(), theirs.ravel())[0, 1]
        row(
            f"SmoothGrad, 8 images, {samples} samples, against tf-keras-vis (other noise; correlation {alike:.2f})",
            lambda: visualize.smooth_grad(MODEL, images, labels, samples=samples),
            lambda: saliency(score, images, gradient_modifier=None, **options),
            3 if quick else 11,
        )

    peer("tf-keras-vis", tf_keras_vis)


def bench_maximization(quick: bool) -> None:
    steps, classes = (20 if quick else 100), list(range(14))

    def tf_keras_vis() -> None:
        from tf_keras_vis.activation_maximization import ActivationMaximization
        from tf_keras_vis.utils.scores import CategoricalScore

        maximizer, score = ActivationMaximization(LOGITS, clone=False), CategoricalScore(classes)
        start = np.random.default_rng(0).uniform(0.4, 0.6, (14, 64, 64, 3)).astype("float32")

        def theirs() -> np.ndarray:
            plain = {"input_modifiers": [], "regularizers": [], "input_range": (0, 1)}
            return np.array(maximizer(score, seed_input=start, steps=steps, **plain))

        def ours() -> np.ndarray:
            return visualize.activation_maximization(MODEL, classes, rho=30, center=0.5, steps=steps)

        reached = [float(np.diag(visualize.logits(MODEL, run())).mean()) for run in (ours, theirs)]
        row(
            f"activation maximization, 14 classes, {steps} steps, against tf-keras-vis "
            f"(mean logits {reached[0]:.0f} and {reached[1]:.0f}, under other constraints)",
            ours,
            theirs,
            3 if quick else 5,
        )

    peer("tf-keras-vis", tf_keras_vis)


def bench_attacks(quick: bool) -> None:
    epsilon, step, steps = 8 / 255, 2 / 255, (5 if quick else 20)
    ours = {
        "FGSM": lambda: attack.fgsm(MODEL, IMAGES, LABELS, epsilon),
        f"PGD, {steps} steps": lambda: attack.pgd(MODEL, IMAGES, LABELS, epsilon, steps=steps, step_size=step),
    }

    def against(name: str, theirs: list[Callable[[], np.ndarray]]) -> None:
        for (method, our), their in zip(ours.items(), theirs, strict=True):
            shares = [attack.fooled(MODEL, run(), LABELS).mean() for run in (our, their)]
            title = f"{method}, {len(IMAGES)} images, against {name} (fooled {shares[0]:.0%} and {shares[1]:.0%})"
            row(title, our, their, 3 if quick else 11)

    def cleverhans() -> None:
        from cleverhans.tf2.attacks.fast_gradient_method import fast_gradient_method
        from cleverhans.tf2.attacks.projected_gradient_descent import projected_gradient_descent

        x, y = tf.constant(IMAGES), tf.constant(LABELS)
        limits = {"clip_min": 0.0, "clip_max": 1.0, "y": y, "sanity_checks": False}
        against(
            "CleverHans",
            [
                lambda: fast_gradient_method(LOGITS, x, epsilon, np.inf, **limits).numpy(),
                lambda: projected_gradient_descent(
                    LOGITS, x, epsilon, step, steps, np.inf, rand_init=False, **limits
                ).numpy(),
            ],
        )

    def foolbox() -> None:
        import foolbox

        network = foolbox.TensorFlowModel(LOGITS, bounds=(0, 1))
        x, y = tf.constant(IMAGES), tf.constant(LABELS)
        methods = [
            foolbox.attacks.LinfFastGradientAttack(random_start=False),
            foolbox.attacks.LinfPGD(abs_stepsize=step, steps=steps, random_start=False),
        ]
        against("Foolbox", [lambda m=m: m(network, x, y, epsilons=epsilon)[1].numpy() for m in methods])

    def art() -> None:
        from art.attacks.evasion import FastGradientMethod, ProjectedGradientDescent
        from art.estimators.classification import TensorFlowV2Classifier

        loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        network = TensorFlowV2Classifier(
            model=LOGITS, nb_classes=14, input_shape=(64, 64, 3), loss_object=loss, clip_values=(0, 1)
        )
        methods = [
            FastGradientMethod(network, eps=epsilon, batch_size=64),
            ProjectedGradientDescent(
                network, eps=epsilon, eps_step=step, max_iter=steps, batch_size=64, num_random_init=0, verbose=False
            ),
        ]
        against("ART", [lambda m=m: m.generate(IMAGES, LABELS) for m in methods])

    peer("cleverhans", cleverhans)
    peer("foolbox", foolbox)
    peer("adversarial-robustness-toolbox", art)


BENCHMARKS = {
    "occlusion": bench_occlusion,
    "saliency": bench_saliency,
    "maximization": bench_maximization,
    "attacks": bench_attacks,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer and smaller runs")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=list(BENCHMARKS), help="some of them")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # the peers'
    found = []
    for name in ("tensorflow", "keras", *PEERS):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {', '.join(found)}\n")
    print("| what | ours, ms | other, ms | times as fast |\n|---|---|---|---|")
    for name in arguments.only:
        BENCHMARKS[name](arguments.quick)


if __name__ == "__main__":
    main()
