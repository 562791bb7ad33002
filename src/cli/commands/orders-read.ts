/** `tieout orders list` and `tieout orders show ID`: what the registry knows, read-only and without asking a panel. */
import type { Command } from 'commander'
import type { PanelConfig } from '../../config/model.ts'
import { InputError } from '../../domain/errors.ts'
import { listOrders } from '../../evidence/order-list.ts'
import { findOrders } from '../../evidence/registry.ts'
import { sourceIds } from '../../ledger/books.ts'
import { listExceptions } from '../../reconcile/exceptions.ts'
import { wholeNumberArgument } from '../arguments.ts'
import { choosePanel } from '../choose-source.ts'
import { readBook, type OpenBook } from '../open-book.ts'
import { counted } from '../output.ts'
import { handle, type Registry } from '../session.ts'
import { exceptionLine, ORDER_COLUMNS, orderFacts, orderRow, orderView } from '../views/orders.ts'

interface ListOptions {
  readonly source?: string
  readonly unclear?: boolean
  readonly due?: boolean
  readonly unanswered?: boolean
  readonly after?: string
  readonly limit: number
}

const LIMIT = 100

export function registerOrdersRead(registry: Registry, orders: Command): void {
  const list = orders
    .command('list')
    .description('registered orders, sorted by id as text (10 before 9); filters narrow each other')
    .option('--source <panel>', 'of this panel; needed when the book has several')
    .option('--unclear', 'whose cost or refund depends on something nobody has told')
    .option('--due', 'to be asked about in a run now')
    .option('--unanswered', 'without a status: not asked yet, or unknown to the panel')
    .option('--after <id>', 'the page after this order')
    .option('--limit <number>', 'at most so many', wholeNumberArgument, LIMIT)
  handle<ListOptions>(registry, list, (session, { source, unclear, due, unanswered, after = '', limit }) =>
    readBook(session, async (open) => {
      const panel = choosePanel(session, source)
      const filter = {
        ...(unclear === true ? { isUnclear: true } : {}),
        ...(due === true ? { dueAtMs: session.clock.nowMs() } : {}),
        ...(unanswered === true ? { isUnanswered: true } : {}),
      }
      const id = await idOf(open, panel)
      const page = { after, limit: limit + 1 }
      const found = id === undefined ? [] : await listOrders(open.kysely, open.book.id, id, filter, page)
      const shown = found.slice(0, limit)
      const last = found.length > limit ? shown.at(-1)?.orderId : undefined
      const more = last === undefined ? '' : ` More: --after ${last}`
      const views = shown.map((order) => orderView(panel.name, panel.currency, order))
      session.show({ orders: views, nextAfter: last ?? null }, () => [
        ...session.table(ORDER_COLUMNS, shown.map(orderRow)),
        '',
        `${counted(shown.length, 'order')} of ${panel.name}, in ${panel.currency}.${more}`,
      ])
      return 'ok'
    }),
  )
  const show = orders
    .command('show')
    .argument('<id>', 'the order id as the panel shows it')
    .description('everything known of one order, and what is open about it')
    .option('--source <panel>', 'the panel it was placed on; needed when the book has several')
  handle<Pick<ListOptions, 'source'>>(registry, show, (session, { source }, [orderId = '']) =>
    readBook(session, async (open) => {
      const panel = choosePanel(session, source)
      const order = await orderOf(open, panel, orderId)
      const about = new Set([`order:${orderId}`])
      const exceptions = await listExceptions(open.kysely, open.book.id, { status: 'open', source: panel.name })
      const its = exceptions.filter(({ object }) => about.has(object))
      const problems = its.map(({ code, detail }) => ({ code, detail }))
      session.show({ ...orderView(panel.name, panel.currency, order), exceptions: problems }, () => [
        ...session.table([{ title: 'Fact' }, { title: 'Value' }], orderFacts(panel.name, panel.currency, order)),
        ...(its.length === 0 ? [] : ['', ...its.map(exceptionLine)]),
      ])
      return 'ok'
    }),
  )
}

/** Undefined for a panel no run has met yet. */
async function idOf({ kysely, book }: OpenBook, panel: PanelConfig): Promise<bigint | undefined> {
  return (await sourceIds(kysely, book)).get(panel.name)
}

async function orderOf(open: OpenBook, panel: PanelConfig, orderId: string) {
  const id = await idOf(open, panel)
  const found = id === undefined ? undefined : await findOrders(open.kysely, open.book.id, id, [orderId])
  const order = found?.get(orderId)
  if (order !== undefined) return order
  throw new InputError(
    'ORDER_UNKNOWN',
    `No order ${orderId} of "${panel.name}" is registered.`,
    `Register it with: tieout orders add ${orderId} --source ${panel.name}`,
  )
}
