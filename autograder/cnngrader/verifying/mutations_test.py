"""Each mutation is one change of the program, in the solution, and leaves all other text as it is."""

import ast

import pytest

from cnngrader.verifying.mutations import mutations

CELL = '''def answer(images, size, stride=1):
    """Of images, "größer" als 1."""
    ### BEGIN SOLUTION
{body}
    ### END SOLUTION


LATER = 1 + 1  # given
'''
BODY = """
    n, rows = images.shape  # größer
    total = 0.5
    for row in range(rows - 1):
        if row % 2 == 0 and not stride < 2 or images is None:
            continue
        total += np.sum(images[1:row, ::stride] ** 2, axis=-1, keepdims=True)
        total = total if total > 0 else -total
    if total == 1:
        raise ValueError("less than 1" + str(3 - 1))
    print("of", total + 1)
    biggest: int = max(total, 1) // size
    return np.maximum(
        total,
        biggest,
    ).copy(), [x / 2 for x in images if x]"""


def cell(*lines):
    return CELL.format(body="\n".join(f"    {line}" for line in lines))


def changed(*lines):
    """What the mutations of these lines make of the lines that they change."""
    return {mutation.after for mutation in mutations(cell(*lines), {"np"})}


def different(one, other):
    """How many parts of two programs differ, none of which is part of another; two that change places count as one,
    and so does an operation, whose operands are others where its operator binds otherwise."""
    if type(one) is not type(other):
        return 1
    if not isinstance(one, ast.AST):
        return int(one != other)
    places = 0
    for name, mine in ast.iter_fields(one):
        theirs = getattr(other, name)
        pairs = [(mine, theirs)]
        if isinstance(mine, list):
            if len(mine) != len(theirs):
                return 1
            pairs = list(zip(mine, theirs, strict=True))
            if sorted(map(dumped, mine)) == sorted(map(dumped, theirs)):
                places += [dumped(each) for each in mine] != [dumped(each) for each in theirs]
                continue
        places += sum(different(*pair) for pair in pairs)
    return min(places, 1) if isinstance(one, ast.BinOp | ast.BoolOp) else places


def dumped(value):
    return ast.dump(value) if isinstance(value, ast.AST) else repr(value)


@pytest.mark.parametrize(
    ("line", "others"),
    [
        ("return a + b", {"return a - b", "return a", "return b"}),
        ("return a * b", {"return a / b", "return a", "return b"}),
        ("return a // b", {"return a / b", "return a", "return b"}),
        ("return a / b", {"return a * b", "return a // b", "return a", "return b"}),
        (
            "return f(a + b) ** c",
            {f"return {x}" for x in ("f(a + b) * c", "f(a + b)", "c", "f(a - b) ** c")}
            | {f"return {x}" for x in ("f(a) ** c", "f(b) ** c", "(a + b) ** c")},
        ),
        ("return a < b", {"return a <= b", "return a >= b"}),
        ("return a == b", {"return a != b"}),
        ("return a in b", {"return a not in b"}),
        ("return a and b", {"return a or b", "return a", "return b"}),
        ("return not a", {"return a"}),
        ("return -a", {"return a"}),
        ("return 7", {"return 8", "return 6"}),
        ("return 2.0", {"return 3.0", "return 1.0"}),
        ("return 0.25", {"return 0.5"}),
        ("return 1e6", {"return 2000000.0"}),
        ("return True", {"return False"}),
        ("return 'text'", set()),
        ('return f"{a + 1}"', set()),
        ("return a[0]", {"return a[1]", "return a[-1]"}),
        ("return a[i, j]", {"return a[j, i]"}),
        ("return a[:n]", {"return a[:n + 1]", "return a[:n - 1]", "return a[:]"}),
        ("return a[::s]", {"return a[::]"}),
        ("return range(n)", {"return range(n + 1)", "return range(n - 1)"}),
        ("return f(a, b)", {"return f(b, a)", "return a"}),
        ("return f(a, axis=1)", {"return f(a, axis=2)", "return f(a, axis=0)", "return f(a)", "return a"}),
        ("return np.maximum(a, b)", {"return np.minimum(a, b)", "return a"}),
        ("return a.max()", {"return a.min()", "return a"}),
        ("return min(a)", {"return max(a)", "return a"}),
        ("return [a, *b]", set()),
        ("return a if b else c", {"return a if not (b) else c"}),
        ("return [x for x in a if x]", {"return [x for x in a if not (x)]"}),
        ("if a: b.c = d", {"if not (a): b.c = d", "if a: pass", "pass"}),
        ("a[b] += c", {"a[b] -= c", "a[b] = c", "pass"}),
        ("size = a", {"pass"}),
        ("other = a", set()),
        ("a, b = c", {"b, a = c"}),
        ("print(a + 1)", set()),
        ("return zip(a, strict=True)", set()),
        ("return a.b(axis=(c, d))", {"return a"}),
        ("return a.reshape(-1)", {"return a.reshape(1)", "return a"}),
        ("raise ValueError(a + 1)", set()),
        ("a = (", set()),
        ("%timeit a + 1", set()),
    ],
)
def test_what_stands_in_place_of_a_line(line, others):
    assert changed(line) == others


def test_each_is_one_change_of_a_program_that_can_be_run():
    whole = CELL.format(body=BODY)
    tree = ast.parse(whole)
    found = list(mutations(whole, {"np"}))
    assert len(found) > 60
    assert {different(tree, ast.parse(mutation.source)) for mutation in found} == {1}
    assert len({ast.dump(ast.parse(mutation.source)) for mutation in found}) == len(found)


def test_what_is_given_stays_as_it_is():
    whole = CELL.format(body=BODY)
    above, below = whole.index("### BEGIN SOLUTION"), len(whole) - whole.index("### END SOLUTION")
    for mutation in mutations(whole):
        assert mutation.source[:above] == whole[:above]
        assert mutation.source[-below:] == whole[-below:]


def test_a_change_over_lines_is_told_with_all_of_them():
    (swapped,) = (m for m in mutations(cell("return f(", "    a,", "    b)")) if m.after.startswith("b,"))
    assert (swapped.before, swapped.after) == ("a,\nb)", "b,\na)")


def test_what_can_only_fail_is_left_out():
    assert "return (1, 2)(3)" not in changed("return f((1, 2))(3)")


def test_without_a_solution_there_is_nothing_to_change():
    assert list(mutations("a = 1 + 1")) == []
