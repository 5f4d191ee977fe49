"""Columns named by OCSF's paths become the nested columns of the tables, a table for each partition."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.lake.classes import OTHER, SEVERITIES, STATUSES, Table, ocsf_version, table
from bastide.lake.layout import Partition, account_of, region_of

if TYPE_CHECKING:
    import pyarrow as pa

    from bastide.lake.source import Source

DAY = 86_400_000


class Rows(Struct):
    """Rows of one partition, sorted by time; `twice` counts events that were left out because they stand there."""

    partition: Partition
    rows: pa.Table
    twice: int = 0


def partitions(source: Source, flat: pa.Table | None) -> list[Rows]:
    """The rows of a query's result (`sql`) by partition; an event that is there twice stands once."""
    import pyarrow as pa
    from pyarrow import compute

    if flat is None or not len(flat):
        return []
    day = compute.divide(flat.column("_time"), pa.scalar(DAY, pa.int64()))
    flat = flat.append_column("_day", day)
    keys = ["_table", "_account", "_region", "_day"]
    order = compute.sort_indices(flat.select([*keys, "_time"]), [(key, "ascending") for key in (*keys, "_time")])
    flat = pa.table({name: _in_order(flat.column(name), order) for name in flat.column_names})
    counts = flat.group_by(keys, use_threads=False).aggregate([([], "count_all")]).to_pylist()
    names, found, at = list(source.tables), [], 0
    for group in counts:
        one = table(names[group["_table"]])
        part = _once(flat.slice(at, group["count_all"]))
        at += group["count_all"]
        where = Partition(one.name, region_of(group["_region"]), account_of(group["_account"]), _day(group["_day"]))
        found.append(Rows(where, nested(one, _completed(source, one, part)), group["count_all"] - len(part)))
    return found


def _in_order(column: pa.ChunkedArray, order: pa.Array) -> Any:
    """A column in one piece; made column by column, there are never three of all."""
    taken = column.take(order)
    return taken.chunk(0) if taken.num_chunks == 1 else taken.combine_chunks()


def _once(part: pa.Table) -> pa.Table:
    """Without what has the id and the time of an event before it."""
    from pyarrow import compute

    uid = part.column("metadata.uid")
    if compute.count_distinct(uid).as_py() == len(part):
        return part
    seen: set[tuple[str, int]] = set()
    kept = []
    for index, key in enumerate(zip(uid.to_pylist(), part.column("_time").to_pylist(), strict=True)):
        if key not in seen:
            seen.add(key)
            kept.append(index)
    return part.take(kept) if len(kept) < len(part) else part


def _day(number: int) -> str:
    import datetime as dt

    return (dt.date(1970, 1, 1) + dt.timedelta(days=number)).strftime("%Y%m%d")


def _completed(source: Source, one: Table, part: pa.Table) -> dict[str, Any]:
    """The columns that a query gives and those that follow from them."""
    import pyarrow as pa
    from pyarrow import compute

    columns: dict[str, Any] = {name: part.column(name) for name in part.column_names if not name.startswith("_")}
    time = part.column("_time")
    columns |= {
        "time": time,
        "time_dt": compute.cast(compute.multiply(time, 1000), pa.timestamp("us")),
        "cloud.account.uid": part.column("_account"),
        "cloud.region": part.column("_region"),
        **_activities(one, columns["activity_id"], columns["activity_name"]),
    }
    if "severity" not in columns:
        columns["severity"] = _looked_up(columns["severity_id"], SEVERITIES)
    if "status" not in columns and "status_id" in columns:
        columns["status"] = _looked_up(columns["status_id"], STATUSES)
    constants = {
        "class_uid": one.uid,
        "class_name": one.title,
        "category_uid": one.category_uid,
        "category_name": one.category,
        "metadata.version": ocsf_version(),
        "metadata.profiles": _profiles(one, columns),
        "cloud.provider": "AWS",
        **{f"metadata.product.{name}": value for name, value in source.product.items()},
    }
    return {name: _same(value, len(part)) for name, value in constants.items()} | columns


def _activities(one: Table, ids: Any, names: Any) -> dict[str, Any]:
    """Ids and names of activities, and of types, which are class and activity together."""
    import pyarrow as pa
    from pyarrow import compute

    ids = compute.fill_null(compute.cast(ids, pa.int32()), 0)
    captions = _looked_up(ids, one.activities)
    names = compute.if_else(compute.equal(ids, OTHER), compute.coalesce(names, captions), captions)
    return {
        "activity_id": ids,
        "activity_name": names,
        "type_uid": compute.add(compute.cast(ids, pa.int64()), pa.scalar(one.type_uid(0), pa.int64())),
        "type_name": compute.binary_join_element_wise(pa.scalar(f"{one.title}:"), names, " "),
    }


def _profiles(one: Table, columns: dict[str, Any]) -> tuple[str, ...]:
    """The profiles of OCSF without which a class would not have these columns."""
    of_network = one.category_uid == 4
    more = {"security_control": "action_id" in columns, "host": "actor.user.uid" in columns}
    return ("cloud", "datetime", *(name for name, there in more.items() if there and of_network))


_MANY = 1 << 16


def _same(value: Any, count: int) -> Any:
    """One value so many times; the same memory serves every table."""
    import pyarrow as pa

    if count > _MANY:
        return pa.repeat(_scalar(value), count)
    return _repeated(value).slice(0, count)


@cache
def _repeated(value: Any) -> Any:
    import pyarrow as pa

    return pa.repeat(_scalar(value), _MANY)


def _scalar(value: Any) -> Any:
    import pyarrow as pa

    return pa.scalar(list(value), pa.list_(pa.string())) if isinstance(value, tuple) else pa.scalar(value)


@cache
def _nothing(kind: pa.DataType) -> Any:
    import pyarrow as pa

    return pa.nulls(_MANY, kind)


def _looked_up(ids: Any, names: dict[int, str]) -> Any:
    """The name of each id; NULL for one that has none."""
    import pyarrow as pa
    from pyarrow import compute

    at = compute.index_in(compute.cast(ids, pa.int64()), pa.array(list(names), pa.int64()))
    return compute.take(pa.array(list(names.values()), pa.string()), at)


def nested(one: Table, columns: dict[str, Any]) -> pa.Table:
    """The table whose columns are these and NULL; a column is named by its whole path."""
    import pyarrow as pa

    count = len(columns["time"])
    schema = one.arrow()
    tree = _tree(tuple(columns))
    arrays = [_array(field.type, tree.get(field.name), field.name, columns, count) for field in schema]
    return pa.table(arrays, schema=schema)


def _array(kind: pa.DataType, tree: Any, path: str, columns: dict[str, Any], count: int) -> Any:
    import pyarrow as pa

    if tree is None:
        return pa.nulls(count, kind) if count > _MANY else _nothing(kind).slice(0, count)
    if path in columns:
        found = columns[path]
        whole = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
        return whole if whole.type == kind else whole.cast(kind)
    fields = list(kind)
    inner = [_array(field.type, tree.get(field.name), f"{path}.{field.name}", columns, count) for field in fields]
    return pa.StructArray.from_arrays(inner, fields=fields)


@cache
def _tree(paths: tuple[str, ...]) -> dict[str, Any]:
    """The paths as a tree: `{"actor": {"user": {"name": {}}}}`."""
    tree: dict[str, Any] = {}
    for path in paths:
        at = tree
        for part in path.split("."):
            at = at.setdefault(part, {})
    return tree
