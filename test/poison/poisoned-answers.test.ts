/** Answers made to break a reader: each is set aside with its reason, nothing of it is booked, and the next good one is. */
import { expect, it } from 'vitest'
import { openCodes, quarantined, balanceOf } from '../pipeline/reads.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nested, poisonedBook, statsOf } from './poisoned-book.ts'

const STATUS = { action: 'multiStatus', orders: ['1', '2'], purpose: 'poll' }

describeOnSqlite('a poisoned answer', (fresh) => {
  it.each([
    ['nested 3,000 deep', statsOf('1.00', `,"extra":${nested(3000)}`), /nested more than 64 deep/],
    ['nested 100,000 deep', nested(100_000), /nested more than 64 deep/],
    ['of half a million opening brackets', '['.repeat(500_000), /nested more than 64 deep/],
    ['that says earnings twice', statsOf('4.15,"earnings":99.15'), /says "earnings" more than once/],
    [
      'that says it twice, spelt otherwise',
      statsOf(String.raw`4.15,"earn\u0069ngs":99.15`),
      /"earnings" more than once/,
    ],
    ['that repeats a key nobody reads', statsOf('4.15', ',"x":[{"y":1,"y":2}]'), /"y" more than once/],
    ['with a number of a million digits', statsOf('9'.repeat(1_000_000)), /longer than 120 characters/],
    ['with an absurd exponent', statsOf('1e999999999'), /not a decimal amount/],
    ['with a role of zero bytes', String.raw`{"success":true,"role":"a\u0000b\ud800"}`, /the role/],
  ])('of stats %s is set aside', async (_name, body, reason) => {
    const database = await fresh()
    const { rig, process } = await poisonedBook(database)
    await process({ kind: 'payelancer-stats', source: 'pub', body: statsOf('"10.00"') })
    await process({ kind: 'payelancer-stats', source: 'pub', body })
    expect((await quarantined(rig)).map((row) => row.reason)).toEqual([expect.stringMatching(reason)])
    expect((await quarantined(rig))[0]?.reason.length).toBeLessThan(600)
    expect(await openCodes(rig)).toContain('pub ANSWER_UNREAD counter')
    await process({ kind: 'payelancer-stats', source: 'pub', body: statsOf('"12.50"') })
    expect(await openCodes(rig)).not.toContain('pub ANSWER_UNREAD counter')
    expect(await balanceOf(rig, '1100:pub')).toBe(250_000_000n)
  })

  it.each([
    ['panel-balance', 'panel', { action: 'balance', moment: 'after' }, 'wallet'],
    ['panel-services', 'panel', {}, 'catalogue'],
    ['panel-statuses', 'panel', STATUS, '2 orders'],
    ['payelancer-stats', 'ads', {}, 'counter'],
  ] as const)('of any kind is: %s', async (kind, source, request, object) => {
    const database = await fresh()
    const { rig, process } = await poisonedBook(database)
    const poisons = [
      nested(3000),
      `{"a":${nested(2900)}}`,
      '{"error":"x","error":"y"}',
      '{"balance":"1.00","currency":"USD","x":{"a":1,"a":2}}',
      String.raw`{"1":{"charge":"1.00","status":"a","currency":"\u0000"},"1":{"charge":"2.00"}}`,
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31]),
      Buffer.alloc(0),
      '\ufeff\ufeff{}',
    ]
    for (const body of poisons) await process({ kind, source, request, body })
    const rows = await quarantined(rig)
    expect(rows.map((row) => row.object)).toEqual(poisons.map(() => object))
    expect((await openCodes(rig)).filter((code) => code.startsWith(`${source} ANSWER_UNREAD`))).toHaveLength(1)
  })
})
