/** The chain's bytes: every field counts, no two transactions share bytes, and the layout never drifts unnoticed. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GENESIS_HASH } from '../../src/domain/byte-writer.ts'
import { createCanonicalWriter } from '../../src/domain/canonical.ts'
import type { TransactionDraft } from '../../src/domain/transaction.ts'

const DRAFT: TransactionDraft = {
  source: 'netpanel',
  object: 'order:1',
  kind: 'charge',
  version: 1,
  currency: 'USD',
  amount: 450_000_000n,
  cumulative: 450_000_000n,
  effectiveDate: '2026-03-01',
  rule: 'panel-charge',
  memo: 'größer ✓',
  evidence: { batch: 2 ** 40, item: 7 },
  postings: [
    { account: '5100', amount: 450_000_000n },
    { account: '1310:netpanel', amount: -450_000_000n },
  ],
}
const PLACE = { book: 'acme', sequence: 1, recordedAtMs: 1_790_000_000_123 }

const bytesOf = (draft: TransactionDraft, place = PLACE, previous: Buffer = GENESIS_HASH): string =>
  Buffer.from(createCanonicalWriter().encode(previous, place, draft)).toString('hex')

describe('canonical bytes', () => {
  it('have a version first and the previous hash after it', () => {
    expect(bytesOf(DRAFT, PLACE, Buffer.alloc(32, 0xab)).slice(0, 66)).toBe(`01${'ab'.repeat(32)}`)
  })

  it('are what they were: a change here breaks every chain', () => {
    expect(
      createHash('sha256')
        .update(Buffer.from(bytesOf(DRAFT), 'hex'))
        .digest('hex'),
    ).toMatchInlineSnapshot(`"b00afb480d57727aa8fa88775045af23d421389ef26eef575f31c1afc8dc46db"`)
  })

  const [first, second] = DRAFT.postings
  if (first === undefined || second === undefined) throw new Error('the draft has two postings')
  const CHANGES: readonly (readonly [string, Partial<TransactionDraft>])[] = [
    ['source', { source: 'netpane' }],
    ['object', { object: 'order:2' }],
    ['kind', { kind: 'refund' }],
    ['version', { version: 2 }],
    ['currency', { currency: 'EUR' }],
    ['amount', { amount: 450_000_001n }],
    ['cumulative', { cumulative: 450_000_001n }],
    ['effectiveDate', { effectiveDate: '2026-03-02' }],
    ['rule', { rule: 'panel-charg' }],
    ['memo', { memo: 'großer ✓' }],
    ['evidence batch', { evidence: { batch: 2 ** 40 + 1, item: 7 } }],
    ['evidence item', { evidence: { batch: 2 ** 40, item: 8 } }],
    ['account', { postings: [{ ...first, account: '5101' }, second] }],
    ['posted amount', { postings: [first, { ...second, amount: -450_000_001n }] }],
    ['order of postings', { postings: [second, first] }],
    ['a text that moves to its neighbour', { rule: 'panel-chargeg', memo: 'rößer ✓' }],
  ]
  it.each(CHANGES)('change with %s', (_, change) => {
    expect(bytesOf({ ...DRAFT, ...change })).not.toBe(bytesOf(DRAFT))
  })

  it('change with the book, the sequence and the recorded time', () => {
    for (const place of [
      { ...PLACE, book: 'acm' },
      { ...PLACE, sequence: 2 },
      { ...PLACE, recordedAtMs: 1 },
    ]) {
      expect(bytesOf(DRAFT, place)).not.toBe(bytesOf(DRAFT))
    }
  })

  it('are the same whatever was encoded before, of any length', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 6_000 })
    fc.assert(
      fc.property(text, text, (memo, object) => {
        const writer = createCanonicalWriter()
        writer.encode(GENESIS_HASH, PLACE, { ...DRAFT, memo, object })
        const again = Buffer.from(writer.encode(GENESIS_HASH, PLACE, { ...DRAFT, memo: object })).toString('hex')
        expect(again).toBe(bytesOf({ ...DRAFT, memo: object }))
      }),
      { numRuns: 50 },
    )
  })
})
