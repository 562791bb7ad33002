/**
 * Which spelling of the batch status call a panel answers: its own document's `multiStatus`, or the widespread `status`
 * with `orders`. Asked with ids that may be unknown: a row saying "Incorrect order ID" shows the dialect just as well.
 */
import type { PanelClient } from './client.ts'
import { observeStatuses } from './observe.ts'
import type { MultiAction } from './requests.ts'

export interface DialectEvidence {
  readonly action: MultiAction
  readonly answers: boolean
  /** What came back, as a sentence. */
  readonly says: string
  /** Currencies that the statuses name. */
  readonly currencies: readonly string[]
}

export interface PanelDialect {
  /** Null when neither was understood, or nothing could be reached. */
  readonly multiAction: MultiAction | null
  readonly evidence: readonly DialectEvidence[]
  /** Currencies that statuses name, as far as the panel knows an order that was asked about. */
  readonly currencies: readonly string[]
}

const ACTIONS = ['multiStatus', 'status'] as const satisfies readonly MultiAction[]
/** One id alone may be answered as a single status by any dialect, so there are always two. */
const FILLERS = ['1', '2', '3']

/** Two requests at most. `preferred` is taken when the panel answers both. */
export async function probePanelDialect(
  client: PanelClient,
  someOrderIds: readonly string[],
  preferred: MultiAction = 'multiStatus',
  signal?: AbortSignal,
): Promise<PanelDialect> {
  const orders = [...new Set([...someOrderIds, ...FILLERS])].slice(0, Math.max(2, Math.min(someOrderIds.length, 10)))
  const evidence: DialectEvidence[] = []
  for (const action of ACTIONS) evidence.push(await probe(client, action, orders, signal))
  const answering = evidence.filter(({ answers }) => answers).map(({ action }) => action)
  const currencies = [...new Set(evidence.flatMap((each) => each.currencies))]
  return { multiAction: answering.includes(preferred) ? preferred : (answering[0] ?? null), evidence, currencies }
}

async function probe(
  client: PanelClient,
  action: MultiAction,
  orders: readonly string[],
  signal: AbortSignal | undefined,
): Promise<DialectEvidence> {
  const { outcome } = await client.statusesAs(action, orders, signal)
  if (outcome.kind === 'failed') return { action, answers: false, says: outcome.message, currencies: [] }
  const { status: httpStatus, contentType, body } = outcome
  const observed = observeStatuses({ action, orders }, { httpStatus, contentType, body })
  if (observed.kind === 'bad-body') return { action, answers: false, says: observed.reason, currencies: [] }
  const told = observed.rows.filter((row) => row.kind === 'status' || row.kind === 'error').length
  const says = `HTTP ${httpStatus}: ${told} of ${orders.length} orders were answered with a row of their own.`
  const currencies = observed.rows.flatMap((row) =>
    row.kind === 'status' && row.currency !== null ? [row.currency] : [],
  )
  return { action, answers: told > 0, says, currencies }
}
