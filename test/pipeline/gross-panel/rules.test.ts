/**
 * Refunds booked before their credit is seen: by a rule that was proven thirty times and that a person accepted, within its
 * limits, moved on by the wallet's proof alone, and suspended by whatever contradicts it.
 */
import { expect, it } from 'vitest'
import { proveClearing } from '../../../src/pipeline/proofs/clearing.ts'
import { scopeOfBook } from '../../../src/pipeline/proofs/scope.ts'
import { loadMappings } from '../../../src/config/mappings.ts'
import type { Database } from '../../../src/db/database.ts'
import { refundRules } from '../../../src/evidence/refund-rules.ts'
import type { NewLanding } from '../../../src/evidence/landing.ts'
import { describeDatabases, newSqliteUrl, opened } from '../../support/databases.ts'
import { expectReplays } from '../counters-support.ts'
import { nightMs } from '../harness.ts'
import { balanceOf, exceptionsOf, openCodes, ordersOf, storyOf } from '../reads.ts'
import { panelBook, type PanelBook } from './book.ts'
import { walletOn, type PanelOrder, type PanelPlan } from './panel.ts'

const PLAN: PanelPlan = {
  seed: 31,
  nights: 16,
  ordersPerNight: 6,
  decimals: { charge: 5, wallet: 5, refund: 5 },
  rounding: 'half-up',
  nets: 'none',
  canceled: 100,
  partial: 0,
}

function decided(kind: NewLanding['kind'], source: string, night: number, body: unknown): NewLanding {
  return {
    kind,
    source,
    request: {},
    fetchedAtMs: nightMs(night) + 3_600_000,
    httpStatus: null,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(body)),
  }
}

const PERSON = { by: 'Ana', why: 'known for years' }

function accepted(night: number): NewLanding {
  return decided('refund-rule', 'panel', night, { decide: 'accept', kind: 'cancel', ...PERSON })
}

async function statusOf({ rig }: PanelBook): Promise<string> {
  const { id } = await rig.bookRow()
  const source = await rig.database.kysely
    .selectFrom('source')
    .select('id')
    .where('name', '=', 'panel')
    .executeTakeFirst()
  const rules = await refundRules(rig.database.kysely, id, source?.id ?? 0n)
  return rules.find(({ refundCase }) => refundCase === 'cancel')?.status ?? 'none'
}

/** The clearing account is what is due order by order, and the wallet's difference is what the exception says. */
async function expectProven({ rig, orders }: PanelBook, plan: PanelPlan, night: number): Promise<void> {
  const held = [...(await ordersOf(rig, 'panel')).values()]
  const due = held.reduce((sum, { refundDue }) => sum + refundDue, 0n)
  expect(await balanceOf(rig, '1330:panel')).toBe(due)
  for (const { refunded, charged, refundDue } of held) {
    expect(refunded >= 0n && refunded <= charged && refundDue <= refunded).toBe(true)
  }
  const { rules } = loadMappings(rig.config.mappings)
  const scope = await scopeOfBook(rig.database.kysely, await rig.bookRow(), rig.book, rules)
  for (const { difference } of await proveClearing(scope)) expect(difference).toBe(0n)
  const difference = walletOn(plan, orders, night) - (await balanceOf(rig, '1310:panel'))
  const open = (await exceptionsOf(rig)).filter(({ object }) => object === 'wallet')
  expect(open.map(({ amount }) => amount)).toEqual(difference === 0n ? [] : [difference])
}

/** Lives until the rule is proposed, accepts it, and returns that night. */
async function acceptedBook(
  database: Database,
  plan: PanelPlan,
  changed: (orders: readonly PanelOrder[]) => readonly PanelOrder[] = (orders) => orders,
  more?: string,
) {
  const book = await panelBook(database, plan, { more, changed })
  for (let night = 1; night <= plan.nights; night += 1) {
    await book.night(night)
    await expectProven(book, plan, night)
    if ((await statusOf(book)) !== 'proposed') continue
    expect(await openCodes(book.rig)).toContain('panel REFUND_RULE_PROPOSED refund-rule:cancel')
    await book.land([accepted(night)])
    expect(await statusOf(book)).toBe('accepted')
    expect(await openCodes(book.rig)).not.toContain('panel REFUND_RULE_PROPOSED refund-rule:cancel')
    return { book, night }
  }
  throw new Error('the rule was never proposed')
}

describeDatabases('a rule of refunds', (fresh) => {
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

it('never gives a second credit to the order: it stays a difference that names it', async () => {
  const doubled: PanelOrder[] = []
  const twice = (orders: readonly PanelOrder[]) =>
    orders.map((order) => {
      const [credit] = order.credits
      if (order.ends < 12 || doubled.length > 0 || credit === undefined) return order
      doubled.push(order)
      return { ...order, credits: [credit, { ...credit, night: credit.night + 1 }] }
    })
  // Nothing else ends in the night of the second credit.
  const alone = (orders: readonly PanelOrder[]) =>
    twice(orders).filter((order) => order.ends !== (doubled[0]?.ends ?? 0) + 1)
  const { book, night: first } = await acceptedBook(await opened(newSqliteUrl()), PLAN, alone)
  for (let night = first + 1; night <= PLAN.nights; night += 1) await book.night(night)
  const [order] = doubled
  expect((await ordersOf(book.rig, 'panel')).get(order?.id ?? '')).toMatchObject({
    refunded: order?.gross,
    refundDue: 0n,
  })
  const [open] = (await exceptionsOf(book.rig)).filter(({ object }) => object === 'wallet')
  expect(open).toMatchObject({ amount: order?.gross })
  expect(open?.detail).toContain(`a second credit of the refund of order ${order?.id}`)
})
