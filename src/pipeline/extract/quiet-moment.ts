/**
 * A panel that charges every few seconds moves its wallet during any long pass, and such a night proves nothing. So the
 * open orders are asked about again, which takes less time than the pass did, and the wallet is read once more: when it
 * stood still meanwhile, answers and wallet speak of one instant. Within a bound of tries and requests that one night
 * shares; every request also keeps to the panel's pace, and its waits to the night's.
 */
import { lastWalletReading } from '../../evidence/readings.ts'
import { dueOrders, type OrderPosition } from '../../evidence/registry.ts'
import { ORDERS_PER_CALL } from '../../sources/panel/requests.ts'
import type { RunContext } from '../run-context.ts'
import { askOrders, bookAnswers, ORDERS_PER_CHUNK, type PanelTask } from './order-requests.ts'

/** `readWallet` lands the wallet's next reading as one after which all was asked again; false when it was none. */
export type SeekQuiet = (readWallet: () => Promise<boolean>) => Promise<void>

/** One for a night: what one search has used, the next has not. */
export function createQuietSearch(run: RunContext, panel: PanelTask, step: string): SeekQuiet {
  let { tries, requests } = panel.quietMoment
  return async (readWallet) => {
    while (tries > 0 && !(await isQuiet(run, panel))) {
      // One of them reads the wallet.
      const most = (requests - 1) * ORDERS_PER_CALL
      const orders = await openOrders(run, panel, most)
      if (orders === 'too many') return
      tries -= 1
      requests -= Math.ceil(orders.length / ORDERS_PER_CALL) + 1
      if (!(await askAgain(run, panel, step, orders)) || !(await readWallet())) return
    }
  }
}

async function isQuiet({ database, book }: RunContext, { sourceId }: PanelTask): Promise<boolean> {
  const last = await lastWalletReading(database.kysely, book.id, sourceId, Number.MAX_SAFE_INTEGER, 'after')
  return last?.consistent === true
}

/** Those that are due in every run, after a pass has asked about all that was due. */
async function openOrders(
  { database, book, clock }: RunContext,
  { sourceId }: PanelTask,
  most: number,
): Promise<readonly OrderPosition[] | 'too many'> {
  if (most < 0) return 'too many'
  const orders = await dueOrders(database.kysely, book.id, sourceId, clock.nowMs(), null, most + 1)
  return orders.length > most ? 'too many' : orders
}

/** False when an answer is missing: what the wallet then shows may be what that order did. */
async function askAgain(
  run: RunContext,
  panel: PanelTask,
  step: string,
  open: readonly OrderPosition[],
): Promise<boolean> {
  for (let at = 0; at < open.length; at += ORDERS_PER_CHUNK) {
    const orders = open.slice(at, at + ORDERS_PER_CHUNK)
    // No refusal counts: a panel that does not know an order has said so tonight.
    const answers = await askOrders(run, panel, orders, 'sweep')
    await bookAnswers(run, panel, step, 'sweep', { orders, answers })
    if (answers.some(({ httpStatus }) => httpStatus !== 200)) return false
  }
  return true
}
