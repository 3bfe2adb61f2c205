import contextlib
import random
import types

import numpy as np
import pytest

from cnnkit.check._expect import CheckFailed
from cnnkit.check.codec import decode, encode
from cnnkit.check.submission import RemoteModel, Submission, local


def submission(**variables):
    return Submission(local(variables))


def answering(reply):
    """A submission whose other side always sends this reply."""
    return Submission(lambda request: reply if isinstance(reply, bytes) else encode(reply))


def complaint(action):
    with pytest.raises(CheckFailed) as failure:
        action()
    assert "\n" not in str(failure.value)
    return str(failure.value)


def cell(source, folder):
    """The variables of a notebook's cell, run from a file as ipykernel does it."""
    path = folder / "ipykernel_1" / "cell.py"
    path.parent.mkdir()
    path.write_text(source)
    variables = {}
    exec(compile(source, str(path), "exec"), variables)
    return variables


def test_functions_and_values_are_those_of_the_notebook():
    asked = submission(add=lambda a, b=0: a + b, rate=0.1)
    assert asked.add(1, b=2) == 3
    np.testing.assert_array_equal(asked.add(np.arange(3), np.arange(3)), [0, 2, 4])
    assert asked.value("rate") == 0.1


def test_the_students_function_gets_copies():
    def spoil(array):
        array[:] = 9
        return array

    given = np.zeros(3)
    assert submission(spoil=spoil).spoil(given).max() == 9
    assert given.max() == 0


def test_a_seeded_generator_is_there_for_fresh_inputs():
    assert submission().rng.normal() == submission().rng.normal()
    assert Submission(local({}), np.random.default_rng(1)).rng.normal() == np.random.default_rng(1).normal()


def test_a_missing_function_is_asked_for_by_name():
    expected = "there is no `conv2d` in the notebook. Was its cell run, and is the name unchanged?"
    assert complaint(submission().conv2d) == expected
    assert complaint(lambda: submission().value("conv2d")) == expected
    assert complaint(lambda: submission().model("conv2d")) == expected


@pytest.mark.parametrize("value", [3, [1], "f"])
def test_what_is_no_function_cannot_be_called(value):
    assert complaint(submission(f=value).f) == f"`f` is a {type(value).__name__}, and should be a function."


STUBS = """
def tiled():
    # YOUR CODE HERE
    raise NotImplementedError()

def blur(function=None):
    return (function or tiled)()

class Reader:
    layers = predict = None

    def __init__(self):
        raise NotImplementedError

def build():
    return Reader()

def inner():
    def step():
        raise NotImplementedError
    return step()
"""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tiled", "`tiled` is not written yet: it still raises NotImplementedError."),
        ("blur", "`blur` needs `tiled`, which is not written yet."),
        ("build", "`build` needs `Reader.__init__`, which is not written yet."),
        ("inner", "`inner` is not written yet: it still raises NotImplementedError."),
    ],
)
def test_the_function_whose_code_is_missing_is_named(tmp_path, name, words):
    asked = Submission(local(cell(STUBS, tmp_path)))
    assert complaint(getattr(asked, name)) == words
    if name == "build":
        assert complaint(lambda: asked.model("build")) == words


def test_what_a_library_has_not_implemented_is_no_missing_answer(tmp_path):
    asked = Submission(local(cell("import asyncio\n\ndef f():\n    asyncio.AbstractEventLoop().stop()\n", tmp_path)))
    assert complaint(asked.f) == "`f` raised NotImplementedError (in f, line 4: asyncio.AbstractEventLoop().stop())"


def test_a_name_that_nothing_has_made_is_told_as_that():
    said = complaint(submission(f=eval("lambda: model")).f)
    assert said.startswith("`f` raised NameError: name 'model' is not defined (")
    assert said.endswith("). Is it misspelt, or did the cell that makes it not run?")


def test_exit_is_told_as_exit_also_ipythons_that_ends_the_kernel_later():
    class ExitAutocall:
        __module__ = "IPython.core.autocall"

        def __call__(self):
            raise AssertionError("the kernel is told to end")

    for name in ("exit", "quit"):
        variables = {name: ExitAutocall()}
        exec(f"def f():\n    {name}()\n", variables)
        theirs = variables[name]
        assert complaint(Submission(local(variables)).f) == "`f` called exit(). A function ends with `return`."
        assert variables[name] is theirs
    assert "called exit()" in complaint(submission(f=__import__("sys").exit).f)
    assert submission(exit=lambda: 3, f=len).exit() == 3


def test_a_tape_that_does_not_watch_is_told_as_that():
    def gradient(tape=None):
        return tape and GradientTape  # noqa: F821

    said = complaint(submission(gradient=gradient).gradient)
    assert "A tape gives None for what it does not watch" in said
    assert submission(f=lambda: None).f() is None


def test_what_a_variable_holds_is_not_called_returned():
    assert complaint(lambda: submission(x=object()).value("x")).startswith("`x` holds a object, not a number")


