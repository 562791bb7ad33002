/** The hash of a record of the log, written again from its documented layout, and what it tells apart. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { landBatch, logHead, verifyLanding, type NewLanding } from '../../src/log/landing.ts'
import { recordHash, type RecordFields } from '../../src/log/record-hash.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { newBook } from '../support/ledger.ts'

/** 4 bytes of length and UTF-8. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** 8 bytes, big-endian. */
function integer(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}

function byHand(previous: Uint8Array, fields: RecordFields): string {
  const { book, batch, item, kind, source, request, atMs, httpStatus, contentType, bodyBytes, bodySha256 } = fields
  const parts = [Buffer.from([1]), previous, text(book), integer(batch), integer(item), text(kind), text(source)]
  const more = [
    text(request),
    integer(atMs),
    text(httpStatus === null ? '' : String(httpStatus)),
    text(contentType),
    integer(bodyBytes),
    bodySha256,
  ]
  return createHash('sha256')
    .update(Buffer.concat([...parts, ...more]))
    .digest('hex')
}

const anyHash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const anyText = fc.string({ unit: 'binary', maxLength: 40 })
const anyFields: fc.Arbitrary<RecordFields> = fc.record({
  book: anyText,
  batch: fc.integer({ min: 1 }),
  item: fc.integer({ min: 1 }),
  kind: anyText,
  source: anyText,
  request: anyText,
  atMs: fc.maxSafeInteger(),
  httpStatus: fc.option(fc.integer({ min: 100, max: 599 })),
  contentType: anyText,
  bodyBytes: fc.maxSafeNat(),
  bodySha256: anyHash,
})

describe('the hash of a record', () => {
  it('is SHA-256 over version, the hash before, and every field', () => {
    fc.assert(
      fc.property(anyHash, anyFields, (previous, fields) => {
        expect(recordHash(previous, fields).toString('hex')).toBe(byHand(previous, fields))
      }),
    )
  })

  it('is another one when a text ends where the next one began', () => {
    const fields = { book: 'a', batch: 1, item: 1, request: '{}', atMs: 0, httpStatus: null, contentType: '' }
    const body = { bodyBytes: 0, bodySha256: Buffer.alloc(32) }
    const one = recordHash(Buffer.alloc(32), { ...fields, ...body, kind: 'ab', source: 'c' })
    const other = recordHash(Buffer.alloc(32), { ...fields, ...body, kind: 'a', source: 'bc' })
    expect(one.equals(other)).toBe(false)
  })
})

const ITEM: NewLanding = {
  kind: 'webhook',
  source: 'panel',
  request: { a: 'ä' },
  fetchedAtMs: 7,
  httpStatus: null,
  contentType: 'text/plain',
  body: Buffer.from('x'),
}

describeOnBothEngines('the log of a book', (fresh) => {
  it('is one chain from 32 zero bytes, over batches, and the same on both engines', async () => {
    const database = await fresh()
    const { kysely } = database
    const { id, name } = await newBook(database)
    await landBatch(kysely, id, [ITEM, { ...ITEM, httpStatus: 200 }])
    await landBatch(kysely, id, [{ ...ITEM, body: Buffer.alloc(5000, 'y') }])
    let expected = Buffer.alloc(32).toString('hex')
    const fields = {
      book: name,
      kind: 'webhook',
      source: 'panel',
      request: '{"a":"ä"}',
      atMs: 7,
      contentType: 'text/plain',
    }
    const rows = [
      { batch: 1, item: 1, httpStatus: null, body: 'x' },
      { batch: 1, item: 2, httpStatus: 200, body: 'x' },
      { batch: 2, item: 1, httpStatus: null, body: 'y'.repeat(5000) },
    ]
    for (const { body, ...row } of rows) {
      const bodySha256 = createHash('sha256').update(body).digest()
      expected = byHand(Buffer.from(expected, 'hex'), { ...fields, ...row, bodyBytes: body.length, bodySha256 })
    }
    expect(await logHead(kysely, id)).toEqual({ place: '2.1', hash: expected })
    for await (const finding of verifyLanding(kysely, id)) expect(finding).toBeUndefined()
  })
})
