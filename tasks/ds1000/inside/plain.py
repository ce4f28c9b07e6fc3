"""
Results as plain data: builtin containers, numbers and text, and nothing that can run.

What the answer's process sends may be anything. `loads` builds builtin values,
NumPy arrays, pandas, SciPy, PyTorch and TensorFlow objects out of it with
their public constructors, so the tests never meet an object of the answer's.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import io
import pickle
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

_ATOMS = (type(None), bool, int, float, str, bytes)
_SEQUENCES = {
    "builtins.list": list,
    "builtins.tuple": tuple,
    "builtins.set": set,
    "builtins.frozenset": frozenset,
    "collections.deque": collections.deque,
}
_MAPPINGS: dict[str, Callable[[list[Any]], Any]] = {
    "builtins.dict": dict,
    "collections.OrderedDict": collections.OrderedDict,
    "collections.defaultdict": lambda items: collections.defaultdict(None, items),
    "collections.Counter": lambda items: collections.Counter(dict(items)),
}
_SPARSE = {
    f"{kind}_{shape}"
    for kind in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
    for shape in ("array", "matrix")
}
_ParamsOf = Callable[[Any], tuple[Any, ...]]


def dumps(value: Any) -> bytes:
    """Return `value` as bytes; raise `TypeError` if it is of a kind that is not known here."""
    return pickle.dumps(_encode(value), protocol=5)


def loads(data: bytes) -> Any:
    """Return the value that `dumps` was given; raise some exception if there is none."""
    return _decode(_Plain(io.BytesIO(data)).load())


class _Plain(pickle.Unpickler):
    """Reads builtin values only: to name a class or a function is an error."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name} is not plain data")


def _encode(value: Any) -> Any:
    """Return an atom as itself, everything else as a tuple of a tag and plain parts."""
    kind = type(value)
    if kind in _ATOMS:
        return value
    name = f"{kind.__module__}.{kind.__qualname__}"
    if name in _SEQUENCES:
        return ("sequence", name, [_encode(item) for item in value])
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return ("sequence", "builtins.tuple", [_encode(item) for item in value])
    if name in _MAPPINGS:
        return ("mapping", name, [(_encode(k), _encode(v)) for k, v in value.items()])
    for module, encode in _ENCODERS:
        if name.startswith(module) and (found := encode(value, kind.__name__)) is not None:
            return found
    raise TypeError(f"a result of type {name} cannot be taken to the tests")


def _decode(data: Any) -> Any:
    if type(data) in _ATOMS:
        return data
    tag, *parts = data
    return _DECODERS[tag](*parts)


# Encoders: (value, its type's name) to a tuple, or None for a kind that is not known.


def _of_builtins(value: Any, name: str) -> tuple[Any, ...] | None:
    parts: dict[str, _ParamsOf] = {
        "complex": lambda v: (v.real, v.imag),
        "range": lambda v: (v.start, v.stop, v.step),
        "slice": lambda v: (v.start, v.stop, v.step),
        "bytearray": lambda v: (bytes(v),),
        "date": lambda v: (v.year, v.month, v.day),
        "timedelta": lambda v: (v.days, v.seconds, v.microseconds),
        "Decimal": lambda v: (str(v),),
        "Fraction": lambda v: (v.numerator, v.denominator),
    }
    if name in ("datetime", "time"):
        return (name, value.isoformat())
    return (name, *parts[name](value)) if name in parts else None


def _of_numpy(value: Any, name: str) -> tuple[Any, ...] | None:
    numpy = import_module("numpy")
    if isinstance(value, numpy.dtype):
        return ("dtype", numpy.lib.format.dtype_to_descr(value))
    if isinstance(value, numpy.generic):
        return ("scalar", _array(numpy.asarray(value)))
    if name == "ndarray":
        return _array(value)
    if name == "matrix":
        return ("matrix", _array(numpy.asarray(value)))
    if name == "MaskedArray":
        mask = numpy.ma.getmaskarray(value)
        return ("masked", _array(value.data), _array(mask), _encode(value.fill_value))
    return None


def _array(array: Any) -> tuple[Any, ...]:
    if array.dtype.kind == "O":
        return ("objects", array.shape, [_encode(item) for item in array.ravel().tolist()])
    if array.dtype.hasobject:
        raise TypeError("an array of records with objects cannot be taken to the tests")
    descr = import_module("numpy").lib.format.dtype_to_descr(array.dtype)
    return ("ndarray", descr, array.shape, array.tobytes())


