/** An order before and after it is sent: what it should cost, what the wallet holds, and what came of it. */
import { formatMoney } from '../../domain/money/money.ts'
import { WALLET_DIFFERS, type PanelAdd } from '../../evidence/panel-adds.ts'
import type { Quote, Wallet } from '../../pipeline/panel-writes/quote.ts'
import { addParameters } from '../../sources/panel/add-order.ts'

export function quoteView(
  source: string,
  currency: string,
  { order, service, quantity, prices }: Quote,
  wallet: Wallet,
) {
  return {
    source,
    service: { id: service.service, name: service.name, type: service.type, rate: service.rateText },
    parameters: Object.fromEntries(addParameters(order)),
    quantity: quantity === null ? null : String(quantity),
    expectedCharge: prices.map(({ unit, price }) => ({ unit, amount: formatMoney(price), currency })),
    wallet: { balance: formatMoney(wallet.balance), currency: wallet.currency ?? currency },
  }
}

export function quoteLines(
  source: string,
  currency: string,
  { order, service, quantity, prices }: Quote,
  { balance }: Wallet,
): readonly string[] {
  const basis = { 'per-1000': `${service.rateText} per 1,000`, flat: `${service.rateText} per order` }
  const costs = prices.map(({ unit, price }) => `${formatMoney(price)} ${currency} (${basis[unit]})`)
  const left = prices.map(({ price }) => formatMoney(balance - price)).join(' or ')
  return [
    `${source}: service ${service.service}, ${service.name} (${service.type})`,
    // Not a table: what is about to be bought is never cut to the terminal's width.
    ...addParameters(order).map(([name, value]) => `  ${name}: ${value.replaceAll('\n', ' | ')}`),
    `Quantity charged for: ${quantity === null ? 'fixed by the service' : String(quantity)}`,
    `Expected charge: ${costs.join(', or ')}`,
    ...(prices.length > 1 ? ['Which of the two this panel charges for such a service is not documented.'] : []),
    `Wallet: ${formatMoney(balance)} ${currency}, then ${left}`,
  ]
}

export function addView(source: string, currency: string, add: PanelAdd) {
  const { ref, state, service, quantity, orderId, outcome, detail } = add
  return {
    source,
    ref,
    state,
    orderId,
    service,
    parameters: JSON.parse(add.parameters) as unknown,
    quantity: quantity === null ? null : String(quantity),
    expectedCharge: formatMoney(add.expected),
    balanceBefore: money(add.balanceBefore),
    balanceAfter: money(add.balanceAfter),
    currency,
    sentAt: new Date(add.sentAtMs).toISOString(),
    outcome,
    detail,
  }
}

export function placedLines(source: string, currency: string, add: PanelAdd): readonly string[] {
  const { balanceBefore, balanceAfter, expected } = add
  const moved = balanceBefore === null || balanceAfter === null ? null : balanceBefore - balanceAfter
  return [
    `${source}: order ${add.orderId} is placed.`,
    moved === null
      ? 'The wallet could not be read afterwards.'
      : `Wallet ${money(balanceBefore)} → ${money(balanceAfter)} ${currency}: it fell by ${formatMoney(moved)}, expected ${formatMoney(expected)}.`,
    'The next sync asks about the order and books what it was charged.',
    ...(add.outcome === WALLET_DIFFERS
      ? [
          'That is not the price: REQUEST_UNCERTAIN stays open until a sync has seen the charge. Others may use the wallet.',
        ]
      : []),
  ]
}

/** `name` is that of the exception about it. */
export function unknownLines(source: string, { ref, detail }: PanelAdd, name: string): readonly string[] {
  return [
    `${source}: it is not known whether order ${ref} was placed: ${detail.replace(/\.$/, '')}.`,
    "It is not sent again. Look on the panel's site, then resolve its exception:",
    `  tieout decide ${name} placed --reference ORDER_ID --by NAME --why TEXT`,
    `  tieout decide ${name} not-placed --by NAME --why TEXT`,
  ]
}

function money(units: bigint | null): string | null {
  return units === null ? null : formatMoney(units)
}
