/** The footing of an order history says the same however the file is cut, and finds what is missing. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createFooting,
  isFooting,
  skippedTimesRemark,
  type HistoryFooting,
} from '../../../src/sources/panel/history-footing.ts'
import { openOrderHistory, readOrderHistoryChunk } from '../../../src/sources/panel/order-history.ts'
import { inPieces } from '../support.ts'

async function footed(rows: readonly string[], rowsPerChunk?: number, timeZone = 'UTC'): Promise<HistoryFooting> {
  const text = ['ID,Date,Charge,Status,Currency,Link', ...rows, ''].join('\n')
  const options = { fileName: 'orders.csv', timeZone, decimal: '.' as const }
  const history = await openOrderHistory(inPieces(text), {
    ...options,
    ...(rowsPerChunk === undefined ? {} : { rowsPerChunk }),
  })
  const footing = createFooting(timeZone)
  for await (const chunk of history.chunks) footing.add(readOrderHistoryChunk(history.layout, chunk))
  return footing.result()
}

const ROWS = [
  '1,2026-03-02 10:00:00,1.50,Completed,,x',
  '2,2026-03-01 10:00:00,0.25,In progress,,x',
  '3,2026-03-03 10:00:00,,Completed,,x',
  '2,2026-03-01 10:00:00,0.25,In progress,,x',
  '1,2026-03-02 10:00:00,1.40,Completed,,x',
  'five times,,,,,',
  '4,2026-03-03 10:00:00,2.00,Completed,EUR,x',
]

describe('a footing', () => {
  it('counts rows, statuses, charges, dates and doubles', async () => {
    const { sample, ...footing } = await footed(ROWS)
    expect(footing).toEqual({
      rows: 6,
      problems: 1,
      statuses: [
        { rawStatus: 'Completed', status: 'completed', rows: 4, charge: 490_000_000n },
        { rawStatus: 'In progress', status: 'in-progress', rows: 2, charge: 50_000_000n },
      ],
      charges: { '': 340_000_000n, EUR: 200_000_000n },
      withoutCharge: 1,
      firstMs: Date.UTC(2026, 2, 1, 10),
      lastMs: Date.UTC(2026, 2, 3, 10),
      doubles: 2,
      conflicting: 1,
      isWholeFileChecked: true,
      skippedTimes: 0,
      timeZone: 'UTC',
      totals: [],
    })
    expect(sample.map(({ orderId }) => orderId)).toEqual(['1', '2', '3', '2', '1'])
  })

  it.each([
    ['Total,,1.75,,,', [{ line: 4, charge: 175_000_000n, difference: 0n }], true],
    ['Total,,1.70,,,', [{ line: 4, charge: 170_000_000n, difference: -5_000_000n }], false],
    ['Total,,,,,', [{ line: 4, charge: null, difference: null }], true],
  ])('with the total line %j', async (line, totals, foots) => {
    const footing = await footed([...ROWS.slice(0, 2), line])
    expect(footing.totals).toEqual(totals)
    expect(isFooting(footing)).toBe(foots)
  })

  it('takes a time that does not exist at the end of the gap, and asks whether the zone is right', async () => {
    const rows = ['01:59:59', '02:00:00', '02:30:00', '03:00:00'].map(
      (time, at) => `${at},2026-03-29 ${time},1,Done,,x`,
    )
    const inBerlin = await footed(rows, undefined, 'Europe/Berlin')
    const [before, gapEnd] = [Date.UTC(2026, 2, 29, 0, 59, 59), Date.UTC(2026, 2, 29, 1)]
    expect(inBerlin.sample.map(({ orderedAtMs }) => orderedAtMs)).toEqual([before, gapEnd, gapEnd, gapEnd])
    expect(inBerlin).toMatchObject({ rows: 4, problems: 0, skippedTimes: 2 })
    expect(skippedTimesRemark(inBerlin)).toBe(
      '2 times do not exist in Europe/Berlin, where the clock goes forward over them; is the zone right?',
    )
    expect(skippedTimesRemark(await footed(rows.slice(1, 2), undefined, 'Europe/Berlin'))).toMatch(
      /^1 time does not exist in Europe\/Berlin, .* is the zone right\?$/,
    )
    expect(skippedTimesRemark(await footed(rows))).toBeNull()
  })

  it('does not depend on where the file is cut into chunks, and its statuses add up to it', async () => {
    const cents = fc.integer({ min: 0, max: 99_999 })
    const row = fc.tuple(fc.integer({ min: 1, max: 9 }), cents, fc.constantFrom('Completed', 'Partial', 'Odd'))
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 6 }),
        async (rows, perChunk) => {
          const lines = rows.map(
            ([id, charge, status]) => `${id},2026-03-02,0.${String(charge).padStart(5, '0')},${status},,x`,
          )
          const whole = await footed(lines)
          expect(await footed(lines, perChunk)).toEqual(whole)
          const sum = rows.reduce((total, [, charge]) => total + BigInt(charge) * 1000n, 0n)
          expect(whole.statuses.reduce((total, { charge }) => total + charge, 0n)).toBe(sum)
          expect(whole.rows - whole.doubles).toBe(new Set(rows.map(([id]) => id)).size)
        },
      ),
    )
  })
})