def _of_pandas(value: Any, name: str) -> tuple[Any, ...] | None:
    pandas = import_module("pandas")
    if isinstance(value, pandas.Index):
        return _index(value, name)
    if name == "DataFrame":
        columns = [_values(value.iloc[:, place]) for place in range(value.shape[1])]
        return ("frame", _encode(value.index), _encode(value.columns), columns)
    if name == "Series":
        return ("series", _encode(value.index), _values(value), _encode(value.name))
    if isinstance(value, pandas.api.extensions.ExtensionArray):
        return _extension(value)
    if isinstance(value, pandas.api.extensions.ExtensionDtype):
        return ("extension dtype", str(value))
    parts: dict[str, _ParamsOf] = {
        "Timestamp": lambda v: (v.value, None if v.tz is None else str(v.tz)),
        "Timedelta": lambda v: (v.value,),
        "Period": lambda v: (v.ordinal, v.freqstr),
        "Interval": lambda v: (_encode(v.left), _encode(v.right), v.closed),
    }
    if name in ("NAType", "NaTType"):
        return (name,)
    return (name, *parts[name](value)) if name in parts else None


def _index(value: Any, name: str) -> tuple[Any, ...]:
    label = _encode(value.name)
    if name == "MultiIndex":
        codes = [_array(each) for each in map(import_module("numpy").asarray, value.codes)]
        return (
            "multi",
            [_encode(each) for each in value.levels],
            codes,
            _encode(list(value.names)),
        )
    if name == "RangeIndex":
        return ("range index", value.start, value.stop, value.step, label)
    return ("index", _values(value), getattr(value, "freqstr", None), label)


def _values(value: Any) -> tuple[Any, ...]:
    """Return the values of a Series or an Index with their type."""
    if isinstance(value.dtype, import_module("numpy").dtype):
        return _array(value.to_numpy())
    return _extension(value.array)


def _extension(array: Any) -> tuple[Any, ...]:
    name = str(array.dtype)
    if type(array).__name__ == "Categorical":
        codes = _array(import_module("numpy").asarray(array.codes))
        return ("categorical", codes, _encode(array.categories), bool(array.ordered))
    return ("extension", name, [_encode(item) for item in array])


def _of_scipy(value: Any, name: str) -> tuple[Any, ...] | None:
    if name not in _SPARSE:
        return None
    coo = value.tocoo()
    return ("sparse", name, _array(coo.row), _array(coo.col), _array(coo.data), tuple(coo.shape))


def _of_torch(value: Any, name: str) -> tuple[Any, ...] | None:
    torch = import_module("torch")
    if isinstance(value, torch.dtype):
        return ("torch dtype", str(value).removeprefix("torch."))
    if name == "Size":
        return ("size", [int(each) for each in value])
    if name not in ("Tensor", "Parameter") or value.layout is not torch.strided:
        return None
    array = value.detach().cpu().resolve_conj().numpy()
    return ("tensor", _array(array), bool(value.requires_grad), name == "Parameter")


def _of_tensorflow(value: Any, name: str) -> tuple[Any, ...] | None:
    if name in ("EagerTensor", "ResourceVariable"):
        return ("tensorflow", name, value.dtype.name, _encode(value.numpy()))
    return None


_ENCODERS = (
    ("builtins.", _of_builtins),
    ("datetime.", _of_builtins),
    ("decimal.", _of_builtins),
    ("fractions.", _of_builtins),
    ("numpy.", _of_numpy),
    ("pandas.", _of_pandas),
    ("scipy.sparse.", _of_scipy),
    ("torch.", _of_torch),
    ("tensorflow.", _of_tensorflow),
)


# Decoders, by tag. Every argument may be a lie: nothing here calls what it was given.


def _ndarray(descr: Any, shape: Any, data: bytes) -> Any:
    numpy = import_module("numpy")
    dtype = _dtype(descr)
    if dtype.itemsize == 0:
        return numpy.empty(shape, dtype)
    return numpy.frombuffer(bytearray(data), dtype).reshape(shape)


def _dtype(descr: Any) -> Any:
    return import_module("numpy").lib.format.descr_to_dtype(descr)


def _objects(shape: Any, items: list[Any]) -> Any:
    array = import_module("numpy").empty(len(items), object)
    for place, item in enumerate(items):
        array[place] = _decode(item)
    return array.reshape(shape)


def _masked(data: Any, mask: Any, fill: Any) -> Any:
    numpy = import_module("numpy")
    return numpy.ma.MaskedArray(_decode(data), _decode(mask), fill_value=_decode(fill))


def _frame(index: Any, columns: Any, values: list[Any]) -> Any:
    pandas = import_module("pandas")
    rows, names = _decode(index), _decode(columns)
    series = {n: pandas.Series(_decode(v), index=rows) for n, v in enumerate(values)}
    frame = pandas.DataFrame(series, index=rows)
    frame.columns = names
    return frame


