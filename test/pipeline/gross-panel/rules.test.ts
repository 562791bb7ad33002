/**
 * Refunds booked before their credit is seen: by a rule that was proven thirty times and that a person accepted, within its
 * limits, moved on by the wallet's proof alone, and suspended by whatever contradicts it.
 */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../../support/databases.ts'
import type { NewLanding } from '../../../src/evidence/landing.ts'
import { nightMs } from '../harness.ts'
import { expectReplays } from '../counters-support.ts'
import { balanceOf, openCodes, ordersOf, storyOf } from '../reads.ts'
import { balance, type PanelBook } from './book.ts'
import type { PanelOrder } from './panel.ts'
import { acceptedBook, decided, expectProven, PERSON, PLAN, statusOf } from './rule-book.ts'

describeOnSqlite('a rule of refunds', (fresh) => {
  it('is off until a person accepts it, then books what is due, which the credit moves on', async () => {
    // Every credit comes the night after the order ended.
    const late = (orders: readonly PanelOrder[]) =>
      orders.map((order) => ({ ...order, credits: order.credits.map((each) => ({ ...each, night: each.night + 1 })) }))
    const { book, night: first } = await acceptedBook(await fresh(), PLAN, late)
    let most = 0n
    for (let night = first + 1; night <= PLAN.nights; night += 1) {
      await book.night(night)
      await expectProven(book, PLAN, night)
      const held = await ordersOf(book.rig, 'panel')
      for (const order of book.orders) {
        if (order.ends !== night) continue
        expect(held.get(order.id)).toMatchObject({ refunded: order.gross, refundDue: order.gross, pending: null })
      }
      const due = await balanceOf(book.rig, '1330:panel')
      if (due > most) most = due
    }
    expect(most).toBeGreaterThan(0n)
    const credited = book.orders.find(({ ends }) => ends === first + 1)
    const story = await storyOf(book.rig, 'panel', `order:${credited?.id}`)
    expect(story.filter((line) => line.startsWith('refund'))).toHaveLength(2)
    expect(await statusOf(book)).toBe('accepted')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is suspended by a refund that never came while others did, and a person reverses it from the clearing account', async () => {
    const denied: string[] = []
    const deny = (orders: readonly PanelOrder[]) =>
      orders.map((order, at) => {
        if (order.ends < 11 || denied.length > 0 || at % 6 !== 0) return order
        denied.push(order.id)
        return { ...order, credits: [] }
      })
    const { book, night: first } = await acceptedBook(await fresh(), PLAN, deny, 'refundRule: { settlingDays: 2 }')
    for (let night = first + 1; night <= PLAN.nights; night += 1) {
      await book.night(night)
      await expectProven(book, PLAN, night)
    }
    const [id = ''] = denied
    const codes = await openCodes(book.rig)
    expect(codes).toContain(`panel REFUND_MISSING order:${id}`)
    expect(codes).toContain('panel REFUND_RULE_SUSPENDED refund-rule:cancel')
    expect(await statusOf(book)).toBe('suspended')
    const exception = { source: 'panel', code: 'REFUND_MISSING', object: `order:${id}` }
    const word = { decide: 'resolve', as: 'denied', amount: null, reference: null, date: null, exception, ...PERSON }
    await book.land([decided('exception-decision', 'panel', PLAN.nights, word)])
    expect((await ordersOf(book.rig, 'panel')).get(id)).toMatchObject({ refunded: 0n, refundDue: 0n })
    expect(await balanceOf(book.rig, '1330:panel')).toBe(0n)
    expect(await openCodes(book.rig)).not.toContain(`panel REFUND_MISSING order:${id}`)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

it('books at most so much for a claim and a night', async () => {
  const limits = "refundRule: { perClaim: '3.00', perNight: '4.00' }"
  const { book, night: first } = await acceptedBook(await opened(newSqliteUrl()), PLAN, undefined, limits)
  let booked = 0
  for (let night = first + 1; night <= PLAN.nights; night += 1) {
    const before = await balanceOf(book.rig, '1330:panel')
    await book.night(night)
    const stories = await Promise.all(
      book.orders.filter(({ ends }) => ends === night).map(({ id }) => storyOf(book.rig, 'panel', `order:${id}`)),
    )
    booked += stories.filter((story) => story.some((line) => line.startsWith('refund-credited'))).length
    expect(before).toBeLessThanOrEqual(400_000_000n)
  }
  for (const { id, gross } of book.orders) {
    const story = await storyOf(book.rig, 'panel', `order:${id}`)
    if (story.some((line) => line.startsWith('refund-credited'))) expect(gross).toBeLessThanOrEqual(300_000_000n)
  }
  expect(booked).toBeGreaterThan(0)
})

/** A canceled or partial order of its own, beside those of the plan. */
function own(id: string, order: Partial<PanelOrder> & Pick<PanelOrder, 'placed' | 'ends' | 'gross'>): PanelOrder {
  return { id, quantity: 1000n, status: 'Canceled', remains: 1000n, credits: [], lowersCharge: false, ...order }
}

it('is not suspended for a refund that only the other proof of one reading shows', async () => {
  // 12: the refund of A is booked as due. 14: its credit, which may as well be B's, if the panel rounds up. 15: C says
  // that it rounds down, so the same reading proves first C and then A, which is overdue by now.
  const partial = { status: 'Partial', gross: 200_000_000n, quantity: 100_000n, remains: 49_999n } as const
  const three = [
    own('9001', { placed: 11, ends: 12, gross: 100_001_000n, credits: [{ night: 14, amount: 100_001_000n }] }),
    own('9002', { ...partial, placed: 11, ends: 13, gross: 200_001_000n, remains: 50_000n }),
    own('9003', {
      ...partial,
      placed: 14,
      ends: 15,
      remains: 33_333_300n,
      quantity: 100_000_000n,
      credits: [{ night: 15, amount: 66_666_000n }],
    }),
  ]
  const changed = (orders: readonly PanelOrder[]) => [...orders.filter(({ ends }) => ends <= 11), ...three]
  const { book, night: first } = await acceptedBook(
    await opened(newSqliteUrl()),
    PLAN,
    changed,
    'refundRule: { settlingDays: 1 }',
  )
  for (let night = first + 1; night <= 15; night += 1) {
    await book.night(night)
    await expectProven(book, PLAN, night)
  }
  const held = await ordersOf(book.rig, 'panel')
  expect(held.get('9001')).toMatchObject({ refunded: 100_001_000n, refundDue: 0n })
  expect(held.get('9003')).toMatchObject({ refunded: 66_666_000n })
  expect(await statusOf(book)).toBe('accepted')
})

function word(decide: 'accept' | 'revoke', night: number) {
  return decided('refund-rule', 'panel', night, { decide, kind: 'cancel', ...PERSON })
}

/** Every credit comes so many nights after the order ended. */
function later(nights: number) {
  return (orders: readonly PanelOrder[]) =>
    orders.map((order) => ({
      ...order,
      credits: order.credits.map((each) => ({ ...each, night: each.night + nights })),
    }))
}

/** Ids of the orders that ended this night and are booked as due. */
async function dueOf(book: PanelBook, night: number): Promise<readonly string[]> {
  const held = await ordersOf(book.rig, 'panel')
  return book.orders
    .filter(({ id, ends }) => ends === night && (held.get(id)?.refundDue ?? 0n) > 0n)
    .map(({ id }) => id)
}

it('that is revoked books no more, moves on what is due, and books again once accepted anew', async () => {
  const { book, night: first } = await acceptedBook(await opened(newSqliteUrl()), PLAN, later(1))
  const night = async (number: number): Promise<void> => {
    await book.night(number)
    await expectProven(book, PLAN, number)
  }
  await night(first + 1)
  expect(await dueOf(book, first + 1)).not.toEqual([])
  await book.land([word('revoke', first + 1)])
  expect(await statusOf(book)).toBe('revoked')
  await night(first + 2)
  expect(await dueOf(book, first + 2)).toEqual([])
  // What was due before is credited and moved on all the same.
  expect(await balanceOf(book.rig, '1330:panel')).toBe(0n)
  await book.land([word('accept', first + 2)])
  expect(await statusOf(book)).toBe('accepted')
  await night(first + 3)
  expect(await dueOf(book, first + 3)).not.toEqual([])
  // Twice accepted, or twice revoked, is refused and changes nothing.
  await book.land([word('accept', first + 3)])
  expect(await statusOf(book)).toBe('accepted')
  await book.land([word('revoke', first + 3)])
  await book.land([{ ...word('revoke', first + 3), fetchedAtMs: word('revoke', first + 3).fetchedAtMs + 1_000 }])
  expect(await statusOf(book)).toBe('revoked')
  expect((await openCodes(book.rig)).filter((code) => code.includes('REFUND_RULE'))).toEqual([])
  await expectReplays(book.rig, await opened(newSqliteUrl()))
})

it('that is revoked and then contradicted is accepted anew only after thirty more', async () => {
  const denied: string[] = []
  const deny = (orders: readonly PanelOrder[]) =>
    orders.map((order) => {
      if (order.ends < 11 || denied.length > 0) return order
      denied.push(order.id)
      return { ...order, credits: [] }
    })
  const { book, night: first } = await acceptedBook(
    await opened(newSqliteUrl()),
    PLAN,
    deny,
    'refundRule: { settlingDays: 2 }',
  )
  for (let night = first + 1; night <= 12; night += 1) await book.night(night)
  await book.land([word('revoke', 12)])
  for (let night = 13; night <= PLAN.nights; night += 1) {
    await book.night(night)
    await expectProven(book, PLAN, night)
  }
  const [id = ''] = denied
  expect(await openCodes(book.rig)).toContain(`panel REFUND_MISSING order:${id}`)
  await book.land([word('accept', PLAN.nights)])
  expect(await statusOf(book)).toBe('revoked')
  await expectReplays(book.rig, await opened(newSqliteUrl()))
})

/** An answer without a balance, after the orders were asked about. */
function unread(night: number): NewLanding {
  return { ...balance(PLAN, 0n, 'after', nightMs(night)), body: Buffer.from('{"status":"ok"}') }
}

it('keeps the settling window while the wallet is not read, and says what is missing once it is', async () => {
  const plan = { ...PLAN, nights: 20 }
  const deny = (orders: readonly PanelOrder[]) =>
    orders.map((order) => (order.ends === 11 ? { ...order, credits: [] } : order)).filter(({ ends }) => ends <= 11)
  const { book, night: first } = await acceptedBook(
    await opened(newSqliteUrl()),
    plan,
    deny,
    'refundRule: { settlingDays: 2 }',
  )
  for (let night = first + 1; night <= 12; night += 1) await book.night(night)
  const due = await dueOf(book, 11)
  expect(due).not.toEqual([])
  // Nights 13 to 16: the panel tells no balance.
  for (let night = 13; night <= 16; night += 1) await book.land([unread(night)])
  expect((await openCodes(book.rig)).filter((code) => code.includes('REFUND_MISSING'))).toEqual([])
  await book.night(17)
  await expectProven(book, plan, 17)
  const codes = await openCodes(book.rig)
  expect(codes.filter((code) => code.includes('REFUND_MISSING'))).toEqual(
    due.map((id) => `panel REFUND_MISSING order:${id}`),
  )
  // Nothing was proven since, so nothing contradicts the rule.
  expect(await statusOf(book)).toBe('accepted')
})
