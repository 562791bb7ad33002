/**
 * The hash of a record of the log: over the hash of the one before and every field, its body by length and SHA-256, so
 * that the chain holds when a body is erased by a recorded act. Names, not database ids, so that a replay has the same.
 */
import { hash } from 'node:crypto'
import { createByteWriter } from '../domain/byte-writer.ts'

/** First byte of every encoding; a change of layout is a new version. */
const RECORD_VERSION = 1

export interface RecordFields {
  /** Its name. */
  readonly book: string
  readonly batch: number
  readonly item: number
  readonly kind: string
  readonly source: string
  /** As JSON, byte for byte as it is kept. */
  readonly request: string
  readonly atMs: number
  readonly httpStatus: number | null
  readonly contentType: string
  readonly bodyBytes: number
  readonly bodySha256: Uint8Array
}

const writer = createByteWriter()

/**
 * Fields in this order: book, batch, item, kind, source, request, time, status (as text, '' for none), content type, length
 * and SHA-256 of the body.
 */
export function recordHash(previous: Uint8Array, fields: RecordFields): Buffer {
  writer.begin(RECORD_VERSION, previous)
  writer.text(fields.book)
  writer.integer(fields.batch)
  writer.integer(fields.item)
  writer.text(fields.kind)
  writer.text(fields.source)
  writer.text(fields.request)
  writer.integer(fields.atMs)
  writer.text(fields.httpStatus === null ? '' : String(fields.httpStatus))
  writer.text(fields.contentType)
  writer.integer(fields.bodyBytes)
  writer.hash(fields.bodySha256)
  return hash('sha256', writer.bytes(), 'buffer')
}
