"""A vector of sixteen float32 numbers as a Numba type, for loops that must fill the widest registers.

LLVM's own vectoriser prefers half of a 512-bit register and must be talked into keeping sums in registers.
With vectors as values the loop says what happens: these functions become one instruction each (two or four on
processors with narrower registers). They do not check bounds.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, models, register_model

LANES = 16
_FLOAT = ir.FloatType()
_VECTOR = ir.VectorType(_FLOAT, LANES)


class _VectorType(types.Type):
    def __init__(self) -> None:
        super().__init__("float32x16")


vector = _VectorType()


@register_model(_VectorType)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, numba_type: Any) -> None:
        super().__init__(manager, numba_type, _VECTOR)


def _address(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), _VECTOR.as_pointer())


def _shuffle(builder: Any, a: Any, b: Any, source: list[int]) -> Any:
    """The vector whose numbers have these places in `a` and, counted on, in `b`."""
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(ir.IntType(32), len(source)), source))


@intrinsic
def load(typing, array, index):
    """The vector that begins at `index` of a flat float32 array."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_address(context, builder, signature.args[0], *args), align=4)

    return vector(array, types.intp), generate


@intrinsic
def store(typing, array, index, value):
    """Write a vector to `index` of a flat float32 array."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        target = _address(context, builder, signature.args[0], *args[:2])
        builder.store(args[2], target, align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), generate


@intrinsic
def prefetch(typing, array, index):
    """Ask for the cache line around `index` of an array, counted flat, so that it is near when needed."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch")
        place = builder.bitcast(_address(context, builder, signature.args[0], *args), byte)
        builder.call(function, [place, word(0), word(2), word(1)])  # to read, into the second level, data
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


@intrinsic
def fill(typing, number):
    """The vector with the same number sixteen times."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), args[0], ir.IntType(32)(0))
        return _shuffle(builder, first, first, [0] * LANES)

    return vector(types.float32), generate


@intrinsic
def add(typing, a, b):
    """Sum a + b."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fadd(*args)

    return vector(vector, vector), generate


@intrinsic
def multiply_add(typing, a, b, c):
    """Sum a * b + c, rounded once where the processor can."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fmuladd.v{LANES}f32")
        return builder.call(function, args)

    return vector(vector, vector, vector), generate


@intrinsic
def keep_above(typing, value, threshold, witness):
    """`value` where `witness` exceeds `threshold` or is NaN, zero elsewhere."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value, threshold, witness = args
        chosen = builder.fcmp_unordered(">", witness, threshold)
        return builder.select(chosen, value, ir.Constant(_VECTOR, [0.0] * LANES))

    return vector(vector, vector, vector), generate


@intrinsic
def magnitude(typing, value):
    """|value|."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(_VECTOR, [_VECTOR])
        function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fabs.v{LANES}f32")
        return builder.call(function, args)

    return vector(vector), generate


@intrinsic
def total(typing, value):
    """The sum of the sixteen numbers, halves first, so that the order is always the same."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        (value,) = args
        for half in (8, 4, 2, 1):
            value = builder.fadd(
                value, _shuffle(builder, value, value, [(i + half) % LANES for i in range(LANES)])
            )
        return builder.extract_element(value, ir.IntType(32)(0))

    return types.float32(vector), generate


@intrinsic
def shift_lanes(typing, value, by):
    """Every number moved `by` lanes upwards (a constant, downwards if negative), zeros moving in."""
    if not isinstance(by, types.IntegerLiteral):
        return None
    distance = by.literal_value

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero = ir.Constant(_VECTOR, [0.0] * LANES)
        source = [lane - distance for lane in range(LANES)]
        return _shuffle(builder, args[0], zero, [lane if 0 <= lane < LANES else LANES for lane in source])

    return vector(vector, by), generate


def _quarters(context: Any, builder: Any, array_type: Any, args: Any) -> dict[tuple[int, int], Any]:
    """Addresses of four numbers each: at `start` of four images, and there in each of their four strips."""
    array, start, image_size, strip = args
    data = context.make_array(array_type)(context, builder, array).data
    quarter = ir.VectorType(_FLOAT, 4).as_pointer()
    found = {}
    for image in range(4):
        for block in range(4):
            ahead = builder.add(
                builder.mul(image_size, image_size.type(image)), builder.mul(strip, strip.type(block))
            )
            found[image, block] = builder.bitcast(builder.gep(data, [builder.add(start, ahead)]), quarter)
    return found


def _exchange(builder: Any, vectors: list[Any]) -> list[Any]:
    """Four vectors, each four quarters of four: the 4x4 transpose within each quarter; its own inverse."""
    low = [lane + half for lane in (0, 4, 8, 12) for half in (0, LANES, 1, LANES + 1)]
    high = [lane + 2 for lane in low]
    pairs = [lane + half for lane in (0, 4, 8, 12) for half in (0, 1, LANES, LANES + 1)]
    others = [lane + 2 for lane in pairs]
    a, b, c, d = vectors
    ab_low, ab_high = _shuffle(builder, a, b, low), _shuffle(builder, a, b, high)
    cd_low, cd_high = _shuffle(builder, c, d, low), _shuffle(builder, c, d, high)
    return [
        _shuffle(builder, ab_low, cd_low, pairs),
        _shuffle(builder, ab_low, cd_low, others),
        _shuffle(builder, ab_high, cd_high, pairs),
        _shuffle(builder, ab_high, cd_high, others),
    ]


@intrinsic
def read_columns(typing, target, cell, images, start, image_size, strip):
    """Bring four columns of four strips of four images into four vectors, lane ``4 * strip + image``.

    `images` is read at ``start + image * image_size + block * strip``, four numbers each; the vectors go to
    `target`, from `cell` on.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        target, cell, *source = args
        places = _quarters(context, builder, signature.args[2], source)
        vectors = []
        for image in range(4):
            parts = [builder.load(places[image, block], align=4) for block in range(4)]
            left = _shuffle(builder, parts[0], parts[1], list(range(8)))
            right = _shuffle(builder, parts[2], parts[3], list(range(8)))
            vectors.append(_shuffle(builder, left, right, list(range(16))))
        for column, value in enumerate(_exchange(builder, vectors)):
            place = builder.add(cell, cell.type(column * LANES))
            builder.store(value, _address(context, builder, signature.args[0], target, place), align=4)
        return context.get_dummy_value()

    places = (types.intp, types.intp, types.intp)
    return types.void(target, types.intp, images, *places), generate


@intrinsic
def write_columns(typing, images, start, image_size, strip, source, cell):
    """The inverse of `read_columns`."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        *target, source, cell = args
        places = _quarters(context, builder, signature.args[0], target)
        vectors = []
        for column in range(4):
            place = builder.add(cell, cell.type(column * LANES))
            vectors.append(
                builder.load(_address(context, builder, signature.args[4], source, place), align=4)
            )
        for image, value in enumerate(_exchange(builder, vectors)):
            for block in range(4):
                part = _shuffle(builder, value, value, list(range(4 * block, 4 * block + 4)))
                builder.store(part, places[image, block], align=4)
        return context.get_dummy_value()

    places = (types.intp, types.intp, types.intp)
    return types.void(images, *places, source, types.intp), generate
