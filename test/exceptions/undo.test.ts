/** A decision about a wallet is taken back: what it booked is reversed, it waits again, and another word may be said. */
import { expect, it } from 'vitest'
import type { ResolutionName } from '../../src/domain/exceptions/resolutions.ts'
import { HOUR_MS, nightMs, type Rig } from '../pipeline/harness.ts'
import { balanceOf, differencesOf, exceptionsOf, openCodes } from '../pipeline/reads.ts'
import type { ScriptedBook } from '../pipeline/scripted-book.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { decide, eventsOf, expectSameAfterReplay, PERSON, resolve, units, walletBook } from './support.ts'

const CODE = 'WALLET_DIFFERS'

/** The wallet shows so much from the second night on, and is an item as soon as a person is asked. */
async function shows({ rig, vendors }: ScriptedBook, balance: string, nights: readonly number[]): Promise<void> {
  vendors.balance = balance
  for (const night of nights) await rig.night(nightMs(night))
}

function undo(rig: Rig, night: number, hours = 13) {
  return decide(rig, nightMs(night) + hours * HOUR_MS, 1, { decide: 'undo', ...PERSON })
}

const ACCOUNTS = ['1310:panel', '1320:panel', '1070', '4800', '4800:panel', '5100:panel', '6950']

async function booksOf(rig: Rig): Promise<readonly bigint[]> {
  return Promise.all(ACCOUNTS.map((account) => balanceOf(rig, account)))
}

interface Case {
  readonly as: ResolutionName
  readonly balance: string
  /** The last is the night after which a person decides. */
  readonly nights: readonly number[]
  readonly reference?: string
}

describeOnSqlite('a decision about a wallet', (fresh) => {
  it.each<Case>([
    { as: 'write-off', balance: '96.80000', nights: [1.5, 2] },
    { as: 'adjustment', balance: '96.80000', nights: [1.5, 2] },
    { as: 'adjustment', balance: '125.00000', nights: [1.5, 2, 5, 6] },
    { as: 'top-up', balance: '125.00000', nights: [1.5, 2, 5, 6], reference: 'PAY-9' },
    { as: 'bonus', balance: '125.00000', nights: [1.5, 2, 5, 6], reference: 'GIFT' },
  ])('as $as of $balance is taken back, and the books are as before', async ({ as, balance, nights, ...said }) => {
    const book = await walletBook(await fresh(), [])
    const { rig } = book
    const night = nights.at(-1) ?? 0
    await shows(book, balance, nights)
    const [before, open] = [await booksOf(rig), await exceptionsOf(rig)]
    const { drafts } = await resolve(rig, night, CODE, as, said)
    expect(await booksOf(rig)).not.toEqual(before)
    const undone = await undo(rig, night)
    expect(undone.drafts.map(({ amount }) => amount)).toEqual(drafts.map(({ amount }) => -amount))
    expect(await booksOf(rig)).toEqual(before)
    expect(await exceptionsOf(rig)).toMatchObject(open.map(({ number, amount }) => ({ number, amount })))
    expect(await eventsOf(rig, 1)).toEqual(['opened', `resolved as ${as}`, 'resolved as undo'])
    // The nights that follow find the same difference, and the same word may be said again.
    const later = await rig.night(nightMs(night + 1))
    expect(differencesOf(later)['panel']).not.toBe('0.00000000')
    expect(await exceptionsOf(rig)).toMatchObject(open.map(({ amount }) => ({ amount })))
    await resolve(rig, night + 1, CODE, as, said)
    expect(differencesOf(await rig.night(nightMs(night + 2)))['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual([])
    await expectSameAfterReplay(rig)
  })

  it('is taken back in the part that it was, a night later as well', async () => {
    const book = await walletBook(await fresh(), [])
    const { rig } = book
    await shows(book, '96.80000', [1.5, 2])
    await resolve(rig, 2, CODE, 'write-off', { amount: '1.20' })
    await resolve(rig, 2, CODE, 'adjustment', { hours: 13 })
    await rig.night(nightMs(3))
    await undo(rig, 3)
    expect(await exceptionsOf(rig)).toMatchObject([{ code: CODE, amount: units('-2.00') }])
    expect(await balanceOf(rig, '6950')).toBe(units('1.20'))
    await rig.night(nightMs(4))
    expect(await exceptionsOf(rig)).toMatchObject([{ code: CODE, amount: units('-2.00') }])
    await expectSameAfterReplay(rig)
  })

  it('is not taken back twice, nor before there is one, nor when nights have changed what it was about', async () => {
    const book = await walletBook(await fresh(), [])
    const { rig } = book
    await shows(book, '96.80000', [1.5, 2])
    await expect(undo(rig, 2)).rejects.toThrow(/E-1 .* cannot be taken back: nobody has decided it\./)
    await resolve(rig, 2, CODE, 'write-off')
    await undo(rig, 2)
    await expect(undo(rig, 2, 14)).rejects.toThrow(/is taken back already/)
    await resolve(rig, 2, CODE, 'write-off', { hours: 15 })
    await shows(book, '90.00000', [3, 4])
    await expect(undo(rig, 4)).rejects.toThrow(/it has changed since it was decided; decide what is open of it now/)
  })
})

describeOnSqlite('refunds that were called denied', (fresh) => {
  it('are due again, and missing again with the next look', async () => {
    const book = await walletBook(await fresh(), ['1'])
    const { rig, vendors } = book
    vendors.orders.set('1', { status: 'Partial', charge: '1.00000', remains: '400' })
    for (const night of [2, 9]) await rig.night(nightMs(night))
    const [open] = await exceptionsOf(rig)
    expect(open).toMatchObject({ code: 'REFUND_MISSING', amount: units('0.40') })
    await resolve(rig, 9, 'REFUND_MISSING', 'denied')
    expect(await balanceOf(rig, '1330:panel')).toBe(0n)
    await undo(rig, 9)
    expect(await balanceOf(rig, '1330:panel')).toBe(units('0.40'))
    for (const night of [10, 17]) await rig.night(nightMs(night))
    expect(await exceptionsOf(rig)).toMatchObject([{ code: 'REFUND_MISSING', amount: units('0.40') }])
    await expectSameAfterReplay(rig)
  })
})
