/**
 * One polling pass over a panel: balance, every due order, balance again. An unchanged balance makes the answers and the
 * wallet speak of one instant; a changed one is followed by a search for such an instant (quiet-moment.ts). When the wallet then shows money the books cannot explain, finished orders are asked
 * about again, most recently finished first, since panels refund after completion and say so only when asked.
 */
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { dueOrders, finishedOrders, type OrderPosition } from '../../evidence/registry.ts'
import { walletUnexplained } from '../../panels/store/wallet-nights.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { observeBalance } from '../../sources/panel/observe-account.ts'
import { broughtReading } from '../../evidence/readings.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import { loadStep } from '../runs.ts'
import { closeUnanswered } from '../panel-writes/close-unanswered.ts'
import { exchangeLanding } from './answer-landing.ts'
import { readCatalogue } from './catalogue.ts'
import { createQuietSearch } from './quiet-moment.ts'
import { askChunks, askOrders, bookAnswers, parsePosition, type PanelTask } from './order-requests.ts'

/** Finished orders asked about between two looks at the wallet. */
const ORDERS_PER_SWEEP = 2_000

export async function pollPanel(run: RunContext, panel: PanelTask): Promise<void> {
  const step = `poll:${panel.name}`
  const state = await loadStep(run.database.kysely, run.run, step)
  if (state?.status === 'finished') return
  const before = (await isCutOff(run, panel, state !== null)) ? null : await unexplained(run, panel)
  await closeUnanswered(run, { ...panel, source: panel.name })
  const wallet = await readBalance(run, panel, step, 'before')
  if (wallet === 'no answer') return
  await readCatalogue(run, panel)
  await pollDue(run, panel, step, parsePosition(state?.position))
  // What the orders say is booked; nothing is proven of it, and the pass is not done, before the wallet is read.
  if (wallet === 'no figure' || (await readBalance(run, panel, step, 'after')) !== 'read') return
  const seekQuiet = createQuietSearch(run, panel, step)
  const readAgain = async (): Promise<boolean> => (await readBalance(run, panel, step, 'after', true)) === 'read'
  await seekQuiet(readAgain)
  const left = await unexplained(run, panel)
  if (left !== null && left !== 0n && left !== before) {
    await sweep(run, panel, step)
    await seekQuiet(readAgain)
  }
  await run.finishStep(step)
}

/** What an exception about a pass as a whole is about. */
const CUT_OFF = ['source', 'wallet', 'statuses']

/** True when the last pass did not come to its end, so that what it left unexplained has not been looked for yet. */
async function isCutOff(run: RunContext, panel: PanelTask, isResumed: boolean): Promise<boolean> {
  if (isResumed) return true
  const codes = ['SOURCE_FAILED', 'ANSWER_UNREAD', 'CURRENCY'] as const
  const unread = await openObjects(run.database.kysely, run.book.id, panel.name, codes, CUT_OFF)
  return unread.size > 0
}

async function pollDue(run: RunContext, panel: PanelTask, step: string, from: OrderPosition | null): Promise<void> {
  const nowMs = run.clock.nowMs()
  await askChunks(run, panel, step, 'poll', from, (after, limit) =>
    dueOrders(run.database.kysely, run.book.id, panel.sourceId, nowMs, after, limit),
  )
}

/** `no figure`: the panel answers whoever asks, though not with a wallet that counts. Otherwise asking it about orders is no use. */
type WalletAnswer = 'read' | 'no figure' | 'no answer'

async function readBalance(
  run: RunContext,
  panel: PanelTask,
  step: string,
  moment: 'before' | 'after',
  again = false,
): Promise<WalletAnswer> {
  const exchange = await panel.client.balance(run.signal)
  const asked = { moment, ...(again ? { again } : {}) }
  const landing = exchangeLanding(panel.name, 'panel-balance', exchange, run.clock.nowMs(), asked)
  const { batch } = await landAndProcess(run, step, [landing])
  if (await broughtReading(run.database.kysely, run.book.id, panel.sourceId, 'wallet_reading', batch)) return 'read'
  const { outcome } = exchange
  if (outcome.kind === 'failed') return 'no answer'
  const { status: httpStatus, contentType, body } = outcome
  const observed = observeBalance({ httpStatus, contentType, body })
  if (observed.kind !== 'bad-body') return 'no figure'
  return httpStatus === 200 && observed.code === 'vendor-error' ? 'no figure' : 'no answer'
}

/** What the wallet's nights do not explain as they were last worked out; null before the first look. */
function unexplained({ database, book }: RunContext, { sourceId }: PanelTask): Promise<Units | null> {
  return walletUnexplained(database.kysely, { book: book.id, source: sourceId })
}

async function sweep(run: RunContext, panel: PanelTask, step: string): Promise<void> {
  let position: OrderPosition = { atMs: run.clock.nowMs(), orderId: '\u{10ffff}' }
  for (let swept = 0; swept < panel.sweepLimit;) {
    const { kysely } = run.database
    const limit = Math.min(ORDERS_PER_SWEEP, panel.sweepLimit - swept)
    const orders = await finishedOrders(kysely, run.book.id, panel.sourceId, position, limit)
    const last = orders[orders.length - 1]
    if (last === undefined) return
    position = last
    const answers = await askOrders(run, panel, orders, 'sweep')
    await bookAnswers(run, panel, step, 'sweep', { orders, answers })
    if ((await readBalance(run, panel, step, 'after')) !== 'read') return
    swept += orders.length
    const left = await unexplained(run, panel)
    if (left === 0n) return
    if (left !== null)
      run.warn(panel.name, `the wallet still differs by ${formatMoney(left, 8)} ${panel.currency}; asking older orders`)
  }
}
