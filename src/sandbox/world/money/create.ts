/** The accounts on the first day, and the tool that is paid in another currency. */
import { isoDateInZone } from '../../../domain/time/dates.ts'
import { mustParseMoney } from '../amounts.ts'
import { createRandom } from '../random.ts'
import type { World } from '../state.ts'
import { bookLine } from './book.ts'
import type { MoneyLine, MoneyOptions, MoneyState } from './state.ts'

export function createMoney(seed: number | string, options: MoneyOptions): MoneyState {
  return {
    options,
    random: createRandom(seed, 'money'),
    opening: {
      checking: mustParseMoney(options.openingChecking ?? '20000.00'),
      paypal: mustParseMoney(options.openingPaypal ?? '1500.00'),
    },
    lines: [],
    payouts: [],
    transfers: [],
    errors: [...(options.errors ?? [])],
    toWithdraw: 0n,
    isFunding: false,
    lineCount: 0,
  }
}

/** 19.00 EUR paid out of USD: the payment, and the two sides of the conversion. */
export function moneyTool(world: World): void {
  const { money } = world
  if (money === undefined) return
  const eur = mustParseMoney('19.00')
  const paid: Pick<MoneyLine, 'account' | 'party'> = { account: 'paypal', party: 'Analytics Tool SARL' }
  const bill = { ...paid, text: 'Analytics plan', type: 'bill' as const, about: 'tool' }
  const relatedId = bookLine(world, money, {
    ...bill,
    gross: -eur,
    currency: 'EUR',
    reference: `TOOL-${isoDateInZone(world.nowMs, 'UTC')}`,
  })
  const side = {
    account: 'paypal' as const,
    party: '',
    text: '',
    type: 'conversion' as const,
    relatedId,
    about: 'conversion',
  }
  bookLine(world, money, { ...side, gross: -mustParseMoney('20.83') })
  bookLine(world, money, { ...side, gross: eur, currency: 'EUR' })
}
