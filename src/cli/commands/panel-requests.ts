/** `tieout panel cancel` and `tieout panel refill`: requests, one outcome per order. What came of them the next sync asks. */
import type { Command } from 'commander'
import { requestOrders, type OrderAction } from '../../pipeline/panel-writes/order-requests.ts'
import type { RequestedOrder } from '../../sources/panel/request-results.ts'
import { SOURCE_FLAG, type SourceOption } from '../ask-panel.ts'
import { choosePanel } from '../choose-source.ts'
import type { ExitName } from '../exit-codes.ts'
import { runDatabase } from '../open-book.ts'
import { orderIds } from '../order-ids.ts'
import { counted, type Column } from '../output.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { runEnvironment } from './sync.ts'

interface RequestOptions extends SourceOption {
  readonly dryRun?: boolean
}

const COLUMNS: readonly Column[] = [
  { title: 'Order', align: 'right' },
  { title: 'Result' },
  { title: 'The panel says' },
]
const ACTIONS: readonly (readonly [OrderAction, string])[] = [
  ['cancel', 'ask the panel to cancel orders'],
  ['refill', 'ask the panel to refill what was lost; no money moves'],
]

export function registerPanelRequests(registry: Registry, panel: Command): void {
  for (const [action, description] of ACTIONS) {
    const command = panel
      .command(action)
      .argument('<ids...>', 'order ids as the panel shows them')
      .description(description)
      .option(...SOURCE_FLAG)
      .option('--dry-run', 'show what would be asked, and send nothing')
    handle<RequestOptions>(registry, command, (session, options, ids) =>
      runRequest(session, action, options, orderIds(ids)),
    )
  }
}

async function runRequest(
  session: Session,
  action: OrderAction,
  options: RequestOptions,
  ids: readonly string[],
): Promise<ExitName> {
  const { name: source } = choosePanel(session, options.source)
  if (options.dryRun === true) {
    session.show({ source, action, orders: ids, dryRun: true }, () => [
      `${source}: would be asked to ${action} ${ids.join(', ')}. Dry run: nothing was sent.`,
    ])
    return 'ok'
  }
  return runDatabase(session, { dryRun: false, shownBy: 'tieout runs' }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env, source }
    const orders = await requestOrders(environment, request, action, ids)
    session.show({ source, action, orders }, () => lines(session, source, action, orders))
    return orders.every(({ result }) => result === 'requested') ? 'ok' : 'findings'
  })
}

function lines(session: Session, source: string, action: string, orders: readonly RequestedOrder[]): readonly string[] {
  const taken = orders.filter(({ result }) => result === 'requested').length
  const open = orders.filter(({ result }) => result === 'unanswered').length
  const money = action === 'cancel' ? ' Money comes back only if a later status or the wallet shows it.' : ''
  return [
    ...session.table(
      COLUMNS,
      orders.map(({ orderId, result, says }) => [orderId, result, says]),
    ),
    '',
    `${source} took ${counted(taken, 'request')} of ${orders.length}. A request is not a result: the next sync asks about these orders again.${money}`,
    ...(open === 0
      ? []
      : [`${counted(open, 'order')} without an answer: the panel may have taken the request. It was not repeated.`]),
  ]
}
