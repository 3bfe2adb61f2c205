import keras
import pytest

from cnnkit import graph


def branched():
    x = keras.Input((8, 8, 3), name="x")
    left, right = keras.layers.ReLU(name="left")(x), keras.layers.Conv2D(3, 1, name="right")(x)
    return keras.Model(x, keras.layers.Add(name="sum")([left, right]))


def test_what_a_node_needs_comes_before_it():
    made = set()
    for node in graph.nodes(branched(), "this test"):
        assert {id(tensor) for tensor in graph.sources(node)} <= made
        made.update(id(tensor) for tensor in node.output_tensors)


def test_a_node_for_each_use_of_a_layer():
    x = keras.Input((4, 4, 2))
    shared = keras.layers.ReLU()
    nodes = graph.nodes(keras.Model(x, shared(shared(x))), "this test")
    assert [node.operation is shared for node in nodes] == [False, True, True]
    assert [len(graph.sources(node)) for node in nodes] == [0, 1, 1]


def test_a_sequential_model_has_its_input():
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.ReLU(name="relu")])
    assert [node.operation.name for node in graph.nodes(model, "this test")][1:] == ["relu"]


def test_who_asks_is_told_what_to_build():
    with pytest.raises(
        ValueError, match="^draw takes a functional model.* received Sequential; build a Sequential from"
    ):
        graph.nodes(keras.Sequential([keras.layers.ReLU()]), "draw")
