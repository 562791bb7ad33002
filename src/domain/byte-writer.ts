/**
 * Bytes that are hashed: a version, the hash before, then fields, each with its length or a fixed width, so that no two
 * different lists of fields share bytes. One buffer serves all.
 */
const HASH_BYTES = 32
const HEADER_BYTES = 1 + HASH_BYTES
const MAX_UTF8_PER_UNIT = 3
const TWO_TO_32 = 0x1_0000_0000

/** What the first link of a chain follows. */
export const GENESIS_HASH = Buffer.alloc(HASH_BYTES)

export interface ByteWriter {
  /** Begins anew. `previous` is 32 bytes. */
  readonly begin: (version: number, previous: Uint8Array) => void
  /** Four bytes of length and UTF-8. */
  readonly text: (value: string) => void
  /** Eight bytes, big-endian; a safe integer. */
  readonly integer: (value: number) => void
  /** Eight bytes, big-endian. */
  readonly units: (value: bigint) => void
  /** Thirty-two bytes. */
  readonly hash: (value: Uint8Array) => void
  /** Valid until `begin`. */
  readonly bytes: () => Uint8Array
}

export function createByteWriter(): ByteWriter {
  let bytes = Buffer.allocUnsafe(4096)
  let view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0

  const reserve = (count: number): void => {
    if (at + count <= bytes.length) return
    const larger = Buffer.allocUnsafe((at + count) * 2)
    bytes.copy(larger, 0, 0, at)
    bytes = larger
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }
  return {
    begin: (version, previous) => {
      bytes[0] = version
      bytes.set(previous, 1)
      at = HEADER_BYTES
    },
    text: (value) => {
      const { length } = value
      reserve(4 + length * MAX_UTF8_PER_UNIT)
      // Nearly all text is short ASCII, for which this loop is several times as fast as a call into the encoder.
      let index = 0
      for (; index < length; index += 1) {
        const unit = value.charCodeAt(index)
        if (unit > 127) break
        bytes[at + 4 + index] = unit
      }
      const written = index === length ? length : bytes.write(value, at + 4)
      view.setUint32(at, written)
      at += 4 + written
    },
    integer: (value) => {
      reserve(8)
      view.setInt32(at, Math.floor(value / TWO_TO_32))
      view.setUint32(at + 4, value >>> 0)
      at += 8
    },
    units: (value) => {
      reserve(8)
      view.setBigInt64(at, value)
      at += 8
    },
    hash: (value) => {
      reserve(HASH_BYTES)
      bytes.set(value, at)
      at += HASH_BYTES
    },
    bytes: () => bytes.subarray(0, at),
  }
}