def test_an_exception_is_told_with_the_students_line(tmp_path):
    source = "import numpy as np\n\ndef f(x):\n    y = x\n    return np.linalg.inv(y)\n"
    variables = cell(source, tmp_path)
    said = complaint(lambda: Submission(local(variables)).f(np.zeros((2, 2))))
    assert said == "`f` raised LinAlgError: Singular matrix (in f, line 5: return np.linalg.inv(y))"


def test_the_innermost_of_the_students_lines_is_named(tmp_path):
    variables = cell("def g(x):\n    return 1 // x\n\ndef f(x):\n    return g(x)\n", tmp_path)
    said = complaint(lambda: Submission(local(variables)).f(0))
    assert said.startswith("`f` raised ZeroDivisionError: ")
    assert said.endswith("(in g, line 2: return 1 // x)")


def test_an_exception_of_a_builtin_has_no_line():
    assert complaint(lambda: submission(f=int).f("x")).startswith("`f` raised ValueError: invalid literal")


def test_the_reason_of_kerass_exceptions_is_told():
    def f():
        raise ValueError(
            "Exception encountered when calling Conv2D.call().\n\n\x1b[1mToo small.\x1b[0m\n\nArguments: 3"
        )

    assert complaint(submission(f=f).f).startswith("`f` raised ValueError in Conv2D: Too small.")


def test_tensorflows_name_of_a_place_in_its_graph_is_left_out():
    def f():
        raise ValueError("Sizes 8 and 4 differ. for '{{node a/concat}} = ConcatV2[N=2](a/x)' with shapes: [8], [4].")

    assert complaint(submission(f=f).f) == "`f` raised ValueError: Sizes 8 and 4 differ."


class UnspeakableError(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class OutsiderError(BaseException):
    pass


@pytest.mark.parametrize(
    "error",
    [
        SystemExit(0),
        KeyboardInterrupt(),
        StopIteration(),
        MemoryError(),
        AssertionError("a\nb"),
        CheckFailed("you get all points"),
        ValueError("x" * 10_000),
        GeneratorExit(),
        OutsiderError(),
        UnspeakableError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_function_raises_is_a_failed_check_in_one_line(error):
    def f():
        raise error

    said = complaint(submission(f=f).f)
    assert said.startswith("`f` ")
    assert len(said) < 700


def test_endless_recursion_is_a_failed_check():
    def f():
        return f()

    assert "RecursionError" in complaint(submission(f=f).f)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((n for n in range(3)), "a generator, not a number, text, list, tuple, dict or array"),
        (object(), "a object, not a number, text, list, tuple, dict or array"),
        (np.array([1j]), "an array of dtype complex128, not of numbers; take its .real"),
        (np.broadcast_to(np.float32(0), (2**29,)), "an array of 2048 MiB, more than the 64 MiB allowed"),
        ({(1, 2): 3}, "a dict with keys that are not strings or numbers"),
    ],
    ids=["generator", "object", "complex", "2 GiB", "keys"],
)
def test_an_answer_that_is_no_plain_data_is_told(answer, words):
    assert complaint(submission(f=lambda: answer).f) == f"`f` returned {words}."


@pytest.mark.parametrize(
    "argument", [object(), (n for n in range(3)), 10**5000], ids=["object", "generator", "huge int"]
)
def test_a_tests_own_bad_argument_is_the_tests_fault(argument):
    with pytest.raises(TypeError, match="the test passes `f` "):
        submission(f=len).f(argument)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("interrupted", "`f` took too long and was stopped."),
        ("stopped", "`f` could not be asked: out of memory."),
        ("new kind", "`f`: new kind"),
    ],
)
def test_what_the_other_side_reports_is_worded(kind, words):
    assert complaint(answering({"error": kind, "text": "out of memory", "line": ""}).f) == words


@pytest.mark.parametrize("reply", [b"", b"junk", 3, [], {}, {"valeu": 1}, "value", None], ids=repr)
def test_a_reply_that_is_none_is_a_failed_check(reply):
    assert complaint(answering(reply).f) == "`f` sent no answer that could be read."


class Layer:
    def __init__(self, name, count):
        self.name = name
        self.output = types.SimpleNamespace(shape=(None, 2))
        self.activation = len
        self.count_params = lambda: count


class Model:
    """As much of a Keras model as is asked for."""

    input_shape, output_shape, built = (None, 3), (None, 2), True

    def __init__(self):
        self.kernel = np.ones((3, 2))
        self.trainable_weights = [self.kernel]
        self.weights = [self.kernel]
        self.layers = [Layer("dense", 6)]

    def count_params(self):
        return self.kernel.size

    def predict(self, images, batch_size, verbose):
        return images @ self.kernel

    def set_weights(self, weights):
        (self.kernel,) = weights


