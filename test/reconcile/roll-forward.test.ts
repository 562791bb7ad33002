/** The proof of a wallet or receivable: opening + in − out = closing, and closing against the vendor, in either direction. */
import { expect, it } from 'vitest'
import { formatExact } from '../../src/domain/money/money.ts'
import type { RollForward } from '../../src/reconcile/roll-forward.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs } from '../pipeline/harness.ts'
import { history, payments, scriptedBook, stats } from '../pipeline/scripted-book.ts'

function figures(proofs: readonly RollForward[], source: string): Readonly<Record<string, string>> {
  const proof = proofs.find((each) => each.source === source)
  if (proof === undefined) throw new Error(`no proof of ${source}`)
  expect(proof.opening + proof.in - proof.out).toBe(proof.closing)
  const { opening, in: into, out, closing, vendor, difference } = proof
  const text = (units: bigint | null): string => (units === null ? 'unknown' : formatExact(units))
  return {
    opening: text(opening),
    in: text(into),
    out: text(out),
    closing: text(closing),
    vendor: text(vendor),
    difference: text(difference),
  }
}

describeOnSqlite('a roll-forward', (fresh) => {
  it('of a wallet shows what came in, what went out, and that the panel agrees', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(
      nightMs(1),
      payments(
        '2026-03-01,panel,opening-balance,100,USD,,',
        '2026-03-01,panel,top-up,25,USD,INV-7,',
        '2026-03-01,panel,bonus,1.5,USD,B-1,',
      ),
    )
    await rig.importOrders(nightMs(1), 'panel', history('1,2026-03-01 10:00:00,,0.00001,0,1,1,In progress,1'))
    vendors.orders.set('1', { status: 'In progress', charge: '0.00001' })
    vendors.balance = '126.49999'
    const { proofs } = await rig.night(nightMs(1))
    expect(figures(proofs, 'panel')).toEqual({
      opening: '100.00000000',
      in: '26.50000000',
      out: '0.00001000',
      closing: '126.49999000',
      vendor: '126.49999000',
      difference: '0.00000000',
    })
    expect(proofs.find(({ source }) => source === 'panel')).toMatchObject({
      account: '1310:panel',
      basis: 'balance',
      observedAtMs: nightMs(1),
    })
  })

  it.each([
    ['more', '100.00000001', '0.00000001', 6],
    ['less', '99.99999999', '-0.00000001', 2],
  ])('shows a difference when the panel holds %s, however small', async (_word, balance, difference, asked) => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    vendors.balance = balance
    const { proofs } = await rig.night(nightMs(1))
    expect(figures(proofs, 'panel')['difference']).toBe(difference)
    expect((await rig.night(nightMs(asked - 1))).exceptions).toEqual([])
    const { exceptions } = await rig.night(nightMs(asked))
    const open = { source: 'panel', code: 'WALLET_DIFFERS', currency: 'USD', count: 1, amount: 1n, unknown: 0 }
    expect(exceptions).toEqual([open])
  })

  it('of a source that was never read shows the vendor as unknown, not as agreeing', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.dead.add('panel').add('publisher')
    const { proofs } = await rig.night(nightMs(1))
    expect(figures(proofs, 'panel')).toMatchObject({ closing: '0.00000000', vendor: 'unknown', difference: 'unknown' })
    expect(figures(proofs, 'pub')).toMatchObject({ vendor: 'unknown', difference: 'unknown' })
  })

  it('of a receivable carries the counter on from the opening', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(
      nightMs(1),
      payments('2026-03-01,pub,opening-balance,62.50,USD,,', '2026-03-01,pub,opening-counter,162.50,USD,,'),
    )
    await rig.night(nightMs(1))
    vendors.publisher = stats('publisher', 1100, 55, '170.00')
    await rig.night(nightMs(2))
    vendors.publisher = stats('publisher', 1200, 60, '178.75')
    const { proofs } = await rig.night(nightMs(3))
    expect(figures(proofs, 'pub')).toEqual({
      opening: '62.50000000',
      in: '16.25000000',
      out: '0.00000000',
      closing: '78.75000000',
      vendor: '78.75000000',
      difference: '0.00000000',
    })
  })

  it('shows what a held reading would come to as a difference', async () => {
    const { rig, vendors } = await scriptedBook(await fresh(), { publisherMore: 'counterMode: lifetime' })
    await rig.night(nightMs(1))
    vendors.publisher = stats('publisher', 1100, 55, '150.00')
    const { proofs } = await rig.night(nightMs(2))
    expect(figures(proofs, 'pub')).toMatchObject({ closing: '0.00000000', difference: '-12.50000000' })
  })
})
