/** What becomes of entries of a book that was taken over, as a table. */
import { expect, it } from 'vitest'
import type { RemoteEntry, TargetEntry } from '../../src/targets/entry.ts'
import { inherit } from '../../src/targets/outbox/inherit.ts'

/** "1 5.00": an entry of 2026-03-01 that moves 500 from bank to costs. */
function entry(text: string): TargetEntry {
  const [day = '', amount = ''] = text.split(' ')
  const cents = BigInt(amount.replace('.', ''))
  const line = (account: string, each: bigint) => ({
    account,
    amount: each,
    description: '',
    dimensions: [],
    entity: null,
  })
  const date = `2026-03-0${day}`
  const lines = [line('costs', cents), line('bank', -cents)]
  return {
    document: `A-${day}`,
    date,
    currency: 'USD',
    exchangeRate: null,
    memo: `tieout USD journal of ${date}`,
    lines,
  }
}

function remote(text: string, at: number): RemoteEntry {
  return { ...entry(text), document: `OLD-${at}`, remoteId: String(at), version: '0', status: 'posted', raw: '' }
}

it.each([
  ['nothing there', ['1 5.00'], [], []],
  ['an equal entry', ['1 5.00'], ['1 5.00'], ['A-1 adopt']],
  ['another day', ['1 5.00'], ['2 5.00'], []],
  ['another sum', ['1 5.00'], ['1 4.00'], ['A-1 differs']],
  ['an equal entry that a reversal took back', ['1 5.00'], ['1 5.00', '1 -5.00'], ['A-1 differs']],
  ['an equal entry beside another', ['1 5.00'], ['1 4.00', '1 5.00'], ['A-1 adopt']],
])('%s', (_, ours, theirs, expected) => {
  const heirs = ours.map((text) => ({ document: `A-${text.slice(0, 1)}`, entry: entry(text) }))
  const found = [...inherit(heirs, theirs.map(remote))].map(([document, { kind }]) => `${document} ${kind}`)
  expect(found).toEqual(expected)
})
