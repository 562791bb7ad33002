/** The rule of exactly once as a table: what a look-up may find under a number, and what must come of it. */
import { describe, expect, it } from 'vitest'
import { markedMemo } from '../../src/targets/book-mark.ts'
import { compareEntries } from '../../src/targets/compare-entries.ts'
import { decide, type Sought } from '../../src/targets/outbox/decide.ts'
import type { RemoteEntry, TargetEntry } from '../../src/targets/entry.ts'

const MINE = '3F9A01BC'
const THEIRS = '77AA00FF'
const NUMBER = 'ACME-20261101-1'
const TEXT = `${NUMBER} USD journal of 2026-11-01, ledger 1..2`

function entry(memo: string, more: Partial<TargetEntry> = {}): TargetEntry {
  return {
    document: NUMBER,
    date: '2026-11-01',
    currency: 'USD',
    exchangeRate: null,
    memo,
    lines: [
      { account: '60', amount: 125_000_000n, description: 'cost', dimensions: [], entity: null },
      { account: '35', amount: -125_000_000n, description: 'wallet', dimensions: [], entity: null },
    ],
    ...more,
  }
}

function there(memo: string, more: Partial<RemoteEntry> = {}): RemoteEntry {
  return { ...entry(memo), remoteId: '41', version: '0', status: 'posted', raw: '{}', ...more }
}

const marked = entry(markedMemo(TEXT, MINE))
const dearer = marked.lines.map((line) => ({ ...line, amount: line.amount * 2n }))

function sought(payload: TargetEntry, more: Partial<Sought> = {}): Sought {
  return {
    document: NUMBER,
    target: 'books',
    lastingId: MINE,
    payloads: [payload],
    elsewhere: new Map(),
    despiteVoided: false,
    names: new Map(),
    ...more,
  }
}

type Case = readonly [
  what: string,
  asked: Sought,
  found: readonly RemoteEntry[],
  kind: 'create' | 'adopt' | 'refuse',
  says?: string,
]

const CASES: readonly Case[] = [
  ['nothing is there', sought(marked), [], 'create'],
  ['ours is there, never recorded as sent', sought(marked), [there(marked.memo)], 'adopt'],
  [
    "another book's, equal in everything else",
    sought(marked),
    [there(markedMemo(TEXT, THEIRS))],
    'refuse',
    `of the book with the id ${THEIRS} under ${NUMBER} (id 41); the id of this book is ${MINE}`,
  ],
  ['one without an id, equal in everything else', sought(marked), [there(TEXT)], 'refuse', "carries no book's id"],
  ['one without an id or a memo', sought(marked), [there('')], 'refuse', "carries no book's id"],
  [
    'ours, which another book of this database delivered',
    sought(marked, { elsewhere: new Map([['41', 'acmeads-north']]) }),
    [there(marked.memo)],
    'refuse',
    'an entry of book acmeads-north under',
  ],
  [
    'ours twice: one is adopted, the other is a finding',
    sought(marked),
    [there(marked.memo), there(marked.memo, { remoteId: '42' })],
    'adopt',
  ],
  [
    'ours beside one of another book',
    sought(marked),
    [there(markedMemo(TEXT, THEIRS)), there(marked.memo, { remoteId: '42' })],
    'adopt',
  ],
  [
    'ours on another day',
    sought(marked),
    [there(marked.memo, { date: '2026-11-02' })],
    'refuse',
    'date: sent "2026-11-01"',
  ],
  [
    'ours in another currency',
    sought(marked),
    [there(marked.memo, { currency: 'EUR' })],
    'refuse',
    'currency: sent "USD"',
  ],
  ['ours at another rate', sought(marked), [there(marked.memo, { exchangeRate: '1.2' })], 'refuse', 'exchange rate'],
  ['ours with other lines', sought(marked), [there(marked.memo, { lines: dearer })], 'refuse', 'sent, and not there'],
  [
    'ours, sealed at another place of the ledger before a restore',
    sought(marked),
    [there(markedMemo(TEXT.replace('1..2', '1..90'), MINE))],
    'adopt',
  ],
  [
    'ours, sealed over other heads before a restore',
    sought({ ...marked, memo: markedMemo(`${TEXT}, heads 2:1a2b3c4d5e6f7a8b 5.1:9f8e7d6c5b4a3f2e`, MINE) }),
    [there(markedMemo(`${TEXT.replace('1..2', '1..90')}, heads 90:00c1d2e3f4a5b6c7`, MINE))],
    'adopt',
  ],
  [
    'the same with other lines',
    sought(marked),
    [there(markedMemo(TEXT.replace('1..2', '1..90'), MINE), { lines: dearer })],
    'refuse',
    `Nothing was sent. To keep theirs, leave it so, and the tie-out shows the difference; to have ours, delete or void theirs there, then: tieout deliver --retry ${NUMBER} --target books.`,
  ],
  [
    "another book's, sealed at another place of the ledger",
    sought(marked),
    [there(markedMemo(TEXT.replace('1..2', '1..90'), THEIRS))],
    'refuse',
    'of the book with the id',
  ],
  [
    'one without an id, of another place of the ledger',
    sought(marked),
    [there(TEXT.replace('1..2', '1..90'))],
    'refuse',
    "carries no book's id",
  ],
  ['ours voided', sought(marked), [there(marked.memo, { status: 'voided' })], 'refuse', 'is voided in the target'],
  [
    'ours voided, and a person wants it again',
    sought(marked, { despiteVoided: true }),
    [there(marked.memo, { status: 'voided' })],
    'create',
  ],
  ["another book's, deleted there", sought(marked), [there(markedMemo(TEXT, THEIRS), { status: 'deleted' })], 'create'],
]

describe('a look-up', () => {
  it.each(CASES.map((each) => ({ finds: each[0], each })))('that finds: $finds', ({ each }) => {
    const [, asked, found, kind, says = ''] = each
    const decision = decide(asked, found)
    expect(decision.kind).toBe(kind)
    if (decision.kind === 'refuse') expect(decision.message).toContain(says)
    // What is adopted is read back as it stands there.
    if (decision.kind === 'adopt') expect(compareEntries(decision.payload, decision.remote)).toEqual([])
  })
})