def _series(index: Any, values: Any, name: Any) -> Any:
    return import_module("pandas").Series(_decode(values), index=_decode(index), name=_decode(name))


def _plain_index(values: Any, freq: Any, name: Any) -> Any:
    pandas = import_module("pandas")
    array = _decode(values)
    found = pandas.Index(array, dtype=array.dtype, name=_decode(name))
    return type(found)(found, freq=freq) if freq and found.dtype.kind in "mM" else found


def _multi(levels: list[Any], codes: list[Any], names: Any) -> Any:
    return import_module("pandas").MultiIndex(
        [_decode(level) for level in levels],
        [_decode(code) for code in codes],
        names=_decode(names),
    )


def _range_index(start: int, stop: int, step: int, name: Any) -> Any:
    return import_module("pandas").RangeIndex(start, stop, step, name=_decode(name))


def _categorical(codes: Any, categories: Any, ordered: bool) -> Any:
    kind = import_module("pandas").Categorical
    return kind.from_codes(_decode(codes), _decode(categories), ordered)


def _extension_array(dtype: str, items: list[Any]) -> Any:
    return import_module("pandas").array([_decode(item) for item in items], dtype=dtype)


def _extension_dtype(name: str) -> Any:
    return import_module("pandas").api.types.pandas_dtype(name)


def _timedelta(value: int) -> Any:
    return import_module("pandas").Timedelta(value)


def _period(ordinal: int, freq: str) -> Any:
    return import_module("pandas").Period(ordinal=ordinal, freq=freq)


def _interval(left: Any, right: Any, closed: str) -> Any:
    return import_module("pandas").Interval(_decode(left), _decode(right), closed)


def _timestamp(value: int, zone: str | None) -> Any:
    pandas = import_module("pandas")
    if zone is None:
        return pandas.Timestamp(value)
    return pandas.Timestamp(value, tz="UTC").tz_convert(zone)


def _sparse(name: str, row: Any, col: Any, data: Any, shape: Any) -> Any:
    if name not in _SPARSE:
        raise ValueError(f"{name} is no sparse matrix")
    sparse = import_module("scipy.sparse")
    coo = sparse.coo_matrix((_decode(data), (_decode(row), _decode(col))), shape=shape)
    return getattr(sparse, name)(coo)


def _tensor(array: Any, grad: bool, parameter: bool) -> Any:
    torch = import_module("torch")
    tensor = torch.from_numpy(_decode(array))
    return torch.nn.Parameter(tensor, grad) if parameter else tensor.requires_grad_(grad)


def _torch_dtype(name: str) -> Any:
    torch = import_module("torch")
    found = getattr(torch, name)
    if not isinstance(found, torch.dtype):
        raise TypeError(f"{name} is no type of numbers")
    return found


def _tensorflow(name: str, dtype: str, value: Any) -> Any:
    tensorflow = import_module("tensorflow")
    make = tensorflow.constant if name == "EagerTensor" else tensorflow.Variable
    return make(_decode(value), dtype=tensorflow.dtypes.as_dtype(dtype))


_DECODERS: dict[str, Callable[..., Any]] = {
    "sequence": lambda name, items: _SEQUENCES[name](_decode(item) for item in items),
    "mapping": lambda name, items: _MAPPINGS[name]([(_decode(k), _decode(v)) for k, v in items]),
    "complex": complex,
    "range": range,
    "slice": slice,
    "bytearray": bytearray,
    "date": datetime.date,
    "datetime": datetime.datetime.fromisoformat,
    "time": datetime.time.fromisoformat,
    "timedelta": datetime.timedelta,
    "Decimal": decimal.Decimal,
    "Fraction": fractions.Fraction,
    "dtype": _dtype,
    "scalar": lambda array: _decode(array)[()],
    "ndarray": _ndarray,
    "objects": _objects,
    "matrix": lambda array: import_module("numpy").asmatrix(_decode(array)),
    "masked": _masked,
    "frame": _frame,
    "series": _series,
    "index": _plain_index,
    "range index": _range_index,
    "multi": _multi,
    "categorical": _categorical,
    "extension": _extension_array,
    "extension dtype": _extension_dtype,
    "NAType": lambda: import_module("pandas").NA,
    "NaTType": lambda: import_module("pandas").NaT,
    "Timestamp": _timestamp,
    "Timedelta": _timedelta,
    "Period": _period,
    "Interval": _interval,
    "sparse": _sparse,
    "tensor": _tensor,
    "torch dtype": _torch_dtype,
    "size": lambda sizes: import_module("torch").Size(sizes),
    "tensorflow": _tensorflow,
}
