/** What a person is offered for a refund that was received, and a wallet's difference stated or given up in each direction. */
import { expect, it } from 'vitest'
import { HOUR_MS, nightMs } from '../pipeline/harness.ts'
import { balanceOf, differencesOf, openCodes, storyOf } from '../pipeline/reads.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { dossierOf, expectSameAfterReplay, numberOf, resolve, units, walletBook } from './support.ts'

const MISSING = 'REFUND_MISSING'
/** Of 1.00 for 1000 units nearly all was delivered before it was canceled. */
const NEARLY_DELIVERED = { status: 'Canceled', charge: '1.00000', remains: '40' }

/** A panel whose wallet has proven three canceled orders at their full charge, and order 4, whose refund nobody can tell. */
async function grossPanel(database: Parameters<typeof walletBook>[0]) {
  const book = await walletBook(database, ['1', '2', '3', '4', '5'])
  for (const id of ['1', '2', '3'])
    book.vendors.orders.set(id, { status: 'Canceled', charge: '1.00000', remains: '1000' })
  book.vendors.balance = '98.00000'
  await book.rig.night(nightMs(2))
  book.vendors.orders.set('4', NEARLY_DELIVERED)
  await book.rig.night(nightMs(3))
  expect(await openCodes(book.rig)).toEqual([`panel ${MISSING} order:4`])
  return book
}

describeOnSqlite('a refund that a person says was received', (fresh) => {
  it('is the undelivered part, shown with its reason before it is booked, and is not asked about again', async () => {
    const { rig, vendors } = await grossPanel(await fresh())
    const { offers } = await dossierOf(rig, await numberOf(rig, MISSING), nightMs(3) + HOUR_MS)
    const [received] = offers
    expect(received).toMatchObject({ as: 'received', plan: { because: '40 of 1000 were not delivered' } })
    const { drafts } = await resolve(rig, 3, MISSING, 'received')
    expect(drafts).toMatchObject([{ kind: 'refund', amount: units('0.04') }])
    vendors.balance = '98.04000'
    for (const night of [4, 5, 6, 8]) expect(differencesOf(await rig.night(nightMs(night)))['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual([])
    expect(await storyOf(rig, 'panel', 'order:4')).toHaveLength(2)
    await expectSameAfterReplay(rig)
  })

  it('is what --amount states, from nothing up to what was charged', async () => {
    const { rig, vendors } = await grossPanel(await fresh())
    await expect(resolve(rig, 3, MISSING, 'received', { amount: '1.01' })).rejects.toThrow(/leaves no room for 1\.01/)
    await resolve(rig, 3, MISSING, 'received', { amount: '0.97' })
    expect(await storyOf(rig, 'panel', 'order:4')).toContain('refund 0.97000000 on 2026-03-04')
    vendors.balance = '98.97000'
    for (const night of [4, 5]) await rig.night(nightMs(night))
    expect(await openCodes(rig)).toEqual([])
  })

  it.each([
    ['remains 0', { ...NEARLY_DELIVERED, remains: '0' }, /the panel says that 0 of 1000 were not delivered/],
    ['no remains', { ...NEARLY_DELIVERED, remains: '' }, /the panel does not say how much was not delivered/],
  ])('has to be stated with %s', async (_, answer, reason) => {
    const { rig, vendors } = await grossPanel(await fresh())
    vendors.orders.set('5', answer)
    vendors.orders.set('4', { status: 'In progress', charge: '1.00000', remains: '40' })
    await rig.night(nightMs(4))
    await expect(resolve(rig, 4, MISSING, 'received')).rejects.toThrow(reason)
    await expect(resolve(rig, 4, MISSING, 'received')).rejects.toThrow(/give it with --amount, at most 1\.00000000/)
    await resolve(rig, 4, MISSING, 'received', { amount: '0.50' })
    expect(await storyOf(rig, 'panel', 'order:5')).toContain('refund 0.50000000 on 2026-03-05')
  })
})

describeOnSqlite("a wallet's difference", (fresh) => {
  it.each([
    ['adjustment', '96.80000', '5100:panel', '3.20'],
    ['adjustment', '103.20000', '4800', '-3.20'],
    ['write-off', '96.80000', '6950', '3.20'],
    ['write-off', '103.20000', '6950', '-3.20'],
  ] as const)('is booked as %s with the wallet at %s', async (as, balance, account, amount) => {
    const { rig, vendors } = await walletBook(await fresh(), [])
    vendors.balance = balance
    await rig.night(nightMs(2))
    await resolve(rig, 2, 'MISSING_IN_BOOKS', as)
    expect(await balanceOf(rig, account)).toBe(units(amount))
    expect(differencesOf(await rig.night(nightMs(3)))['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual([])
    await expectSameAfterReplay(rig)
  })

  it('is stated in parts, each under its reference, and never beyond what is open', async () => {
    const { rig, vendors } = await walletBook(await fresh(), [])
    vendors.balance = '96.80000'
    await rig.night(nightMs(2))
    await resolve(rig, 2, 'MISSING_IN_BOOKS', 'adjustment', { amount: '0.77', reference: 'ticket 5581' })
    expect(await storyOf(rig, 'panel', 'adjustment:ticket 5581')).toEqual(['manual-debit 0.77000000 on 2026-03-03'])
    await expect(resolve(rig, 2, 'MISSING_IN_BOOKS', 'adjustment', { amount: '2.44' })).rejects.toThrow(/at most 2\.43/)
    await resolve(rig, 2, 'MISSING_IN_BOOKS', 'adjustment', { hours: 13 })
    expect(await storyOf(rig, 'panel', 'adjustment:wallet')).toEqual(['manual-debit 2.43000000 on 2026-03-03'])
    expect(await openCodes(rig)).toEqual([])
  })
})
