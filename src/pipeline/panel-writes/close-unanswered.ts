/**
 * Orders that were sent and whose answer was never kept, because the program died in between: each becomes unknown, with
 * the wallet as it is now for a witness. Done at the start of every run that speaks to the panel; the book's lease makes
 * sure that none of them is still on its way.
 */
import { formatMoney } from '../../domain/money/money.ts'
import { findAdd, listAdds } from '../../evidence/panel-adds.ts'
import type { NewLanding } from '../../log/landing.ts'
import type { PanelClient } from '../../sources/panel/client.ts'
import type { RunContext } from '../run-context.ts'
import { landAndProcess } from '../run-context.ts'
import { textLanding, type WriteLanding } from './write-landing.ts'

export interface PanelAccess {
  readonly sourceId: bigint
  readonly source: string
  readonly currency: string
  readonly client: PanelClient
}

export async function closeUnanswered(run: RunContext, panel: PanelAccess): Promise<void> {
  const { kysely } = run.database
  for (const add of await listAdds(kysely, run.book.id, panel.sourceId, ['sent'])) {
    const lost = textLanding(addLanding(run, panel.source, { phase: 'lost', ref: add.ref }), 'no answer was kept')
    const wallet = await walletLanding(run, panel, add.ref, 'after')
    await landAndProcess(run, 'add', wallet === null ? [lost] : [lost, wallet])
    const now = await findAdd(kysely, run.book.id, panel.sourceId, add.ref)
    run.warn(
      panel.source,
      `order ${add.ref} of ${formatMoney(add.expected)} ${panel.currency} was sent by a run that died: ${now?.detail ?? add.detail}. ` +
        'It is not sent again; see tieout todo.',
    )
  }
}

/** What an item about an order is landed with. */
export function addLanding(
  run: Pick<RunContext, 'clock'>,
  source: string,
  request: Readonly<Record<string, unknown>>,
): WriteLanding {
  return { kind: 'panel-add', source, request: { action: 'add', ...request }, nowMs: run.clock.nowMs() }
}

/** The wallet's answer, to be landed; null when there was none. */
export async function walletLanding(
  run: { readonly clock: RunContext['clock']; readonly signal: AbortSignal | undefined },
  { client, source }: Pick<PanelAccess, 'client' | 'source'>,
  ref: string,
  moment: 'before' | 'after',
): Promise<NewLanding | null> {
  const { outcome } = await client.balance(run.signal)
  if (outcome.kind === 'failed' || outcome.status !== 200) return null
  const { kind, source: name, request } = addLanding(run, source, { phase: 'balance', ref, moment })
  const { fetchedAtMs, status, contentType, body } = outcome
  return { kind, source: name, request, fetchedAtMs, httpStatus: status, contentType, body }
}
