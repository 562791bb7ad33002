/**
 * Arrays in PostgreSQL's binary wire format. The driver sends a Buffer as it is, so a column of a whole batch costs one
 * pass over its values instead of quoting and escaping each one as text.
 */
const HEADER_BYTES = 20
const LENGTH_BYTES = 4
const INT8 = { oid: 20, bytes: 8 } as const
const TEXT_OID = 25
const BYTEA_OID = 17

/** `int8[]` */
export function int8Array(values: readonly (bigint | number)[]): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * (LENGTH_BYTES + INT8.bytes))
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
  let at = writeHeader(view, INT8.oid, values.length)
  for (const value of values) {
    view.setInt32(at, INT8.bytes)
    view.setBigInt64(at + LENGTH_BYTES, typeof value === 'bigint' ? value : BigInt(value))
    at += LENGTH_BYTES + INT8.bytes
  }
  return buffer
}

/** `text[]` */
export function textArray(values: readonly string[]): Buffer {
  let units = 0
  for (const value of values) units += value.length
  // A UTF-16 unit becomes three bytes at most.
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * LENGTH_BYTES + units * 3)
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
  let at = writeHeader(view, TEXT_OID, values.length)
  for (const value of values) {
    const written = buffer.write(value, at + LENGTH_BYTES)
    view.setInt32(at, written)
    at += LENGTH_BYTES + written
  }
  return buffer.subarray(0, at)
}

/** `bytea[]` of values of one width, given one after the other. */
export function byteaArray(values: Buffer, width: number): Buffer {
  const count = values.length / width
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + count * (LENGTH_BYTES + width))
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
  let at = writeHeader(view, BYTEA_OID, count)
  for (let from = 0; from < values.length; from += width) {
    view.setInt32(at, width)
    values.copy(buffer, at + LENGTH_BYTES, from, from + width)
    at += LENGTH_BYTES + width
  }
  return buffer
}

/** One dimension, no nulls, the type of the elements, their number, counted from 1. */
function writeHeader(view: DataView, oid: number, count: number): number {
  for (const [index, value] of [1, 0, oid, count, 1].entries()) view.setInt32(index * 4, value)
  return HEADER_BYTES
}