@pytest.mark.parametrize("given", [Model(), Model], ids=["a model", "a function that makes one"])
def test_a_model_is_described_and_predicts(given):
    model = submission(net=given).model("net")
    assert (model.input_shape, model.output_shape) == ((None, 3), (None, 2))
    assert (model.parameters, model.trainable, model.weights) == (6, 6, [(3, 2)])
    assert model.layers == [
        {"class": "Layer", "name": "dense", "parameters": 6, "output_shape": [None, 2], "activation": "len"}
    ]
    np.testing.assert_array_equal(model.predict(np.eye(3)), np.ones((3, 2)))
    model.set_weights([np.zeros((3, 2))])
    np.testing.assert_array_equal(model.predict(np.eye(3)), np.zeros((3, 2)))


def test_layers_of_models_inside_a_model_are_described_in_their_place():
    inner, outer = Model(), Model()
    inner.layers = [Layer("a", 1), Layer("b", 2)]
    outer.layers = [Layer("first", 3), inner, Layer("last", 4)]
    layers = submission(net=outer).model("net").layers
    assert [layer["name"] for layer in layers] == ["first", "a", "b", "last"]


def test_a_model_that_a_function_made_is_told_from_one_that_was_there():
    assert [submission(net=given).model("net").made for given in (Model(), Model)] == [False, True]


def test_a_model_of_an_own_class_is_told_how_to_tell_its_shapes():
    model = Model()
    model.input_shape = None
    assert "a class of your own, which does not tell its shapes" in complaint(
        lambda: submission(net=model).model("net")
    )


def test_what_is_no_model_is_told():
    assert (
        complaint(lambda: submission(net=lambda: 3).model("net")) == "`net` gave a int, and should give a Keras model."
    )
    assert complaint(lambda: submission(net=3).model("net")) == "`net` is a int, and should be a function."


def test_a_model_without_an_input_shape_is_told():
    model = Model()
    model.built = False
    expected = "`net` gave a model without an input shape. Did you forget keras.Input?"
    assert complaint(lambda: submission(net=model).model("net")) == expected


class Refusing(Model):
    def predict(self, images, batch_size, verbose):
        raise ValueError("the sizes differ")

    def set_weights(self, weights):
        raise ValueError("too few")


@pytest.mark.parametrize(
    ("given", "who"), [(Refusing(), "`net`"), (Refusing, "the model of `net`")], ids=["a model", "of a function"]
)
def test_what_a_model_raises_is_told_of_the_model_and_with_what_it_was_given(given, who):
    model = submission(net=given).model("net")
    said = complaint(lambda: model.predict(np.eye(3)))
    assert said.startswith(f"{who}, given images of shape (3, 3), raised ValueError: the sizes differ")
    assert complaint(lambda: model.set_weights([])).startswith(f"{who}, given weights, raised ValueError: too few")


@pytest.mark.parametrize("answer", [None, 3, np.zeros(()), np.zeros((2, 2)), [[1, 2]] * 3, "abc"], ids=repr)
def test_predictions_are_a_row_an_image(answer):
    model = submission(net=Model()).model("net")
    model._submission = answering({"value": answer})
    assert complaint(lambda: model.predict(np.eye(3))) == (
        "`net` predicted something else than one row for each of 3 images."
    )


REPORT = {
    "handle": 0,
    "made": False,
    "input_shape": [None, 3],
    "output_shape": [None, 2],
    "parameters": 6,
    "trainable": 6,
    "weights": [[3, 2]],
    "layers": [{"class": "Dense"}],
}
ODD = [None, -1, 2.5, float("inf"), float("nan"), "x", [], [[]], {}, {"a": 1}, np.zeros(3), np.zeros(()), [[1, 2, 3]]]


def test_a_whole_report_is_read():
    assert isinstance(answering({"value": REPORT}).model("net"), RemoteModel)


@pytest.mark.parametrize("seed", range(100))
def test_a_forged_report_is_read_or_is_a_failed_check(seed):
    rng = random.Random(seed)
    forged = dict(REPORT)
    for key in rng.sample(sorted(forged), k=rng.randrange(1, 3)):
        forged[key] = rng.choice(ODD)
    with contextlib.suppress(CheckFailed):
        answering({"value": forged}).model("net")


@pytest.mark.parametrize("report", ODD, ids=repr)
def test_a_report_that_is_none_is_a_failed_check(report):
    assert complaint(lambda: answering({"value": report}).model("net")) == (
        "`net` is not a Keras model that can be read."
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_forged_error_is_a_failed_check(seed):
    rng = random.Random(seed)
    forged = {"error": rng.choice(ODD), "text": rng.choice(ODD), "line": rng.choice(ODD)}
    with pytest.raises(CheckFailed):
        answering(forged).f()


def test_special_names_are_no_functions_of_the_notebook():
    with pytest.raises(AttributeError):
        submission(__len__=lambda: 3).__len__  # noqa: B018


def test_requests_are_plain_data():
    seen = []

    def transport(request):
        seen.append(decode(request))
        return encode({"value": None})

    Submission(transport).f(1, (2, 3), key="v")
    assert seen == [{"op": "call", "name": "f", "args": [1, (2, 3)], "kwargs": {"key": "v"}}]
