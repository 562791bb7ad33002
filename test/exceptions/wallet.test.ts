/** A wallet that holds more or less than the books, resolved in each way there is, and what the next nights make of it. */
import { expect, it } from 'vitest'
import { HOUR_MS, nightMs, rigOn } from '../pipeline/harness.ts'
import { balanceOf, differencesOf, exceptionsOf, openCodes, ordersOf, storyOf } from '../pipeline/reads.ts'
import { history, payments } from '../pipeline/scripted-book.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { dossierOf, eventsOf, expectSameAfterReplay, numberOf, resolve, units, walletBook } from './support.ts'

const CODE = 'MISSING_IN_BOOKS'

describeOnSqlite('a wallet that fell for no known reason', (fresh) => {
  it('waits in suspense, and the suspense is taken back the night its order is known', async () => {
    const book = await walletBook(await fresh(), ['1'])
    const { rig, vendors } = book
    vendors.balance = '95.80000'
    await rig.night(nightMs(2))
    const number = await numberOf(rig, CODE)
    const decided = await resolve(rig, 2, CODE, 'suspense')
    expect(decided.exception).toMatchObject({ status: 'closed', resolution: 'suspense' })
    expect(await balanceOf(rig, '1901')).toBe(units('3.20'))
    expect(differencesOf(await rig.night(nightMs(3)))['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual([])

    vendors.orders.set('77', { status: 'In progress', charge: '3.20000', remains: '5' })
    await rig.importOrders(
      nightMs(3) + HOUR_MS,
      'panel',
      history('77,2026-03-02 10:00:00,http://x,3.20000,0,5,1,In progress,5'),
    )
    expect(differencesOf(await rig.night(nightMs(4)))['panel']).toBe('0.00000000')
    expect(await balanceOf(rig, '1901')).toBe(0n)
    expect(await storyOf(rig, 'panel', 'suspense:wallet')).toEqual([
      'suspense-less 3.20000000 on 2026-03-03',
      'suspense-less -3.20000000 on 2026-03-05',
    ])
    expect(await openCodes(rig)).toEqual([])
    expect(await eventsOf(rig, number)).toEqual(['opened', 'resolved as suspense'])
    await expectSameAfterReplay(rig)
  })

  it('opens again with another difference, though the first one waits in suspense', async () => {
    const { rig, vendors } = await walletBook(await fresh(), [])
    vendors.balance = '96.80000'
    await rig.night(nightMs(2))
    await resolve(rig, 2, CODE, 'suspense')
    vendors.balance = '93.60000'
    await rig.night(nightMs(3))
    expect(await exceptionsOf(rig)).toMatchObject([{ code: CODE, amount: units('-3.20'), number: 1 }])
    expect(await eventsOf(rig, 1)).toEqual(['opened', 'resolved as suspense', 'reopened'])
    await resolve(rig, 3, CODE, 'suspense')
    expect(await balanceOf(rig, '1901')).toBe(units('6.40'))
    await expectSameAfterReplay(rig)
  })

  it('is settled in parts: what is left stays open', async () => {
    const { rig, vendors } = await walletBook(await fresh(), [])
    vendors.balance = '96.80000'
    await rig.night(nightMs(2))
    await expect(resolve(rig, 2, CODE, 'write-off', { amount: '3.21' })).rejects.toThrow(
      /E-1 \(panel MISSING_IN_BOOKS\) cannot be resolved so: at most 3\.20000000 USD is open/,
    )
    await resolve(rig, 2, CODE, 'write-off', { amount: '1.20' })
    expect(await exceptionsOf(rig)).toMatchObject([{ code: CODE, amount: units('-2.00') }])
    await resolve(rig, 2, CODE, 'write-off', { hours: 13 })
    expect(await openCodes(rig)).toEqual([])
    expect(await balanceOf(rig, '6950')).toBe(units('3.20'))
    expect(differencesOf(await rig.night(nightMs(3)))['panel']).toBe('0.00000000')
    await expectSameAfterReplay(rig)
  })

  it('is no top-up, and is not resolved twice', async () => {
    const { rig, vendors } = await walletBook(await fresh(), [])
    vendors.balance = '96.80000'
    await rig.night(nightMs(2))
    await expect(resolve(rig, 2, CODE, 'top-up', { reference: 'P-1' })).rejects.toThrow(/so no top-up is missing/)
    await expect(resolve(rig, 2, CODE, 'refund-stands')).rejects.toThrow(
      /a MISSING_IN_BOOKS is resolved as suspense, write-off, adjustment, top-up, bonus, not as refund-stands/,
    )
    const { exception } = await resolve(rig, 2, CODE, 'write-off')
    const again = { as: 'write-off' as const, number: exception.number }
    await expect(resolve(rig, 2, CODE, again.as)).rejects.toThrow('0 open MISSING_IN_BOOKS')
    expect(await balanceOf(rig, '6950')).toBe(units('3.20'))
  })
})

describeOnSqlite('a wallet that rose for no known reason', (fresh) => {
  it('is booked as a top-up by its reference, and a file that states it later changes nothing', async () => {
    const { rig, vendors } = await walletBook(await fresh(), [])
    vendors.balance = '125.00000'
    await rig.night(nightMs(2))
    await expect(resolve(rig, 2, CODE, 'top-up')).rejects.toThrow(/a top-up needs --reference/)
    await resolve(rig, 2, CODE, 'top-up', { reference: 'PAY-9' })
    expect(await storyOf(rig, 'panel', 'top-up:PAY-9')).toEqual(['top-up 25.00000000 on 2026-03-03'])
    await rig.importEvidence(nightMs(3), payments('2026-03-02,panel,top-up,25.00,USD,PAY-9,'))
    expect(await storyOf(rig, 'panel', 'top-up:PAY-9')).toHaveLength(1)
    expect(differencesOf(await rig.night(nightMs(3)))['panel']).toBe('0.00000000')
    await expectSameAfterReplay(rig)
  })

  it('refuses a part that the books have explained since the night', async () => {
    const { rig, vendors } = await walletBook(await fresh(), [])
    vendors.balance = '125.00000'
    await rig.night(nightMs(2))
    await rig.importEvidence(nightMs(2) + HOUR_MS, payments('2026-03-02,panel,top-up,25.00,USD,PAY-9,'))
    await expect(resolve(rig, 2, CODE, 'suspense')).rejects.toThrow(/the books have changed since/)
  })

  it('keeps a claimed refund provable while its amount waits in suspense', async () => {
    const { rig, vendors } = await walletBook(await fresh(), ['1', '2'])
    vendors.balance = '98.50000'
    await rig.night(nightMs(2))
    await resolve(rig, 2, CODE, 'suspense')
    expect(await balanceOf(rig, '1901')).toBe(units('-0.50'))
    vendors.orders.set('1', { status: 'Partial', charge: '1.00000', remains: '500' })
    expect(differencesOf(await rig.night(nightMs(3)))['panel']).toBe('0.00000000')
    expect(await storyOf(rig, 'panel', 'order:1')).toContain('refund 0.50000000 on 2026-03-03')
    expect(await balanceOf(rig, '1901')).toBe(0n)
    await expectSameAfterReplay(rig)
  })
})

describeOnSqlite('a wallet whose panel is not in the configuration any more', (fresh) => {
  it('is dismissed, which books nothing, and opens again when the panel is back', async () => {
    const { rig, vendors } = await walletBook(await fresh(), [])
    vendors.balance = '96.80000'
    await rig.night(nightMs(2))
    await expect(resolve(rig, 2, CODE, 'dismiss')).rejects.toThrow(/not as dismiss/)
    const sources = rig.book.sources.filter(({ name }) => name !== 'panel')
    const without = rigOn(rig.database, { ...rig, book: { ...rig.book, sources } })
    await without.night(nightMs(3))
    const { offers } = await dossierOf(without, 1, nightMs(3) + HOUR_MS)
    expect(offers.filter(({ plan }) => plan.kind === 'planned').map(({ as }) => as)).toEqual(['dismiss'])
    expect((await resolve(without, 3, CODE, 'dismiss')).drafts).toEqual([])
    await without.night(nightMs(4))
    expect(await openCodes(rig)).toEqual([])
    await rig.night(nightMs(5))
    expect(await exceptionsOf(rig)).toMatchObject([{ code: CODE, amount: units('-3.20'), number: 1 }])
    expect(await eventsOf(rig, 1)).toEqual(['opened', 'resolved as dismiss', 'reopened'])
    await expectSameAfterReplay(rig)
  })
})

describeOnSqlite('what a person is shown', (fresh) => {
  it('is what is booked then, line by line, and showing it books nothing', async () => {
    const { rig, vendors } = await walletBook(await fresh(), [])
    vendors.balance = '96.80000'
    await rig.night(nightMs(2))
    const dossier = await dossierOf(rig, 1, nightMs(2) + 12 * HOUR_MS)
    expect(dossier.evidence).toMatchObject({ kind: 'panel-balance', source: 'panel' })
    expect(dossier.posted).toEqual([])
    const offers = dossier.offers.map(({ as, plan }) => [
      as,
      plan.kind === 'refused' ? 'refused' : plan.drafts.flatMap(({ postings }) => postings),
    ])
    expect(offers).toEqual([
      ['suspense', [posting('1901', '3.20'), posting('1310:panel', '-3.20')]],
      ['write-off', [posting('6950', '3.20'), posting('1310:panel', '-3.20')]],
      ['adjustment', [posting('5100:panel', '3.20'), posting('1310:panel', '-3.20')]],
      ['top-up', 'refused'],
      ['bonus', 'refused'],
    ])
    expect(await balanceOf(rig, '1901')).toBe(0n)
    const { drafts } = await resolve(rig, 2, CODE, 'suspense')
    const [shown] = dossier.offers
    if (shown?.plan.kind !== 'planned') throw new Error('suspense was offered')
    const plain = (each: (typeof drafts)[number]) => ({ ...each, evidence: null, memo: '' })
    expect(drafts.map(plain)).toEqual(shown.plan.drafts.map(plain))
    const after = await dossierOf(rig, 1, nightMs(3))
    expect(after.offers).toEqual([])
    expect(after.posted.map(({ rule, memo }) => [rule, memo])).toEqual([
      ['suspense/decided', 'suspense, by Ada: asked the panel'],
    ])
  })
})

function posting(account: string, amount: string) {
  return { account, amount: units(amount) }
}

it('that a person has decided is no credit of a refund that waits for the same amount', async () => {
  const { rig, vendors } = await walletBook(await opened(newSqliteUrl()), ['1'])
  vendors.balance = '98.00000'
  await rig.night(nightMs(2))
  await resolve(rig, 2, CODE, 'adjustment', { reference: 'fee' })
  vendors.orders.set('1', { status: 'Canceled', charge: '1.00000', remains: '1000' })
  await rig.night(nightMs(3))
  expect((await ordersOf(rig, 'panel')).get('1')?.refunded).toBe(0n)
  expect(await openCodes(rig)).toEqual(['panel CHARGE_SEMANTICS_AMBIGUOUS order:1'])
  vendors.balance = '99.00000'
  await rig.night(nightMs(4))
  expect((await ordersOf(rig, 'panel')).get('1')?.refunded).toBe(units('1.00'))
  expect(await openCodes(rig)).toEqual([])
})
