/** `tieout webhooks take`: what vendors have posted to `tieout serve`, taken in now instead of in the next night. */
import { runHooksPass, type HooksReport } from '../../pipeline/hooks-pass.ts'
import type { ExitName } from '../exit-codes.ts'
import { runDatabase } from '../open-book.ts'
import { counted } from '../output.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { totalsView } from '../views/totals.ts'
import { runEnvironment } from './sync.ts'

export function registerWebhooks(registry: Registry): void {
  const webhooks = registry.program.command('webhooks').description('what vendors have posted to tieout serve')
  const take = webhooks
    .command('take')
    .description('take in now what was posted, and ask about the orders it names; tieout serve does so by itself')
  handle(registry, take, runTake)
}

async function runTake(session: Session): Promise<ExitName> {
  return runDatabase(session, { dryRun: false }, async (database, moved) => {
    const progress = createProgress(session.io.stderr)
    const environment = runEnvironment(session, database, progress, moved)
    const request = { config: session.config(), book: session.book(), env: session.io.env }
    const report = await runHooksPass(environment, request)
    progress.clear()
    session.show(view(report), () => lines(report))
    return 'ok'
  })
}

function view({ steps, ...report }: HooksReport) {
  return { ...report, steps: steps.map(({ step, status, totals }) => ({ step, status, ...totalsView(totals) })) }
}

function lines({ book, run, deliveries, asked, unconfirmed }: HooksReport): readonly string[] {
  const left =
    unconfirmed === 0
      ? 'Nothing is left to confirm.'
      : `${counted(unconfirmed, 'update')} no answer has confirmed; the next pass and the night ask again.`
  return [
    `Book ${book}, run ${run}: ${counted(deliveries, 'delivery', 'deliveries')} taken in, ${counted(asked, 'order')} asked about.`,
    left,
  ]
}
