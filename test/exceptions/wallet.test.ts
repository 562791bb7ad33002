/** A wallet that holds more or less than the books, resolved in each way there is, and what the next nights make of it. */
import { expect, it } from 'vitest'
import { HOUR_MS, nightMs, rigOn } from '../pipeline/harness.ts'
import { balanceOf, differencesOf, exceptionsOf, openCodes, storyOf } from '../pipeline/reads.ts'
import { payments, type ScriptedBook } from '../pipeline/scripted-book.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { dossierOf, eventsOf, expectSameAfterReplay, resolve, units, walletBook } from './support.ts'

const CODE = 'WALLET_DIFFERS'

/** The wallet shows so much from the second night on, and is an item the night after. */
async function shows({ rig, vendors }: ScriptedBook, balance: string): Promise<void> {
  vendors.balance = balance
  for (const night of [1.5, 2]) await rig.night(nightMs(night))
}

describeOnSqlite('a wallet that fell for no known reason', (fresh) => {
  it('is settled in parts: what is left stays open', async () => {
    const book = await walletBook(await fresh(), [])
    const { rig } = book
    await shows(book, '96.80000')
    await expect(resolve(rig, 2, CODE, 'write-off', { amount: '3.21' })).rejects.toThrow(
      /E-1 \(panel WALLET_DIFFERS\) cannot be resolved so: at most 3\.20000000 USD is open/,
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
    const book = await walletBook(await fresh(), [])
    const { rig } = book
    await shows(book, '96.80000')
    await expect(resolve(rig, 2, CODE, 'top-up', { reference: 'P-1' })).rejects.toThrow(/so no top-up is missing/)
    await expect(resolve(rig, 2, CODE, 'denied')).rejects.toThrow(
      /a WALLET_DIFFERS is resolved as write-off, adjustment, top-up, bonus, not as denied/,
    )
    const { exception } = await resolve(rig, 2, CODE, 'write-off')
    const again = { as: 'write-off' as const, number: exception.number }
    await expect(resolve(rig, 2, CODE, again.as)).rejects.toThrow('0 open WALLET_DIFFERS')
    expect(await balanceOf(rig, '6950')).toBe(units('3.20'))
  })
})

describeOnSqlite('a wallet that rose for no known reason', (fresh) => {
  it('is booked as a top-up by its reference, and a file that states it later changes nothing', async () => {
    const book = await walletBook(await fresh(), [])
    const { rig } = book
    await shows(book, '125.00000')
    await rig.night(nightMs(5))
    await expect(resolve(rig, 5, CODE, 'top-up')).rejects.toThrow('0 open WALLET_DIFFERS')
    await rig.night(nightMs(6))
    await expect(resolve(rig, 6, CODE, 'top-up')).rejects.toThrow(/a top-up needs --reference/)
    await resolve(rig, 6, CODE, 'top-up', { reference: 'PAY-9' })
    expect(await storyOf(rig, 'panel', 'top-up:PAY-9')).toEqual(['top-up 25.00000000 on 2026-03-07'])
    await rig.importEvidence(nightMs(7), payments('2026-03-02,panel,top-up,25.00,USD,PAY-9,'))
    expect(await storyOf(rig, 'panel', 'top-up:PAY-9')).toHaveLength(1)
    expect(differencesOf(await rig.night(nightMs(7)))['panel']).toBe('0.00000000')
    await expectSameAfterReplay(rig)
  })
})

describeOnSqlite('a wallet whose panel is not in the configuration any more', (fresh) => {
  it('is dismissed, which books nothing, and opens again when the panel is back', async () => {
    const book = await walletBook(await fresh(), [])
    const { rig } = book
    await shows(book, '96.80000')
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
    const book = await walletBook(await fresh(), [])
    const { rig } = book
    await shows(book, '96.80000')
    const dossier = await dossierOf(rig, 1, nightMs(2) + 12 * HOUR_MS)
    expect(dossier.evidence).toMatchObject({ kind: 'panel-balance', source: 'panel' })
    expect(dossier.posted).toEqual([])
    const offers = dossier.offers.map(({ as, plan }) => [
      as,
      plan.kind === 'refused' ? 'refused' : plan.drafts.flatMap(({ postings }) => postings),
    ])
    expect(offers).toEqual([
      ['write-off', [posting('6950', '3.20'), posting('1310:panel', '-3.20')]],
      ['adjustment', [posting('5100:panel', '3.20'), posting('1310:panel', '-3.20')]],
      ['top-up', 'refused'],
      ['bonus', 'refused'],
    ])
    expect(await balanceOf(rig, '6950')).toBe(0n)
    const { drafts } = await resolve(rig, 2, CODE, 'write-off')
    const [shown] = dossier.offers
    if (shown?.plan.kind !== 'planned') throw new Error('a write-off was offered')
    const plain = (each: (typeof drafts)[number]) => ({ ...each, evidence: null, memo: '' })
    expect(drafts.map(plain)).toEqual(shown.plan.drafts.map(plain))
    const after = await dossierOf(rig, 1, nightMs(3))
    expect(after.offers).toEqual([])
    expect(after.posted.map(({ rule, memo }) => [rule, memo])).toEqual([['X1', 'write-off, by Ada: asked the panel']])
  })
})

function posting(account: string, amount: string) {
  return { account, amount: units(amount) }
}
