/**
 * `tieout panel …`: every call of a panel's API. Balance, services and status only ask and print; what spends or changes
 * something is in panel-add.ts and panel-requests.ts.
 */
import { RejectedError } from '../../domain/errors.ts'
import { observeBalance } from '../../sources/panel/observe-account.ts'
import { observeServices } from '../../sources/panel/observe-services.ts'
import { observeStatuses, type StatusRow } from '../../sources/panel/observe.ts'
import { ORDERS_PER_CALL } from '../../sources/panel/requests.ts'
import { askPanel, required, SOURCE_FLAG, type SourceOption } from '../ask-panel.ts'
import { choosePanel } from '../choose-source.ts'
import { orderIds } from '../order-ids.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { requireUsable } from '../vendor-refusal.ts'
import { balanceView, serviceLines, serviceView, splitServices, statusLines, statusView } from '../views/panel.ts'
import { registerPanelAdd } from './panel-add.ts'
import { registerPanelNights } from './panel-nights.ts'
import { registerPanelRequests } from './panel-requests.ts'

export function registerPanel(registry: Registry): void {
  const panel = registry.program.command('panel').description("a panel's own calls: balance, services, orders")
  const balance = panel
    .command('balance')
    .description('what the wallet holds now')
    .option(...SOURCE_FLAG)
  handle<SourceOption>(registry, balance, showBalance)
  const services = panel
    .command('services')
    .description('the catalogue: ids, types, rates and limits')
    .option(...SOURCE_FLAG)
    .option('--search <text>', 'only services whose id, name, type or category has it')
  handle<SourceOption & { readonly search?: string }>(registry, services, showServices)
  const status = panel
    .command('status')
    .argument('<ids...>', 'order ids as the panel shows them')
    .description('what the panel says about orders now; nothing is booked')
    .option(...SOURCE_FLAG)
  handle<SourceOption>(registry, status, (session, options, ids) => showStatus(session, options, orderIds(ids)))
  registerPanelNights(registry, panel)
  registerPanelAdd(registry, panel)
  registerPanelRequests(registry, panel)
}

async function showBalance(session: Session, { source }: SourceOption): Promise<'ok'> {
  const { name } = choosePanel(session, source)
  const [answer] = await askPanel(session, name, (client, signal) => [client.balance(signal)])
  const balance = requireUsable(observeBalance(required(answer)))
  session.show(balanceView(name, balance), () => [
    `${name}: ${balance.text} ${balance.currency ?? '(no currency stated)'}`,
  ])
  return 'ok'
}

async function showServices(session: Session, options: SourceOption & { readonly search?: string }): Promise<'ok'> {
  const { name } = choosePanel(session, options.source)
  const [answer] = await askPanel(session, name, (client, signal) => [client.services(signal)])
  const { good, bad } = splitServices(requireUsable(observeServices(required(answer))).rows)
  const wanted = options.search?.toLowerCase() ?? ''
  const rows = good.filter((row) =>
    [row.service, row.name, row.type, row.category].some((text) => text.toLowerCase().includes(wanted)),
  )
  session.show({ source: name, services: rows.map(serviceView), unreadable: bad }, () =>
    serviceLines(session, name, rows, bad.length),
  )
  return 'ok'
}

async function showStatus(
  session: Session,
  { source }: SourceOption,
  ids: readonly string[],
): Promise<'ok' | 'findings'> {
  const { name, multiAction, statusCodes } = choosePanel(session, source)
  const parts = Array.from({ length: Math.ceil(ids.length / ORDERS_PER_CALL) }, (_, index) =>
    ids.slice(index * ORDERS_PER_CALL, (index + 1) * ORDERS_PER_CALL),
  )
  const answers = await askPanel(session, name, (client, signal) => parts.map((part) => client.statuses(part, signal)))
  const rows: StatusRow[] = []
  for (const [index, answer] of answers.entries()) {
    const request = { action: multiAction, orders: parts[index] ?? [] }
    const observed = observeStatuses(request, answer, statusCodes)
    if (observed.kind === 'bad-body' && observed.code === 'bad-request') throw wrongAction(observed.reason, multiAction)
    rows.push(...requireUsable(observed).rows)
  }
  session.show({ source: name, orders: rows.map(statusView) }, () => statusLines(session, rows))
  return rows.every((row) => row.kind === 'status') ? 'ok' : 'findings'
}

/** The request for many orders is ours, so there is nothing in it for the person to correct but its name. */
function wrongAction(reason: string, multiAction: string): RejectedError {
  return new RejectedError(
    'VENDOR_BAD_REQUEST',
    reason,
    `Panels differ in the action for many orders, and this source is asked with ${multiAction}. tieout doctor says which one this panel has: put it into multiAction in tieout.yaml.`,
  )
}
